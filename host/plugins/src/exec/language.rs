//! What a program is written in.

/// A language whose sources are programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JavaScript, or TypeScript, whose types are stripped.
    JavaScript,
    /// Python.
    Python,
}

impl Language {
    /// The language of a file, by its name's ending: `.js`, `.mjs`, `.cjs`, `.ts`, `.mts`, `.cts`, `.py`. None for anything
    /// else, which is WebAssembly or no program.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, ending) = name.rsplit_once('.')?;
        match ending {
            // `.js` has no ending: it is hidden.
            _ if stem.is_empty() => None,
            "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" => Some(Self::JavaScript),
            "py" => Some(Self::Python),
            _ => None,
        }
    }

    /// Whether this build runs it.
    #[must_use]
    pub fn is_built_in(self) -> bool {
        match self {
            Self::JavaScript => cfg!(feature = "javascript"),
            Self::Python => cfg!(feature = "python"),
        }
    }

    pub(super) fn left_out(self) -> &'static str {
        match self {
            Self::JavaScript => {
                "program_path is not executable: this build runs no JavaScript (feature `javascript`)"
            }
            Self::Python => {
                "program_path is not executable: this build runs no Python (feature `python`)"
            }
        }
    }
}

/// The first bytes of WebAssembly, of a component or a module.
pub const MAGIC: &[u8] = b"\0asm";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_told_by_the_ending_of_the_name() {
        for path in ["a.js", "/x/a.mjs", "a.b.cjs", "a.ts", "a.mts", "a.cts"] {
            assert_eq!(Language::of(path), Some(Language::JavaScript), "{path}");
        }
        assert_eq!(Language::of("/x.js/a.py"), Some(Language::Python));
        for path in [
            "a.wasm", "a", "js", ".js", "/x/.py", "/x.js/a", "a.JS", "a.jsx", "",
        ] {
            assert_eq!(Language::of(path), None, "{path}");
        }
    }
}
