//! The guest that tries everything: denied each time in the interface's own words when nothing is granted, working
//! when it is, and with one reason wherever the reason is told.

mod agreement;
mod coverage;
mod gated;

use tollgate_tests::{Finished, GuestRun, Scene, guests, scene};

use self::gated::{ALWAYS, gated};
use crate::support::of_the_guest;

const DENYING: &str = "version = 1
[stdio]
default = \"allow\"
deny = [\"stdin\", \"stderr\"]
";

fn prepare(scene: &Scene) {
    for name in ["read-me", "write-me", "denied/file", "denied/remove"] {
        scene.write(&format!("work/{name}"), "content");
    }
    std::fs::create_dir(scene.path("work/denied/empty")).unwrap();
    std::os::unix::fs::symlink("file", scene.path("work/denied/link")).unwrap();
}

/// The flags of a run: everything is given, and taken away again, so that each denial is a rule's and not an absence.
fn denying(scene: &Scene) -> Vec<String> {
    let policy = scene.write("deny.toml", DENYING).display().to_string();
    let dir = scene.dir("");
    let flags = [
        "--policy",
        &policy,
        "--dir",
        &dir,
        "--env",
        "TOUR=1",
        "--deny-env",
        "TOUR",
        "--deny-read",
        "/work",
        "--deny-read",
        "/work/denied/**",
        "--deny-read",
        "/work/write-me",
        "--deny-write",
        "/work",
        "--deny-write",
        "/work/denied/**",
        "--deny-write",
        "/work/read-me",
    ];
    flags.map(str::to_owned).to_vec()
}

fn granting(scene: &Scene) -> Vec<String> {
    let dir = scene.dir("");
    let flags = [
        "--dir",
        &dir,
        "--env",
        "TOUR=1",
        "--allow-net",
        "localhost",
        "--allow-net",
        "tour.example",
        "--allow-listen",
        "*",
    ];
    flags.map(str::to_owned).to_vec()
}

fn tour<'a>(scene: &'a Scene, flags: &[String]) -> GuestRun<'a> {
    prepare(scene);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    scene
        .run(guests::TRY_EVERYTHING)
        .flags(&flags)
        .input("input")
}

/// The outcomes that the guest printed for an operation.
fn outcomes<'a>(finished: &'a Finished, name: &str) -> Vec<&'a str> {
    finished
        .lines()
        .into_iter()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .collect()
}

#[test]
pub(crate) fn try_everything() {
    let scene = scene!();
    let (finished, records) = tour(&scene, &denying(&scene)).logged();
    finished.expect(0);
    for operation in gated() {
        let (name, word) = (&operation.name, operation.denied);
        let found = outcomes(&finished, name);
        assert!(
            !found.is_empty(),
            "{name} was not tried: {}",
            finished.stdout
        );
        assert!(
            found.iter().all(|outcome| *outcome == word),
            "{name} was not denied each time: {found:?}"
        );
        let told = records
            .iter()
            .find(|record| record.import == operation.import() && record.decision == "deny");
        let told = told.unwrap_or_else(|| panic!("the denial of {name} is not in the log"));
        assert!(
            !told.rule.is_empty() && format!("error {}", told.outcome) == word,
            "{told:?}"
        );
    }
    for line in ALWAYS {
        assert!(
            finished.says(line),
            "{line} is missing in {}",
            finished.stdout
        );
    }
    assert_eq!(scene.read("work/denied/file"), "content");
    assert_eq!(
        std::fs::read_dir(scene.path("work/denied"))
            .unwrap()
            .count(),
        4
    );
    assert!(!finished.stderr.contains("tour"), "{}", finished.stderr);
}

#[test]
fn the_guest_that_tries_everything_works_when_it_is_granted() {
    let scene = scene!();
    let (finished, records) = tour(&scene, &granting(&scene)).logged();
    finished.expect(0);
    for operation in gated() {
        let (name, word) = (&operation.name, operation.allowed);
        let found = outcomes(&finished, name);
        assert!(!found.is_empty(), "{name} was not tried");
        assert!(
            found
                .iter()
                .all(|outcome| outcome.split(' ').next() == word.split(' ').next()),
            "{name}: {found:?}"
        );
        if word.starts_with("error") {
            assert!(
                found.iter().all(|outcome| *outcome == word),
                "{name}: {found:?}"
            );
        }
        let told = records
            .iter()
            .filter(|record| record.import == operation.import());
        assert!(told.clone().next().is_some(), "{name} is not in the log");
        assert!(
            told.clone().all(|record| record.decision == "allow"),
            "{:?}",
            told.collect::<Vec<_>>()
        );
    }
    assert!(
        !records.iter().any(|record| record.decision == "deny"),
        "{records:#?}"
    );
}

#[test]
fn what_is_never_given_is_denied_by_the_default_of_its_scope() {
    let scene = scene!();
    let (finished, records) = tour(&scene, &[]).logged();
    finished.expect(0);
    assert!(
        finished.says("wasi:filesystem/preopens#get-directories: ok 0"),
        "{}",
        finished.stdout
    );
    for record in of_the_guest(&records) {
        let scope = record.operation.split('.').next().unwrap_or_default();
        match scope {
            "network" | "http" => assert_eq!(
                (record.decision.as_str(), record.rule.clone()),
                ("deny", format!("default:{scope}"))
            ),
            "stdio" | "clock" | "random" => {
                assert!(record.rule.starts_with("builtin:"), "{record:?}")
            }
            _ => panic!("nothing else was given: {record:?}"),
        }
    }
}
