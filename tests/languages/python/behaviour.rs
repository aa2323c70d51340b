//! The programs of `guest-shims/python/tests`, each with what it says beside it: as programs, and by the runner as a
//! component.

use std::process::Command;

use super::{cache, files, needs};

fn check(flags: &[&str]) {
    let cache = needs!(cache());
    let scene = tollgate_tests::scene!();
    let shims = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest-shims/python");
    let [runner, _] = files();
    let checked = Command::new("python3")
        .arg(format!("{shims}/check.py"))
        .args([
            "--binary",
            env!("CARGO_BIN_EXE_tollgate"),
            "--without-packages",
            "--runner",
        ])
        .arg(cache.join("tollgate/runners").join(runner))
        .args(flags)
        .env("XDG_CACHE_HOME", cache)
        .env("XDG_CONFIG_HOME", scene.path("home/config"))
        .output()
        .expect("python3 is on this machine");
    assert!(
        checked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
}

#[test]
fn every_program_says_what_stands_beside_it() {
    check(&[]);
}

#[test]
fn the_runner_is_a_component_too_that_takes_its_program_from_a_folder() {
    // Those that differ by how the program is found; that the others do the same, the runner's one snapshot sees to.
    let differing = [
        "arguments",
        "code_text",
        "environment",
        "file_missing",
        "files",
        "from_stdin",
        "import_syntax_error",
        "imports",
        "no_arguments",
        "shadowing",
        "syntax_error",
        "uncaught",
        "zip_import",
    ];
    check(&[&["--component"], &differing[..]].concat());
}
