//! What a build sees of a Python program while its files are collected.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the bans are about the host; a test lays out files, and fails by panicking"
)]

use std::sync::{Arc, Mutex};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate_bridge::{Found, Program as _};
use tollgate_capability::program::Folder;
use tollgate_languages::{Collecting, Reads};
use tollgate_policy::{Decision, Effective, Operation, Permit, PolicyBuilder};

fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let dir = Dir::open_ambient_dir(place.path(), ambient_authority()).unwrap();
    (place, Folder::new(dir))
}

fn permit(path: &str) -> Permit {
    let policy = PolicyBuilder::new().build().unwrap().with_program();
    let policy = Effective::new(policy, None).unwrap();
    match policy.decide(&Operation::Program { path }) {
        Decision::Allow(permit, _) => permit,
        other => panic!("{other:?}"),
    }
}

/// Denies one file, and writes down what it is told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Reads for Told {
    fn enter(&mut self, path: &str) -> Option<Permit> {
        let permitted = path != "/program/denied.py";
        if permitted {
            self.0.lock().unwrap().push(path.to_owned());
        }
        permitted.then(|| permit(path))
    }

    fn leave(&mut self, outcome: &'static str, bytes: u64) {
        let mut told = self.0.lock().unwrap();
        told.last_mut()
            .unwrap()
            .push_str(&format!(" {outcome} {bytes}"));
    }
}

#[test]
fn whoever_builds_decides_about_each_file_and_what_was_installed_lies_beneath_the_root() {
    let (_one, own) = folder(&[
        ("main.py", "m"),
        ("denied.py", "d"),
        (".requirements/x.py", ""),
    ]);
    let (_two, packages) = folder(&[("package/__init__.py", "p")]);
    let told = Told::default();
    let program = Collecting::new(
        own,
        "/program",
        "/program/main.py".to_owned(),
        Some(packages),
        told.clone(),
    );
    let outset = program.outset(permit("/program/main.py")).unwrap();
    assert_eq!(outset.search, ["/program", "/program/.requirements"]);
    let read = |path: &str| program.read(path, 100, permit(path));
    assert_eq!(read("/program/main.py").unwrap(), b"m");
    assert_eq!(read("/program/denied.py").unwrap_err().code, "EACCES");
    assert_eq!(
        read("/program/.requirements/package/__init__.py").unwrap(),
        b"p"
    );
    assert_eq!(
        read("/program/.requirements/x.py").unwrap_err().code,
        "ENOENT"
    );
    let found = program.find("package", "/program/.requirements", permit("/program"));
    assert_eq!(
        found.unwrap(),
        Some(Found::Package(
            "/program/.requirements/package/__init__.py".to_owned()
        ))
    );
    assert_eq!(
        *told.0.lock().unwrap(),
        [
            "/program/main.py ok 0",
            "/program/main.py ok 1",
            "/program/.requirements/package/__init__.py ok 1",
            "/program/.requirements/x.py ENOENT 0",
        ]
    );
}
