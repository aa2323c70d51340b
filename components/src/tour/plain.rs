//! Environment, streams, terminals, clocks, entropy.

use crate::host::wasi::cli::{
    environment as env, stderr, stdin, stdout, terminal_stderr, terminal_stdin, terminal_stdout,
};
use crate::host::wasi::clocks::{monotonic_clock, wall_clock};
use crate::host::wasi::io::poll::poll;
use crate::host::wasi::random::{insecure, insecure_seed, random as secure};
use crate::{report, say};

/// `wasi:cli/environment`.
pub fn environment() {
    let variables = env::get_environment();
    let found = variables.iter().any(|(name, _)| name == "TOUR");
    say!(
        "wasi:cli/environment#get-environment: {}",
        if found { "ok" } else { "error absent" }
    );
    say!(
        "wasi:cli/environment#get-arguments: ok {}",
        env::get_arguments().len()
    );
    say!(
        "wasi:cli/environment#initial-cwd: ok {}",
        env::initial_cwd().unwrap_or_default()
    );
}

/// `wasi:cli` streams and terminals, and `wasi:io` over them.
pub fn streams() {
    let input = stdin::get_stdin();
    report(
        "wasi:cli/stdin#get-stdin",
        input.blocking_read(64).map(|bytes| bytes.len()),
    );
    let errors = stderr::get_stderr();
    report(
        "wasi:cli/stderr#get-stderr",
        errors.blocking_write_and_flush(b"tour\n").map(|()| ""),
    );
    let output = stdout::get_stdout();
    report(
        "wasi:cli/stdout#get-stdout",
        output.blocking_write_and_flush(b"tour\n").map(|()| ""),
    );
    let ready = poll(&[&output.subscribe()]);
    say!("wasi:io/poll#poll: ok {}", ready.len());
    let terminals = [
        ("stdin", terminal_stdin::get_terminal_stdin().is_some()),
        ("stdout", terminal_stdout::get_terminal_stdout().is_some()),
        ("stderr", terminal_stderr::get_terminal_stderr().is_some()),
    ];
    for (name, is_terminal) in terminals {
        say!("wasi:cli/terminal-{name}#get-terminal-{name}: ok {is_terminal}");
    }
}

/// `wasi:clocks`.
pub fn clocks() {
    say!(
        "wasi:clocks/wall-clock#now: ok {}",
        wall_clock::now().seconds > 1_600_000_000
    );
    say!(
        "wasi:clocks/wall-clock#resolution: ok {}",
        wall_clock::resolution().nanoseconds > 0
    );
    let now = monotonic_clock::now();
    say!(
        "wasi:clocks/monotonic-clock#now: ok {}",
        monotonic_clock::now() >= now
    );
    say!(
        "wasi:clocks/monotonic-clock#resolution: ok {}",
        monotonic_clock::resolution() > 0
    );
    monotonic_clock::subscribe_instant(now).block();
    say!("wasi:clocks/monotonic-clock#subscribe-instant: ok");
    monotonic_clock::subscribe_duration(1).block();
    say!("wasi:clocks/monotonic-clock#subscribe-duration: ok");
}

/// `wasi:random`.
pub fn random() {
    say!(
        "wasi:random/random#get-random-bytes: ok {}",
        secure::get_random_bytes(16).len()
    );
    say!(
        "wasi:random/random#get-random-u64: ok {}",
        secure::get_random_u64() != secure::get_random_u64()
    );
    say!(
        "wasi:random/insecure#get-insecure-random-bytes: ok {}",
        insecure::get_insecure_random_bytes(16).len()
    );
    let differ = insecure::get_insecure_random_u64() != insecure::get_insecure_random_u64();
    say!("wasi:random/insecure#get-insecure-random-u64: ok {differ}");
    let (low, high) = insecure_seed::insecure_seed();
    say!(
        "wasi:random/insecure-seed#insecure-seed: ok {}",
        low != high
    );
}
