//! Packages that others wrote, unmodified, as pip brings them: what a program prints here it prints under python3.
//!
//! `tests/languages/pypi/fetch` brings them; without them the test says so and passes, so that a fresh clone needs no
//! download.

use std::path::Path;
use std::process::Command;

use tollgate_tests::packages::{fetched, programs};
use tollgate_tests::scene;

use super::{cache, needs};

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").args([from, to]).status();
    assert!(copied.is_ok_and(|status| status.success()));
}

#[test]
fn what_packages_do_under_python_they_do_here() {
    let Some(packages) = fetched(
        "requirements.txt",
        include_bytes!("../pypi/requirements.txt"),
    ) else {
        eprintln!(
            "\n!! SKIPPED: the packages are not in the cache (`tests/languages/pypi/fetch` brings them)\n"
        );
        return;
    };
    let cache = needs!(cache()).display().to_string();
    let scene = scene!();
    scene.write("app/pyproject.toml", "");
    copy(&packages.join("site-packages"), &scene.path("app"));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for program in programs("pypi/programs") {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        copy(&program, &scene.path("app"));
        if program.is_dir() {
            continue;
        }
        let file = scene.path("app").join(&*name);
        let python = Command::new("python3")
            .arg("-B")
            .arg(&file)
            .env("PYTHONPATH", scene.path("app/site-packages"))
            .output()
            .expect("python3 is on this machine");
        assert!(
            python.status.success(),
            "{name} fails under python3: {}",
            String::from_utf8_lossy(&python.stderr)
        );
        let ours = scene
            .run(&file)
            .host_env("XDG_CACHE_HOME", &cache)
            .flags(&["--limit", "cpu=150s,wall=200s"])
            .patience(super::PATIENCE)
            .finish();
        seen += 1;
        let theirs = String::from_utf8_lossy(&python.stdout);
        if ours.stdout != theirs || ours.code != Some(0) {
            wrong.push(format!(
                "{name}:\n{}\n{}\nand under python3:\n{theirs}",
                ours.stdout, ours.stderr
            ));
        }
    }
    assert_eq!(seen, 7);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn packages_are_built_in_with_their_data_and_do_the_same() {
    let Some(packages) = fetched(
        "requirements.txt",
        include_bytes!("../pypi/requirements.txt"),
    ) else {
        eprintln!(
            "\n!! SKIPPED: the packages are not in the cache (`tests/languages/pypi/fetch` brings them)\n"
        );
        return;
    };
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/pyproject.toml", "");
    copy(&packages.join("site-packages"), &scene.path("app"));
    for program in programs("pypi/programs") {
        copy(&program, &scene.path("app"));
    }
    let python = Command::new("python3")
        .arg("-B")
        .arg(scene.path("app/jinja_templates.py"))
        .env("PYTHONPATH", scene.path("app/site-packages"))
        .output()
        .expect("python3 is on this machine");
    // A package that nothing imports by its name is none that the build could know of.
    let text = scene.read("app/jinja_templates.py");
    scene.write("app/main.py", format!("if False: import jinja_app\n{text}"));
    let component = super::build::built(&scene, cache, "app/main.py", &[]);
    let finished = super::build::run(&scene, &component, &[]);
    finished.expect(0);
    assert_eq!(finished.stdout, String::from_utf8_lossy(&python.stdout));
}
