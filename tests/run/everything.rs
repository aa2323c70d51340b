//! The guest that tries everything: denied each time in the interface's own words when nothing is granted, working
//! when it is, and with one reason wherever the reason is told.

use std::collections::BTreeSet;

use serde_json::Value;
use tollgate_tests::{Finished, GuestRun, Record, Scene, guests, scene};

use crate::support::of_the_guest;

/// Each operation that policy decides, as the guest prints it, with the outcome when it is denied and when it is
/// allowed. The network is linked and decided, and not served yet.
const GATED: &[(&str, &str, &str)] = &[
    ("wasi:cli/environment#get-environment", "error absent", "ok"),
    ("wasi:cli/stdin#get-stdin", "error closed", "ok"),
    ("wasi:cli/stderr#get-stderr", "error closed", "ok"),
    ("wasi:filesystem/types#[method]descriptor.stat", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.metadata-hash", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.is-same-object", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.set-times", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.sync-data", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.sync", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.read-directory", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.stat-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.metadata-hash-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.set-times-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.readlink-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.open-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.create-directory-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.symlink-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.link-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.rename-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.unlink-file-at", "error access", "ok"),
    ("wasi:filesystem/types#[method]descriptor.remove-directory-at", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.read", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.advise", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.stat", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.metadata-hash", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.is-same-object", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.read-via-stream", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.write", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.set-size", "error access", "ok"),
    ("file wasi:filesystem/types#[method]descriptor.set-times", "error access", "ok"),
    ("wasi:sockets/tcp#[method]tcp-socket.start-bind", "error access-denied", "error not-supported"),
    ("wasi:sockets/tcp#[method]tcp-socket.start-connect", "error access-denied", "error not-supported"),
    ("wasi:sockets/tcp#[method]tcp-socket.start-listen", "error access-denied", "error not-supported"),
    ("wasi:sockets/udp#[method]udp-socket.start-bind", "error access-denied", "error not-supported"),
    ("wasi:sockets/udp#[method]udp-socket.stream", "error access-denied", "error not-supported"),
    ("wasi:sockets/ip-name-lookup#resolve-addresses", "error access-denied", "error not-supported"),
    ("wasi:http/outgoing-handler#handle", "error HTTP-request-denied", "error internal-error"),
];

/// What policy decides and the guest cannot be denied without being refused at load.
const ALWAYS: &[&str] = &[
    "wasi:clocks/wall-clock#now: ok true",
    "wasi:clocks/wall-clock#resolution: ok true",
    "wasi:clocks/monotonic-clock#now: ok true",
    "wasi:clocks/monotonic-clock#resolution: ok true",
    "wasi:clocks/monotonic-clock#subscribe-instant: ok",
    "wasi:clocks/monotonic-clock#subscribe-duration: ok",
    "wasi:random/random#get-random-bytes: ok 16",
    "wasi:random/random#get-random-u64: ok true",
    "wasi:random/insecure#get-insecure-random-bytes: ok 16",
    "wasi:random/insecure#get-insecure-random-u64: ok true",
    "wasi:random/insecure-seed#insecure-seed: ok true",
];

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
        "--policy", &policy, "--dir", &dir, "--env", "TOUR=1", "--deny-env", "TOUR", "--deny-read", "/work",
        "--deny-read", "/work/denied/**", "--deny-read", "/work/write-me", "--deny-write", "/work", "--deny-write",
        "/work/denied/**", "--deny-write", "/work/read-me",
    ];
    flags.map(str::to_owned).to_vec()
}

fn granting(scene: &Scene) -> Vec<String> {
    let dir = scene.dir("");
    let flags = [
        "--dir", &dir, "--env", "TOUR=1", "--allow-net", "192.0.2.1", "--allow-net", "tour.example", "--allow-listen",
        "*",
    ];
    flags.map(str::to_owned).to_vec()
}

fn tour<'a>(scene: &'a Scene, flags: &[String]) -> GuestRun<'a> {
    prepare(scene);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    scene.run(guests::TRY_EVERYTHING).flags(&flags).input("input")
}

/// The outcomes that the guest printed for an operation.
fn outcomes<'a>(finished: &'a Finished, name: &str) -> Vec<&'a str> {
    finished.lines().into_iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
}

/// Where the log names the function that the guest called.
fn import(name: &str) -> &str {
    match name.trim_start_matches("file ") {
        "wasi:cli/stdin#get-stdin" => "wasi:io/streams#[method]input-stream.read",
        "wasi:cli/stderr#get-stderr" => "wasi:io/streams#[method]output-stream.write",
        name => name,
    }
}

#[test]
pub(crate) fn try_everything() {
    let scene = scene!();
    let (finished, records) = tour(&scene, &denying(&scene)).logged();
    finished.expect(0);
    for (name, word, _) in GATED {
        let found = outcomes(&finished, name);
        assert!(!found.is_empty(), "{name} was not tried: {}", finished.stdout);
        assert!(found.iter().all(|outcome| outcome == word), "{name} was not denied each time: {found:?}");
        let told = records.iter().find(|record| record.import == import(name) && record.decision == "deny");
        let told = told.unwrap_or_else(|| panic!("the denial of {name} is not in the log"));
        assert!(!told.rule.is_empty() && format!("error {}", told.outcome) == *word, "{told:?}");
    }
    for line in ALWAYS {
        assert!(finished.says(line), "{line} is missing in {}", finished.stdout);
    }
    assert_eq!(scene.read("work/denied/file"), "content");
    assert_eq!(std::fs::read_dir(scene.path("work/denied")).unwrap().count(), 4);
    assert!(!finished.stderr.contains("tour"), "{}", finished.stderr);
}

