//! A sidecar for a test: over its bytes, or through the client.

mod client;
mod held;
mod raw;
mod socket;
mod watch;

pub(crate) use client::{
    Host, allowed, code_of, host, host_with, refused, run, start, start_js, wasm,
};
pub(crate) use held::Held;
pub(crate) use raw::{
    Raw, authenticate, bytes, connection_of, create_vm, fs_call, open_session, session_of, vm_of,
};
pub(crate) use socket::{Served, text};
pub(crate) use watch::{Ended, Watch, soon};

use std::path::{Path, PathBuf};

use tollgate_languages::RUNNER_INPUTS;
use tollgate_tests::Scene;

/// A VM that may do everything.
pub(crate) const ALLOW: &str = r#"{"permissions":{"fs":"allow","network":"allow","childProcess":"allow","process":"allow","env":"allow","binding":"allow"}}"#;

/// A VM that may do everything, with more members of its configuration.
pub(crate) fn allow_with(members: &str) -> String {
    format!("{},{members}}}", ALLOW.strip_suffix('}').unwrap())
}

/// The command `tollgate sidecar`, in a scene. Compiled programs are kept from one test to the next: every scene would
/// compile the engine of JavaScript anew.
pub(crate) fn sidecar(scene: &Scene, flags: &[&str]) -> std::process::Command {
    let mut command = scene.command(["sidecar"]);
    command.args(flags).env(
        "XDG_CACHE_HOME",
        concat!(env!("CARGO_TARGET_TMPDIR"), "/sidecar"),
    );
    command
}

/// A cache with the runner of Python in it, which the tests of Python make where it is on this machine.
pub(crate) fn python_cache() -> Option<PathBuf> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-cache");
    let runner = format!("python-{RUNNER_INPUTS}.json");
    let there = cache.join("tollgate/runners").join(runner).is_file();
    if !there {
        eprintln!(
            "SKIPPED: no runner of Python was made for tests (`cargo nextest run -E 'test(python)'` does that)"
        );
    }
    there.then_some(cache)
}

/// A guest's component.
pub(crate) fn guest(file: &str) -> Vec<u8> {
    std::fs::read(file).unwrap()
}
