//! What serves a name is there, and what is there serves a name.

use std::collections::BTreeSet;

use crate::document::Contract;
use crate::shims::{read, shims};
use crate::wit::{of_the_bridge, of_the_host};

/// Functions of `wit/bridge` that no name of the contract stands for, and why.
const BEYOND: [(&str, &str); 10] = [
    (
        "tollgate:bridge/program#start",
        "the original host hands the entry over before the guest runs",
    ),
    (
        "tollgate:bridge/program#begin",
        "as start, for sources that are bytes: of their encoding only Python itself knows",
    ),
    (
        "tollgate:bridge/program#find-module",
        "the contract's resolution is Node's; Python asks one folder after the other",
    ),
    (
        "tollgate:bridge/program#read-file",
        "the contract loads text; Python's sources have encodings, and its packages bring data",
    ),
    (
        "tollgate:bridge/program#list-folder",
        "what packages bring is found by listing them (importlib.resources, importlib.metadata, pkgutil)",
    ),
    (
        "tollgate:bridge/program#code",
        "the original host's runtime keeps what it compiled by itself, where a guest has no place that outlives it",
    ),
    (
        "tollgate:bridge/program#at",
        "the original host can look into a process that it ends; what a component does not say is not known",
    ),
    (
        "tollgate:bridge/program#failed",
        "the original host finds out by looking at what a process printed",
    ),
    (
        "tollgate:bridge/plugin#describe",
        "what a component offers that was built as a plugin, not what it asks for",
    ),
    (
        "tollgate:bridge/plugin#call",
        "what a component offers that was built as a plugin, not what it asks for",
    ),
];

/// Functions of the engine itself that serve names: what is computed in the guest needs no door of the host's. Each is
/// `engine#GROUP.NAME` of the binding (`guest-shims/javascript/engine/src/binding`), with why it needs none.
const ENGINE: [(&str, &str); 4] = [
    ("engine#hash.digest", "a function of its arguments alone"),
    ("engine#hash.hmac", "a function of its arguments alone"),
    (
        "engine#process.memory",
        "how much memory the guest itself has taken",
    ),
    ("engine#process.versions", "what the engine was built of"),
];

#[test]
fn what_serves_a_name_is_a_function_of_the_host_or_of_the_engine() {
    let host = of_the_host();
    assert!(host.len() > 200, "{host:?}");
    let engine: BTreeSet<&str> = ENGINE.iter().map(|(name, _)| *name).collect();
    let contract = Contract::ours();
    for (name, function) in &contract.served {
        assert!(
            host.contains(function) || engine.contains(function.as_str()),
            "{name} is served by {function}, which is neither of the host's nor of the engine's"
        );
    }
    let serving: BTreeSet<&str> = contract.served.values().map(String::as_str).collect();
    let idle: Vec<_> = engine.difference(&serving).collect();
    assert!(idle.is_empty(), "{idle:?} serve nothing");
}

#[test]
fn functions_of_the_engine_that_serve_a_name_are_in_its_binding() {
    let binding = shims().join("javascript/engine/src/binding");
    for (function, reason) in ENGINE {
        assert!(!reason.is_empty(), "{function}");
        let (group, name) = function
            .strip_prefix("engine#")
            .and_then(|own| own.split_once('.'))
            .expect("engine#GROUP.NAME");
        let text = read(&binding.join(format!("{group}.rs")));
        assert!(
            text.contains(&format!("object.set(\"{name}\"")),
            "{function}"
        );
    }
}

/// The other half of this: a test of programs finds each function that serves a name in the log of a run that used it.
#[test]
fn names_and_functions_of_the_bridge_stand_for_each_other() {
    let contract = Contract::ours();
    let serving: BTreeSet<String> = contract.served.values().cloned().collect();
    let beyond = BEYOND.map(|(function, _)| function.to_owned());
    let functions = of_the_bridge();
    let idle: Vec<&String> = beyond
        .iter()
        .filter(|function| !functions.contains(*function))
        .collect();
    assert!(idle.is_empty(), "no function of wit/bridge: {idle:?}");
    for function in &functions {
        assert!(
            serving.contains(function) != beyond.contains(function),
            "{function} must either serve a name or be listed as one that serves none"
        );
    }
}
