//! From the start of a process to its exit: `tollgate run` beside `wasmtime run` of the same release, both with their
//! caches warm, one after the other.
//!
//! `just bench` fetches the other command, names it in `WASMTIME`, and writes the table to `bench/startup.md`.
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
    let Some(wasmtime) = std::env::var_os("WASMTIME") else {
        println!("startup: skipped, since WASMTIME names no wasmtime command");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("hello.log");
    let commands = [
        ("tollgate run", tollgate(&[])),
        (
            "tollgate run --audit FILE",
            tollgate(&["--audit".into(), log.into()]),
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
            let took = once(home.path(), command);
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

const HEAD: &str = "\
# From the start of a process to its exit

A hello component, its caches warm; medians of 300 rounds in which each command runs once, written by `just bench`.

| command | median | ratio |
| --- | --: | --: |
";

fn tollgate(flags: &[OsString]) -> (OsString, Vec<OsString>) {
    let mut arguments = vec!["run".into()];
    arguments.extend(flags.iter().cloned());
    arguments.push(guests::HELLO.into());
    (env!("CARGO_BIN_EXE_tollgate").into(), arguments)
}

fn once(home: &Path, (program, arguments): &(OsString, Vec<OsString>)) -> Duration {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
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
