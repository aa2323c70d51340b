//! What a request wants to be run: which program, in which runtime.

use crate::vm::Kind;

/// Where the source of a program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// In a file of the VM.
    File(String),
    /// In the request.
    Text(String),
    /// On standard input.
    Input,
    /// A WebAssembly program that was read from a file of the VM.
    Module {
        /// Where it lies.
        path: String,
        bytes: Vec<u8>,
    },
}

/// A program that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) kind: Kind,
    pub(crate) source: Source,
    /// What the policy is asked about, and what listings show.
    pub(crate) command: String,
    /// What follows the program's own name.
    pub(crate) arguments: Vec<String>,
}

/// A path, absolute or from a folder, without `.`, `..` and empty names.
pub(crate) fn absolute(folder: &str, path: &str) -> String {
    let from = if path.starts_with('/') { "" } else { folder };
    let mut names: Vec<&str> = Vec::new();
    for name in from.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    format!("/{}", names.join("/"))
}

/// Whether a file is a program in JavaScript by its name.
pub(crate) fn is_javascript(path: &str) -> bool {
    [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"]
        .iter()
        .any(|ending| path.ends_with(ending))
}
