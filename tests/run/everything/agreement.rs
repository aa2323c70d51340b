//! Why something is allowed or denied is told in three places, and is the same in all of them.

use std::collections::BTreeSet;

use serde_json::Value;
use tollgate_tests::{Record, Scene, guests, scene};

use super::{denying, granting, tour};
use crate::support::of_the_guest;

/// The distinct operations of a log.
fn decided(records: &[Record]) -> BTreeSet<(String, String, String, String, String)> {
    of_the_guest(records)
        .into_iter()
        .map(|record| {
            let Record {
                operation,
                resource,
                decision,
                rule,
                import,
                ..
            } = record.clone();
            (operation, resource, decision, rule, import)
        })
        .collect()
}

/// `policy check`, with the very flags of the run.
fn checked(scene: &Scene, flags: &[String], operation: &str, resource: &str) -> (String, String) {
    let words = ["policy", "check", "--json"]
        .map(str::to_owned)
        .into_iter()
        .chain(flags.iter().cloned());
    let finished = scene
        .tollgate(words.chain([operation.to_owned(), resource.to_owned()]))
        .run();
    let shown: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|error| {
        panic!(
            "policy check {operation} {resource}: {error}: {}",
            finished.stderr
        )
    });
    let word = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        finished.code,
        Some(i32::from(word("decision") != "allow")),
        "{}",
        finished.stdout
    );
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
    let words = ["inspect", "--json"]
        .map(str::to_owned)
        .into_iter()
        .chain(flags.iter().cloned());
    let finished = scene
        .tollgate(words.chain([guests::TRY_EVERYTHING.to_owned()]))
        .run();
    finished.expect(0);
    let shown: Value = serde_json::from_str(&finished.stdout).expect("inspect prints JSON");
    shown["requests"]
        .as_array()
        .expect("a list of requests")
        .clone()
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
            differ.push(format!(
                "policy check says {why:?} of {operation} {resource}, the log {decision} by {rule}"
            ));
        }
        let interface = interface(&operation, &resource, &import);
        let request = requests.iter().find(|request| {
            request["interface"]
                .as_str()
                .is_some_and(|name| name.split('@').next() == Some(interface.as_str()))
        });
        let Some(request) = request else {
            differ.push(format!(
                "inspect does not know {interface}, which asked for {operation}"
            ));
            continue;
        };
        let rules = request["rules"].as_array().expect("a list of rules");
        let says = request["says"].as_str().unwrap_or_default();
        if !rules.iter().any(|other| other == rule.as_str())
            || (says != "depends" && says != decision)
        {
            differ.push(format!(
                "inspect says {request}, the log {decision} by {rule} on {operation} {resource}"
            ));
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
