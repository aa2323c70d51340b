//! Commands: what a name stands for in a VM.

use tollgate_protocol::types::{ExecuteRequest, GuestRuntimeKind};

use super::environment::SYSTEM_PATH;
use super::program::{Program, Source, absolute, is_javascript};
use crate::rejection::Rejection;
use crate::vm::{Kind, Vm};

/// Where software that was mounted puts its commands, in folders that are named by numbers.
const SOFTWARE: &str = "/__secure_exec/commands";
/// Folders of numbers that are looked into.
const MOST_FOLDERS: u32 = 16;

/// What the engine says of itself.
const VERSION: &str = "console.log(process.version)";

fn not_found(command: &str) -> Rejection {
    let shown: String = command.chars().take(256).collect();
    Rejection::state(format!(
        "command not found on native sidecar path: {}",
        shown.escape_debug()
    ))
}

impl Program {
    /// Finds what a request asks for.
    pub(crate) async fn find(
        vm: &Vm,
        request: &ExecuteRequest,
        cwd: &str,
    ) -> Result<Self, Rejection> {
        if let Some(command) = &request.command {
            return of_command(vm, command, request.args.clone(), cwd).await;
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

/// Finds what a command and its arguments stand for.
async fn of_command(
    vm: &Vm,
    command: &str,
    arguments: Vec<String>,
    cwd: &str,
) -> Result<Program, Rejection> {
    if command.is_empty() || command.contains('\0') {
        return Err(not_found(command));
    }
    match command {
        "node" => return node(arguments, cwd),
        "python" | "python3" => return python(arguments, cwd),
        _ => {}
    }
    if is_javascript(command) {
        return Ok(Program {
            kind: Kind::JavaScript,
            source: Source::File(absolute(cwd, command)),
            command: command.to_owned(),
            arguments,
        });
    }
    let path = locate(vm, command, cwd).await?;
    let path = path.ok_or_else(|| not_found(command))?;
    let kind = if path.ends_with(".py") {
        Kind::Python
    } else {
        Kind::WebAssembly
    };
    Ok(Program {
        kind,
        source: Source::File(path),
        command: command.to_owned(),
        arguments,
    })
}

fn program(kind: Kind, source: Source, command: &str, arguments: Vec<String>) -> Program {
    Program {
        kind,
        source,
        command: command.to_owned(),
        arguments,
    }
}

fn node(mut arguments: Vec<String>, cwd: &str) -> Result<Program, Rejection> {
    let made = |source, arguments| Ok(program(Kind::JavaScript, source, "node", arguments));
    if arguments.is_empty() {
        return made(Source::Text(String::new()), arguments);
    }
    let first = arguments.remove(0);
    match first.as_str() {
        "-v" | "--version" => made(Source::Text(VERSION.to_owned()), Vec::new()),
        "-e" | "--eval" => {
            if arguments.is_empty() {
                return Err(Rejection::state(format!(
                    "node: {first} requires an argument"
                )));
            }
            let source = arguments.remove(0);
            made(Source::Text(source), arguments)
        }
        option if option.starts_with('-') => Err(Rejection::state(format!(
            "node: bad option: {}",
            option.escape_debug()
        ))),
        file => made(Source::File(absolute(cwd, file)), arguments),
    }
}

fn python(mut arguments: Vec<String>, cwd: &str) -> Result<Program, Rejection> {
    let made = |source, arguments| Ok(program(Kind::Python, source, "python", arguments));
    if arguments.is_empty() {
        return made(Source::Input, arguments);
    }
    let first = arguments.remove(0);
    match first.as_str() {
        "-" => made(Source::Input, arguments),
        "-c" => {
            if arguments.is_empty() {
                return Err(Rejection::state(
                    "python: argument expected for the -c option",
                ));
            }
            let source = arguments.remove(0);
            made(Source::Text(source), arguments)
        }
        option if option.starts_with('-') => Err(Rejection::state(format!(
            "python: unknown option {}",
            option.escape_debug()
        ))),
        file => made(Source::File(absolute(cwd, file)), arguments),
    }
}

/// The file that a command is, where it is one.
async fn locate(vm: &Vm, command: &str, cwd: &str) -> Result<Option<String>, Rejection> {
    let gate = vm.gate()?;
    let stripped = command.strip_prefix("file://").unwrap_or(command);
    if stripped.contains('/') {
        let path = absolute(cwd, stripped);
        let found = vm.files.find(&gate, &path).await?;
        return Ok(found.filter(|mode| is_file(*mode)).map(|_| path));
    }
    let software = (0..MOST_FOLDERS).map(|number| format!("{SOFTWARE}/{number}"));
    let has_software = vm
        .files
        .find(&gate, SOFTWARE)
        .await
        .is_ok_and(|found| found.is_some());
    let folders = software
        .take(if has_software {
            MOST_FOLDERS as usize
        } else {
            0
        })
        .chain(SYSTEM_PATH.split(':').map(str::to_owned));
    for folder in folders {
        let path = format!("{folder}/{stripped}");
        // What the policy keeps from being seen is not found, as for a shell of the VM.
        if let Ok(Some(mode)) = vm.files.find(&gate, &path).await
            && is_file(mode)
            && mode & 0o111 != 0
        {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn is_file(mode: u32) -> bool {
    mode & 0o170_000 == 0o100_000
}
