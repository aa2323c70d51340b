//! From the start of a process to its exit: `tollgate run` beside `wasmtime run` of the same release, both with their
//! caches warm, one after the other.
//!
//! `just bench` fetches the other commands, names them in `WASMTIME` and `TOLLGATE_DENO`, and writes the tables to
//! `bench/startup.md` and `bench/startup-languages.md`.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    reason = "a benchmark starts processes, measures time, prints, and fails by panicking"
)]

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tollgate_tests::guests;

const PAIRS: usize = 300;
const WARM_UP: usize = 10;

fn main() {
    let installed = tempfile::tempdir().unwrap();
    // As an installation leaves it. A file that a linker has just written through a mapping lies in memory in single pages,
    // and takes a millisecond more to start.
    let binary = installed.path().join("tollgate");
    std::fs::copy(env!("CARGO_BIN_EXE_tollgate"), &binary).unwrap();
    languages(&binary);
    let Some(wasmtime) = std::env::var_os("WASMTIME") else {
        println!("startup: skipped, since WASMTIME names no wasmtime command");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("hello.log");
    let commands = [
        ("tollgate run", tollgate(&binary, &[])),
        (
            "tollgate run --audit FILE",
            tollgate(&binary, &["--audit".into(), log.into()]),
        ),
        (
            "wasmtime run, its cache on",
            (
                wasmtime,
                vec!["run".into(), "-Ccache".into(), guests::HELLO.into()],
            ),
        ),
    ];
    let mut times = commands.each_ref().map(|_| Vec::new());
    for round in 0..WARM_UP + PAIRS {
        for (times, (_, command)) in times.iter_mut().zip(&commands) {
            let took = once(home.path(), command, Variables::None);
            if round >= WARM_UP {
                times.push(took);
            }
        }
    }
    let mut text = String::from(HEAD);
    let medians = times.map(median);
    let bare = medians.last().copied().unwrap_or_default();
    for ((name, _), median) in commands.iter().zip(medians) {
        let (millis, ratio) = (
            median.as_secs_f64() * 1e3,
            median.as_secs_f64() / bare.as_secs_f64(),
        );
        text.push_str(&format!("| {name} | {millis:.2} ms | {ratio:.2} |\n"));
    }
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("startup.md"), text).unwrap();
    }
}

/// What a command finds in its environment.
#[derive(Debug, Clone, Copy)]
enum Variables {
    /// HOME, and what tells where the caches are.
    None,
    /// Those of whoever runs the benchmark.
    Shell,
}

/// Hello in JavaScript and Python, beside those who else runs them. Who is not there is left out.
fn languages(binary: &Path) {
    let home = tempfile::tempdir().unwrap();
    let (js, py) = (home.path().join("hello.js"), home.path().join("hello.py"));
    std::fs::write(&js, "console.log('hello')").unwrap();
    std::fs::write(&py, "print('hello')").unwrap();
    let ours = |file: &Path| -> (OsString, Vec<OsString>) {
        (binary.into(), vec!["run".into(), file.into()])
    };
    let node = found("node").map(|node| (node, vec![js.clone().into()]));
    let deno =
        std::env::var_os("TOLLGATE_DENO").map(|deno| (deno, vec!["run".into(), js.clone().into()]));
    let python = |python: Option<OsString>| python.map(|python| (python, vec![py.clone().into()]));
    let all = [
        ("tollgate run hello.js", Some(ours(&js)), Variables::None),
        ("node hello.js", node.clone(), Variables::None),
        (
            "node hello.js, with the variables of the shell",
            node,
            Variables::Shell,
        ),
        ("deno run hello.js", deno, Variables::None),
        ("tollgate run hello.py", Some(ours(&py)), Variables::None),
        (
            "python3 hello.py",
            python(found("python3")),
            Variables::None,
        ),
        (
            "the interpreter that it leads to",
            python(interpreter()),
            Variables::None,
        ),
    ];
    let mut commands = Vec::new();
    for (name, command, variables) in all {
        // The first run of each fills its caches.
        match command.filter(|command| runs(home.path(), command, variables)) {
            Some(command) => commands.push((name, command, variables, Vec::new())),
            None => println!("startup: `{name}` is skipped: it does not run here"),
        }
    }
    for round in 0..WARM_UP + PAIRS / 3 {
        for (_, command, variables, times) in &mut commands {
            let took = once(home.path(), command, *variables);
            if round >= WARM_UP {
                times.push(took);
            }
        }
    }
    let mut text = String::from(LANGUAGES);
    for (name, _, _, times) in commands {
        let millis = median(times).as_secs_f64() * 1e3;
        text.push_str(&format!("| {name} | {millis:.1} ms |\n"));
    }
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("startup-languages.md"), text).unwrap();
    }
}

const LANGUAGES: &str = "\
# From the start of a process to its exit: JavaScript and Python

A hello, every cache warm; medians of 100 rounds in which each command runs once, written by `just bench`. Commands get no variables
but HOME, unless it says so: some make node read more before it begins (`NODE_EXTRA_CA_CERTS`, for one). `python3` may be a
script that looks for the interpreter: what it leads to has a row of its own.

| command | median |
| --- | --: |
";

/// What `python3` itself is, where the one that is found first only looks for it.
fn interpreter() -> Option<OsString> {
    let told = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output();
    let told = String::from_utf8(told.ok()?.stdout).ok()?;
    Some(told.trim().into())
}

/// Where a command is: it gets no environment, so that it must be found here.
fn found(program: &str) -> Option<OsString> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .map(Into::into)
}

/// Whether it runs at all.
fn runs(
    home: &Path,
    (program, arguments): &(OsString, Vec<OsString>),
    variables: Variables,
) -> bool {
    command(home, program, arguments, variables)
        .status()
        .is_ok_and(|status| status.success())
}

const HEAD: &str = "\
# From the start of a process to its exit

A hello component, its caches warm; medians of 300 rounds in which each command runs once, written by `just bench`.

| command | median | ratio |
| --- | --: | --: |
";

fn tollgate(binary: &Path, flags: &[OsString]) -> (OsString, Vec<OsString>) {
    let mut arguments = vec!["run".into()];
    arguments.extend(flags.iter().cloned());
    arguments.push(guests::HELLO.into());
    (binary.into(), arguments)
}

fn command(
    home: &Path,
    program: &OsString,
    arguments: &[OsString],
    variables: Variables,
) -> Command {
    let mut command = Command::new(program);
    match variables {
        Variables::None => command.env_clear(),
        Variables::Shell => &mut command,
    };
    command
        .args(arguments)
        .env("HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Where the Python runner is, which is not built anew for the benchmark.
    let user = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    if let Some(cache) = std::env::var_os("XDG_CACHE_HOME").map(Into::into).or(user) {
        command.env("XDG_CACHE_HOME", cache);
    }
    command
}

fn once(
    home: &Path,
    (program, arguments): &(OsString, Vec<OsString>),
    variables: Variables,
) -> Duration {
    let mut command = command(home, program, arguments, variables);
    let start = Instant::now();
    let status = command.status().unwrap();
    let took = start.elapsed();
    assert!(status.success(), "{program:?}: {status}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
