//! Packages that others wrote, unmodified, as npm brings them: what a program prints here it prints under Node.
//!
//! `npm/fetch` brings them; without them, or without Node, the test says so and passes, so that a fresh clone needs no
//! download.

use std::process::Command;
use std::time::Duration;

use tollgate_tests::packages::{fetched, programs};
use tollgate_tests::scene;

#[test]
fn what_packages_do_under_node_they_do_here() {
    let Some(packages) = fetched("package-lock.json", include_bytes!("npm/package-lock.json"))
    else {
        eprintln!(
            "SKIPPED: the packages are not in the cache (`tests/languages/npm/fetch` brings them)"
        );
        return;
    };
    let scene = scene!();
    scene.write("app/package.json", "{}");
    let copied = Command::new("cp")
        .args(["-r"])
        .arg(packages.join("node_modules"))
        .arg(scene.path("app"))
        .status();
    assert!(copied.is_ok_and(|status| status.success()));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for program in programs("npm/programs") {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&program).expect("a program can be read");
        let file = scene.write(&format!("app/{name}"), text);
        let Ok(node) = Command::new("node").arg(&file).output() else {
            eprintln!("SKIPPED: there is no Node to compare with");
            return;
        };
        let ours = scene.run(&file).patience(Duration::from_secs(120)).finish();
        let theirs = String::from_utf8_lossy(&node.stdout);
        assert!(
            node.status.success(),
            "{name} fails under Node: {}",
            String::from_utf8_lossy(&node.stderr)
        );
        seen += 1;
        if ours.stdout != theirs {
            wrong.push(format!(
                "{name}:\n{}\n{}\nand under Node:\n{theirs}",
                ours.stdout, ours.stderr
            ));
        }
    }
    assert!(seen > 10, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