#[test]
fn the_guest_that_tries_everything_works_when_it_is_granted() {
    let scene = scene!();
    let (finished, records) = tour(&scene, &granting(&scene)).logged();
    finished.expect(0);
    for (name, _, word) in GATED {
        let found = outcomes(&finished, name);
        assert!(!found.is_empty(), "{name} was not tried");
        assert!(found.iter().all(|outcome| outcome.split(' ').next() == word.split(' ').next()), "{name}: {found:?}");
        if word.starts_with("error") {
            assert!(found.iter().all(|outcome| outcome == word), "{name}: {found:?}");
        }
        let told = records.iter().filter(|record| record.import == import(name));
        assert!(told.clone().next().is_some(), "{name} is not in the log");
        assert!(told.clone().all(|record| record.decision == "allow"), "{:?}", told.collect::<Vec<_>>());
    }
    assert!(!records.iter().any(|record| record.decision == "deny"), "{records:#?}");
}

#[test]
fn what_is_never_given_is_denied_by_the_default_of_its_scope() {
    let scene = scene!();
    let (finished, records) = tour(&scene, &[]).logged();
    finished.expect(0);
    assert!(finished.says("wasi:filesystem/preopens#get-directories: ok 0"), "{}", finished.stdout);
    for record in of_the_guest(&records) {
        let scope = record.operation.split('.').next().unwrap_or_default();
        match scope {
            "network" | "http" => assert_eq!((record.decision.as_str(), record.rule.clone()), ("deny", format!("default:{scope}"))),
            "stdio" | "clock" | "random" => assert!(record.rule.starts_with("builtin:"), "{record:?}"),
            _ => panic!("nothing else was given: {record:?}"),
        }
    }
}

/// The distinct operations of a log.
fn decided(records: &[Record]) -> BTreeSet<(String, String, String, String, String)> {
    of_the_guest(records)
        .into_iter()
        .map(|record| {
            let Record { operation, resource, decision, rule, import, .. } = record.clone();
            (operation, resource, decision, rule, import)
        })
        .collect()
}

/// `policy check`, with the very flags of the run.
fn checked(scene: &Scene, flags: &[String], operation: &str, resource: &str) -> (String, String) {
    let words = ["policy", "check", "--json"].map(str::to_owned).into_iter().chain(flags.iter().cloned());
    let finished = scene.tollgate(words.chain([operation.to_owned(), resource.to_owned()])).run();
    let shown: Value = serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|error| panic!("policy check {operation} {resource}: {error}: {}", finished.stderr));
    let word = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(finished.code, Some(i32::from(word("decision") != "allow")), "{}", finished.stdout);
    (word("decision"), word("rule"))
}

/// The interface as `inspect` names it, without its version.
fn interface(operation: &str, resource: &str, import: &str) -> String {
    match operation {
        "stdio.read" | "stdio.write" => format!("wasi:cli/{resource}"),
        _ => import.split('#').next().unwrap_or_default().to_owned(),
    }
}

/// `inspect --json` with the very flags of the run: each interface with its answer and the rules that could give it.
fn inspected(scene: &Scene, flags: &[String]) -> Vec<Value> {
    let words = ["inspect", "--json"].map(str::to_owned).into_iter().chain(flags.iter().cloned());
    let finished = scene.tollgate(words.chain([guests::TRY_EVERYTHING.to_owned()])).run();
    finished.expect(0);
    let shown: Value = serde_json::from_str(&finished.stdout).expect("inspect prints JSON");
    shown["requests"].as_array().expect("a list of requests").clone()
}

fn agree(scene: &Scene, flags: &[String]) {
    let (finished, records) = tour(scene, flags).logged();
    finished.expect(0);
    let requests = inspected(scene, flags);
    let decided = decided(&records);
    assert!(decided.len() > 15, "{decided:#?}");
    let mut differ = Vec::new();
    for (operation, resource, decision, rule, import) in decided {
        let why = checked(scene, flags, &operation, &resource);
        if why != (decision.clone(), rule.clone()) {
            differ.push(format!("policy check says {why:?} of {operation} {resource}, the log {decision} by {rule}"));
        }
        let interface = interface(&operation, &resource, &import);
        let request = requests.iter().find(|request| {
            request["interface"].as_str().is_some_and(|name| name.split('@').next() == Some(interface.as_str()))
        });
        let Some(request) = request else {
            differ.push(format!("inspect does not know {interface}, which asked for {operation}"));
            continue;
        };
        let rules = request["rules"].as_array().expect("a list of rules");
        let says = request["says"].as_str().unwrap_or_default();
        if !rules.iter().any(|other| other == rule.as_str()) || (says != "depends" && says != decision) {
            differ.push(format!("inspect says {request}, the log {decision} by {rule} on {operation} {resource}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn check_inspect_and_log_agree_on_why_something_is_denied() {
    let scene = scene!();
    agree(&scene, &denying(&scene));
}

#[test]
fn check_inspect_and_log_agree_on_why_something_is_allowed() {
    let scene = scene!();
    agree(&scene, &granting(&scene));
}
