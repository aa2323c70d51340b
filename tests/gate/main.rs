//! No function that a guest sees comes in without a decision: it is at the gate or in `UNGATED`, with a reason.
//!
//! One API that skips the check is how permission models have been broken (A65). Reviews do not find it, because the
//! call that is missing is nowhere to be read. So the list of what must be decided is taken from the WIT of the world
//! `tollgate:host/everything` and from that of WASI 0.3, `tollgate:host-p3/everything`, the decisions from the syntax of `host/bridge`, and the two are held together both ways.
//!
//! * `world`: every function of every interface that the host links.
//! * `literals`: what the bridge names at the gate, and in which method.
//! * `compare`: the rules, as findings.
//! * `control`: the same for what a component can ask of a sidecar, which is told and not generated.
//! * `planted`: each rule is shown to fail on what it is there to find.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a guard that cannot read the repository must stop, and has nobody to report to but the test runner"
)]

mod compare;
mod control;
mod literals;
mod planted;
mod world;

use std::collections::BTreeSet;

use compare::{Entry, compare, covers};
use literals::Literal;
use tollgate_tests::repository;

/// What the groups of `UNGATED` excuse, function by function: where it says `*`, this says what that is today.
const EXCUSED: &str = include_str!("excused.txt");

fn entries() -> Vec<Entry> {
    tollgate_bridge::UNGATED
        .iter()
        .map(|(names, reason)| Entry::new(names, reason))
        .collect()
}

#[test]
fn a65_every_function_of_the_world_is_at_the_gate_or_excused_with_a_reason() {
    let findings = compare(
        &world::functions(repository()),
        &literals::of_bridge(repository()),
        &entries(),
    );
    assert!(
        findings.is_empty(),
        "{}",
        findings
            .iter()
            .map(|finding| format!("\n  {finding}"))
            .collect::<String>()
    );
}

/// A group excuses what it covers now, and not what a later release of WASI puts beside it.
#[test]
fn a65_what_a_group_excuses_is_written_down_function_by_function() {
    let gated: BTreeSet<String> = literals::of_bridge(repository())
        .into_iter()
        .map(|literal| literal.text)
        .collect();
    let groups: Vec<Entry> = entries()
        .into_iter()
        .filter(|entry| entry.names.ends_with('*'))
        .collect();
    let excused: Vec<String> = world::functions(repository())
        .into_iter()
        .filter(|function| !gated.contains(function))
        .filter(|function| groups.iter().any(|entry| covers(&entry.names, function)))
        .collect();
    let known: Vec<&str> = EXCUSED
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect();
    let new: Vec<_> = excused
        .iter()
        .filter(|function| !known.contains(&function.as_str()))
        .collect();
    let gone: Vec<_> = known
        .iter()
        .filter(|function| !excused.iter().any(|each| each == *function))
        .collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "decide about each new function: gate it, or add it to tests/gate/excused.txt\nnew: {new:#?}\ngone: {gone:#?}"
    );
}

/// What is told apart from what no host provides, when a component cannot be linked.
#[test]
fn every_interface_with_functions_is_known_by_its_name() {
    let functions = world::functions(repository());
    let interfaces: BTreeSet<&str> = functions
        .iter()
        .filter_map(|function| function.split('#').next())
        .collect();
    let unknown: Vec<_> = interfaces
        .iter()
        .filter(|interface| !tollgate_bridge::provides(&format!("{interface}@0.2.12")))
        .collect();
    assert!(interfaces.len() > 20 && unknown.is_empty(), "{unknown:?}");
    for other in ["wasi:nn/graph@0.2.0", "wasi:cli", "acme:cli/stdin", ""] {
        assert!(!tollgate_bridge::provides(other), "{other}");
    }
}

#[test]
fn the_guard_reads_what_it_should() {
    let functions = world::functions(repository());
    for known in [
        "wasi:cli/exit#exit-with-code",
        "wasi:filesystem/types#[method]descriptor.open-at",
        "wasi:http/outgoing-handler#handle",
        "wasi:http/types#[constructor]fields",
        "wasi:http/types#[static]fields.from-list",
        "wasi:sockets/network#network-error-code",
        "wasi:filesystem/types@0.3#[method]descriptor.open-at",
        "wasi:clocks/system-clock@0.3#now",
    ] {
        assert!(
            functions.contains(known),
            "{known} is not read from the WIT"
        );
    }
    let literals = literals::of_bridge(repository());
    let gated: BTreeSet<&str> = literals
        .iter()
        .map(|literal| literal.text.as_str())
        .collect();
    assert!(
        functions.len() > 150 && gated.len() > 40,
        "{} functions, {} gated",
        functions.len(),
        gated.len()
    );
    // One of each place where an import is named: an associated constant, a constant, and an argument in a method.
    for known in [
        "wasi:io/streams#[method]input-stream.read",
        "wasi:filesystem/types#[method]descriptor.open-at",
        "wasi:clocks/wall-clock#now",
        "wasi:clocks/monotonic-clock@0.3#wait-for",
    ] {
        assert!(gated.contains(known), "{known} is not read from the bridge");
    }
    assert!(
        literals
            .iter()
            .any(|Literal { method, .. }| method.as_deref() == Some("now")),
        "methods are not read"
    );
}
