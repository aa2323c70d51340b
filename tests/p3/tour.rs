//! The guest that tries everything of 0.3: denied each time in the interface's own words when nothing is granted,
//! working when it is, and recorded under the name of what it called.

use std::collections::BTreeSet;

use tollgate_tests::{Finished, GuestRun, Scene, guests, scene};

use crate::run;
use crate::support::of_the_guest;

const DENYING: &str = "version = 1
[stdio]
default = \"allow\"
deny = [\"stdin\", \"stderr\"]
";

const FOLDER: [&str; 18] = [
    "stat",
    "metadata-hash",
    "is-same-object",
    "set-times",
    "sync-data",
    "sync",
    "read-directory",
    "stat-at",
    "metadata-hash-at",
    "set-times-at",
    "readlink-at",
    "open-at",
    "create-directory-at",
    "symlink-at",
    "link-at",
    "rename-at",
    "unlink-file-at",
    "remove-directory-at",
];

/// What it does with open files whose opening was allowed.
const FILE: [&str; 7] = [
    "advise",
    "stat",
    "metadata-hash",
    "is-same-object",
    "read-via-stream",
    "set-size",
    "set-times",
];

/// A file that may not be written cannot be opened for it, and what it was opened for is all that a handle does.
const UNWRITABLE: [&str; 2] = ["write-via-stream", "append-via-stream"];

/// What the guest cannot be denied without being refused at load.
const ALWAYS: [&str; 11] = [
    "wasi:clocks/system-clock@0.3#now: ok true",
    "wasi:clocks/system-clock@0.3#get-resolution: ok true",
    "wasi:clocks/monotonic-clock@0.3#now: ok true",
    "wasi:clocks/monotonic-clock@0.3#get-resolution: ok true",
    "wasi:clocks/monotonic-clock@0.3#wait-until: ok",
    "wasi:clocks/monotonic-clock@0.3#wait-for: ok",
    "wasi:random/random@0.3#get-random-bytes: ok 16",
    "wasi:random/random@0.3#get-random-u64: ok true",
    "wasi:random/insecure@0.3#get-insecure-random-bytes: ok 16",
    "wasi:random/insecure@0.3#get-insecure-random-u64: ok true",
    "wasi:random/insecure-seed@0.3#get-insecure-seed: ok true",
];

/// Each operation that a policy may deny at run time, with what the guest is told then.
fn gated() -> Vec<(String, &'static str)> {
    let descriptor = |place: &str, function: &str| {
        let name = format!("{place}wasi:filesystem/types@0.3#[method]descriptor.{function}");
        (name, "error access")
    };
    let mut rows = vec![
        (
            "wasi:cli/environment@0.3#get-environment".to_owned(),
            "error absent",
        ),
        (
            "wasi:cli/stdin@0.3#read-via-stream".to_owned(),
            "error pipe",
        ),
        (
            "wasi:cli/stderr@0.3#write-via-stream".to_owned(),
            "error pipe",
        ),
    ];
    rows.extend(FOLDER.iter().map(|function| descriptor("", function)));
    rows.extend(FILE.iter().map(|function| descriptor("file ", function)));
    rows
}

/// Where the log names it.
fn import(name: &str) -> &str {
    name.trim_start_matches("file ")
}

fn prepare(scene: &Scene) {
    for name in ["read-me", "write-me", "denied/file", "denied/remove"] {
        scene.write(&format!("work/{name}"), "content");
    }
    std::fs::create_dir(scene.path("work/denied/empty")).unwrap();
    std::os::unix::fs::symlink("file", scene.path("work/denied/link")).unwrap();
}

fn tour<'a>(scene: &'a Scene, flags: &[&str]) -> GuestRun<'a> {
    prepare(scene);
    run(scene, guests::P3_TOUR).flags(flags).input("input")
}

fn outcomes<'a>(finished: &'a Finished, name: &str) -> Vec<&'a str> {
    finished
        .lines()
        .into_iter()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .collect()
}

