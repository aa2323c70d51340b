//! What a request wants to be run: which program, in which runtime.

use tollgate_protocol::types::{ExecuteRequest, GuestRuntimeKind};

use super::command;
use crate::rejection::Rejection;
use crate::vm::{Kind, Vm};

/// Where the source of a program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// In a file of the VM.
    File(String),
    /// In the request.
    Text(String),
    /// On standard input.
    Input,
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

impl Program {
    /// Finds what a request asks for.
    pub(crate) async fn find(
        vm: &Vm,
        request: &ExecuteRequest,
        cwd: &str,
    ) -> Result<Self, Rejection> {
        if let Some(command) = &request.command {
            return command::find(vm, command, request.args.clone(), cwd).await;
        }
        let (Some(runtime), Some(entry)) = (request.runtime, &request.entrypoint) else {
            return Err(Rejection::state(
                "execute needs a command, or a runtime and an entrypoint",
            ));
        };
        let arguments = request.args.clone();
        let file = || Source::File(absolute(cwd, entry));
        let (kind, source, command) = match runtime {
            GuestRuntimeKind::JavaScript => (Kind::JavaScript, file(), "node"),
            GuestRuntimeKind::Python if entry.ends_with(".py") => (Kind::Python, file(), "python"),
            GuestRuntimeKind::Python => (Kind::Python, Source::Text(entry.clone()), "python"),
            GuestRuntimeKind::WebAssembly => (Kind::WebAssembly, file(), "wasm"),
        };
        Ok(Self {
            kind,
            source,
            command: command.to_owned(),
            arguments,
        })
    }
}
