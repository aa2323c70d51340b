//! What a file is, judged by its first bytes and its size, before anything reads more of it.

/// The most bytes that a component or module may have. CPython with its library takes 22 MB.
pub const MAX_SOURCE_BYTES: u64 = 128 << 20;

/// What can be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A component.
    Component,
    /// A core module, to be adapted from WASI 0.1.
    Module,
}

/// Why bytes are not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWebAssembly {
    /// Nothing there.
    #[error("the file is empty")]
    Empty,
    /// Over [`MAX_SOURCE_BYTES`].
    #[error(
        "the file has {size} bytes, more than the {MAX_SOURCE_BYTES} that a component may have"
    )]
    TooLarge {
        /// In bytes.
        size: u64,
    },
    /// The binary header names another layer or version.
    #[error(
        "the file is WebAssembly of an unknown version ({version:#010x}); component model 0x0001000d or module 0x00000001 is wanted"
    )]
    Version {
        /// The header's version word.
        version: u32,
    },
    /// Compiled by some wasmtime: native code, which would have to be trusted.
    #[error(
        "the file is a precompiled artifact, which holds native code that cannot be checked; give the component that it was made from"
    )]
    Precompiled,
    /// A native program or library.
    #[error(
        "the file is a native binary ({format}); Tollgate runs WebAssembly only: build it for wasm32-wasip2"
    )]
    Native {
        /// The format's name.
        format: &'static str,
    },
    /// WebAssembly's text format.
    #[error(
        "the file is WebAssembly text; turn it into a binary first, for example with `wasm-tools parse`"
    )]
    Text,
    /// A script with an interpreter line.
    #[error("the file is a script; Tollgate runs WebAssembly components and WASI modules")]
    Script,
    /// None of the above.
    #[error("the file is neither a WebAssembly component nor a WASI module")]
    Unknown,
}

/// What a component ends with that holds a language's engine and needs its depth of stack: a custom section of this name
/// with nothing in it. It may say so of itself, because the stack is memory of its own run.
const DEEP_STACK: &[u8] = b"\0\x14\x13tollgate:deep-stack";

/// The custom section in which a component that was built here keeps the docs of its WIT: a byte of version, then JSON, as in
/// the section `package-docs` of a WIT package.
pub const DOCS_SECTION: &str = "tollgate:docs";

/// Marks a component as one that needs the stack of the profile for languages.
pub fn mark_deep_stack(component: &mut Vec<u8>) {
    component.extend_from_slice(DEEP_STACK);
}

/// Whether a component is marked so.
#[must_use]
pub fn has_deep_stack(component: &[u8]) -> bool {
    component.ends_with(DEEP_STACK)
}

/// Tells what `bytes` are.
///
/// # Errors
///
/// Why they are not loaded.
pub fn detect(bytes: &[u8]) -> Result<Kind, NotWebAssembly> {
    let size = bytes.len() as u64;
    if size > MAX_SOURCE_BYTES {
        return Err(NotWebAssembly::TooLarge { size });
    }
    match bytes {
        [] => Err(NotWebAssembly::Empty),
        [0, b'a', b's', b'm', a, b, c, d, ..] => match u32::from_le_bytes([*a, *b, *c, *d]) {
            0x0000_0001 => Ok(Kind::Module),
            0x0001_000d => Ok(Kind::Component),
            version => Err(NotWebAssembly::Version { version }),
        },
        [0x7f, b'E', b'L', b'F', ..] => Err(elf(bytes)),
        [b'M', b'Z', ..] => Err(NotWebAssembly::Native { format: "PE" }),
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..]
        | [0xfe, 0xed, 0xfa, 0xcf | 0xce, ..]
        | [0xca, 0xfe, 0xba, 0xbe, ..] => Err(NotWebAssembly::Native { format: "Mach-O" }),
        [b'#', b'!', ..] => Err(NotWebAssembly::Script),
        other if looks_like_text(other) => Err(NotWebAssembly::Text),
        _ => Err(NotWebAssembly::Unknown),
    }
}

/// wasmtime's artifacts are ELF files of a machine type of their own making; only the wording depends on this, since
/// neither is loaded.
fn elf(bytes: &[u8]) -> NotWebAssembly {
    if wasmtime::Engine::detect_precompiled(bytes).is_some() {
        NotWebAssembly::Precompiled
    } else {
        NotWebAssembly::Native { format: "ELF" }
    }
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..512).unwrap_or(bytes);
    let text = head.trim_ascii_start();
    [b"(module".as_slice(), b"(component", b";;", b"(;"]
        .iter()
        .any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i36_what_is_not_webassembly_is_named() {
        let native = |format| Err(NotWebAssembly::Native { format });
        let cases: [(&[u8], Result<Kind, NotWebAssembly>); 12] = [
            (b"", Err(NotWebAssembly::Empty)),
            (b"\0asm", Err(NotWebAssembly::Unknown)),
            (b"\0asm\x01\0\0\0", Ok(Kind::Module)),
            (b"\0asm\x0d\0\x01\0", Ok(Kind::Component)),
            (
                b"\0asm\x0e\0\x01\0",
                Err(NotWebAssembly::Version {
                    version: 0x0001_000e,
                }),
            ),
            (b"#!/bin/sh\necho", Err(NotWebAssembly::Script)),
            (b"\n (component)", Err(NotWebAssembly::Text)),
            (b";; a comment\n(module)", Err(NotWebAssembly::Text)),
            (b"\x7fELF\x02\x01\x01", native("ELF")),
            (b"MZ\x90\0", native("PE")),
            (b"\xcf\xfa\xed\xfe\x07\0\0\x01", native("Mach-O")),
            (b"hello", Err(NotWebAssembly::Unknown)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(detect(bytes), expected, "{bytes:?}");
        }
    }
}