/// Everything is given, and taken away again, so that each denial is a rule's and not an absence.
#[test]
pub(crate) fn p3_tour() {
    let scene = scene!();
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
    let (finished, records) = tour(&scene, &flags).logged();
    finished.expect(0);
    for (name, word) in gated() {
        let found = outcomes(&finished, &name);
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
            .find(|record| record.import == import(&name) && record.decision == "deny");
        let told = told.unwrap_or_else(|| panic!("the denial of {name} is not in the log"));
        assert!(
            !told.rule.is_empty() && format!("error {}", told.outcome) == word,
            "{told:?}"
        );
    }
    for function in UNWRITABLE {
        let name = format!("file wasi:filesystem/types@0.3#[method]descriptor.{function}");
        assert_eq!(outcomes(&finished, &name), ["error bad-descriptor"]);
    }
    for line in ALWAYS {
        assert!(
            finished.says(line),
            "{line} is missing in {}",
            finished.stdout
        );
    }
    assert_eq!(scene.read("work/denied/file"), "content");
    assert_eq!(scene.read("work/read-me"), "content");
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
    let dir = scene.dir("");
    let (finished, records) = tour(&scene, &["--dir", &dir, "--env", "TOUR=1"]).logged();
    finished.expect(0);
    let written = UNWRITABLE
        .map(|function| format!("file wasi:filesystem/types@0.3#[method]descriptor.{function}"));
    for name in gated().into_iter().map(|(name, _)| name).chain(written) {
        let found = outcomes(&finished, &name);
        assert!(!found.is_empty(), "{name} was not tried");
        assert!(
            found.iter().all(|outcome| outcome.starts_with("ok")),
            "{name}: {found:?}"
        );
        let told = records
            .iter()
            .filter(|record| record.import == import(&name));
        assert!(told.clone().next().is_some(), "{name} is not in the log");
    }
    assert!(
        !records.iter().any(|record| record.decision == "deny"),
        "{records:#?}"
    );
    assert_eq!(scene.read("work/read-me"), "yz");
    assert!(scene.path("work/denied/renamed").exists());
}

#[test]
fn what_is_never_given_is_denied_by_the_default_of_its_scope() {
    let scene = scene!();
    let (finished, records) = tour(&scene, &[]).logged();
    finished.expect(0);
    assert!(
        finished.says("wasi:filesystem/preopens@0.3#get-directories: ok 0"),
        "{}",
        finished.stdout
    );
    for record in of_the_guest(&records) {
        assert!(record.rule.starts_with("builtin:"), "{record:?}");
    }
}

/// A65: the tour leaves nothing out. Every function of the interfaces that the host links of 0.3 is tried, but for
/// those that end the guest.
#[test]
fn a65_the_tour_tries_every_function_of_0_3() {
    let scene = scene!();
    let dir = scene.dir("");
    let finished = tour(&scene, &["--dir", &dir]).finish();
    let tried: BTreeSet<String> = finished
        .lines()
        .into_iter()
        .filter_map(|line| {
            line.rsplit_once(": ")
                .map(|(name, _)| import(name).to_owned())
        })
        .collect();
    let mut resolve = wit_parser::Resolve::default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/p3");
    let (package, _) = resolve.push_dir(folder).unwrap();
    let world = resolve
        .select_world(&[package], Some("everything"))
        .unwrap();
    let mut seen = 0;
    for (key, item) in &resolve.worlds[world].imports {
        let wit_parser::WorldItem::Interface { id, .. } = item else {
            panic!("{key:?} is no interface")
        };
        let interface = resolve.name_world_key(key).replace("@0.3.0", "@0.3");
        for function in resolve.interfaces[*id].functions.keys() {
            seen += 1;
            let name = format!("{interface}#{function}");
            let ends = interface == "wasi:cli/exit@0.3";
            assert!(
                ends || tried.contains(&name),
                "{name} is not tried: {tried:#?}"
            );
        }
    }
    assert!(seen > 45, "{seen} functions");
}
