//! Each rule is shown to fail: a small world that is in order, and one gap at a time.

use std::collections::BTreeSet;

use crate::compare::{Entry, Finding, compare};
use crate::literals::{Literal, of_source};
use crate::world::of_text;

const WORLD: &str = "package wasi:demo@1.0.0;
interface files {
    resource file {
        constructor();
        size: func() -> u64;
        remove: func();
        temporary: static func() -> file;
    }
    find: func(name: string) -> file;
}
interface pipes { give: func(); take: func(); }
world everything { import files; import pipes; }";

const BRIDGE: &str = r##"
//! Not a gate: "wasi:demo/files#in-a-comment".
const IMPORT: &str = "wasi:demo/files#find";
/// Nor is "wasi:demo/files#in-documentation".
impl files::HostFile for View<'_> {
    fn remove(&mut self) { self.enter("wasi:demo/files#[method]file.remove") }
    fn temporary(&mut self) { self.enter("wasi:demo/files#[static]file.temporary") }
}
impl View<'_> {
    fn helper(&mut self) { self.enter("wasi:demo/pipes#take") }
}
pub const UNGATED: &[(&str, &str)] = &[("wasi:demo/files#[method]file.size", "a number that the guest has")];
#[cfg(test)]
mod tests { const ONLY_HERE: &str = "wasi:demo/files#in-a-test"; }
"##;

fn world() -> BTreeSet<String> {
    of_text(WORLD)
}

fn bridge() -> Vec<Literal> {
    of_source("bridge.rs", BRIDGE)
}

fn entries() -> Vec<Entry> {
    vec![
        Entry::new("wasi:demo/files#[constructor]file", "a value of ours"),
        Entry::new(
            "wasi:demo/files#[method]file.size",
            "a number that the guest has",
        ),
        Entry::new(
            "wasi:demo/pipes#*",
            "everything but take answers from that value",
        ),
    ]
}

fn owned(text: &str) -> String {
    text.to_owned()
}

#[test]
fn a_world_in_order_has_no_findings() {
    assert_eq!(world().len(), 7, "{:?}", world());
    assert_eq!(compare(&world(), &bridge(), &entries()), []);
}

#[test]
fn only_code_that_runs_names_a_gate() {
    let named: Vec<String> = bridge().into_iter().map(|literal| literal.text).collect();
    let expected = ["#find", "#[method]file.remove", "#[static]file.temporary"]
        .map(|name| format!("wasi:demo/files{name}"));
    assert_eq!(
        named,
        [&expected[..], &[owned("wasi:demo/pipes#take")]].concat()
    );
}

#[test]
fn a65_a_function_that_nobody_decided_about_is_found() {
    for (gap, missing) in [
        ("#find", "wasi:demo/files#find"),
        ("file.remove", "wasi:demo/files#[method]file.remove"),
    ] {
        let literals: Vec<Literal> = bridge()
            .into_iter()
            .filter(|literal| !literal.text.ends_with(gap))
            .collect();
        assert_eq!(
            compare(&world(), &literals, &entries()),
            [Finding::Undecided(owned(missing))]
        );
    }
    let fewer = &entries()[1..];
    assert_eq!(
        compare(&world(), &bridge(), fewer),
        [Finding::Undecided(owned(
            "wasi:demo/files#[constructor]file"
        ))]
    );
}

#[test]
fn a65_a_function_that_a_release_adds_is_found() {
    let grown = of_text(&WORLD.replace("find: func", "rename: func(); find: func"));
    assert_eq!(
        compare(&grown, &bridge(), &entries()),
        [Finding::Undecided(owned("wasi:demo/files#rename"))]
    );
}

#[test]
fn an_excuse_for_nothing_is_found() {
    let mut idle = entries();
    idle.push(Entry::new("wasi:demo/files#gone", "once there"));
    idle.push(Entry::new("wasi:demo/other#*", "passes the gate"));
    let expected =
        ["wasi:demo/files#gone", "wasi:demo/other#*"].map(|names| Finding::IdleEntry(owned(names)));
    assert_eq!(compare(&world(), &bridge(), &idle), expected);
}

#[test]
fn an_excuse_for_what_is_gated_is_found_unless_its_reason_says_so() {
    let both = Finding::Both(owned("wasi:demo/pipes#take"), owned("wasi:demo/pipes#*"));
    for silent in ["values", "everything but give", "everything but overtake"] {
        let mut wrong = entries();
        wrong[2] = Entry::new("wasi:demo/pipes#*", silent);
        assert_eq!(
            compare(&world(), &bridge(), &wrong),
            std::slice::from_ref(&both),
            "{silent}"
        );
    }
    let mut right = entries();
    right[2] = Entry::new(
        "wasi:demo/pipes#*",
        "moves chunks, each of which passes the gate",
    );
    assert_eq!(compare(&world(), &bridge(), &right), []);

    // A single name has no exceptions to speak of.
    let mut single = entries();
    single.push(Entry::new("wasi:demo/files#find", "passes the gate"));
    let name = || owned("wasi:demo/files#find");
    assert_eq!(
        compare(&world(), &bridge(), &single),
        [Finding::Both(name(), name()), Finding::IdleEntry(name())]
    );
}

#[test]
fn two_excuses_for_one_function_are_found() {
    let mut twice = entries();
    twice.push(Entry::new("wasi:demo/pipes#give", "a value of ours"));
    let entries = vec![owned("wasi:demo/pipes#*"), owned("wasi:demo/pipes#give")];
    assert_eq!(
        compare(&world(), &bridge(), &twice),
        [Finding::ExcusedTwice(
            owned("wasi:demo/pipes#give"),
            entries
        )]
    );
}

#[test]
fn an_excuse_without_a_reason_is_found() {
    let mut silent = entries();
    silent[0].reason = " ".to_owned();
    let expected = [Finding::NoReason(owned(
        "wasi:demo/files#[constructor]file",
    ))];
    assert_eq!(compare(&world(), &bridge(), &silent), expected);
}

#[test]
fn an_excuse_for_everything_is_found() {
    let everything = [Entry::new("wasi:demo/*", "each call passes the gate")];
    assert_eq!(
        compare(&world(), &bridge(), &everything),
        [Finding::TooWide(owned("wasi:demo/*"))]
    );
}

#[test]
fn a_gate_for_what_is_not_there_is_found() {
    for wrong in [
        "wasi:demo/files#[method]file.delete",
        "wasi:demo/files@1.0.0#find",
    ] {
        let literals = [
            bridge(),
            of_source("other.rs", &format!("const IMPORT: &str = {wrong:?};")),
        ]
        .concat();
        let expected = [Finding::UnknownGate(owned(wrong), owned("other.rs"))];
        assert_eq!(compare(&world(), &literals, &entries()), expected);
    }
}

/// The likeliest slip of all: a method that was copied from its neighbour, and whose records name that one.
#[test]
fn a_method_under_another_functions_name_is_found() {
    let copied = r#"impl files::HostFile for View<'_> {
        fn size(&mut self) { self.enter("wasi:demo/files#[method]file.remove") }
    }"#;
    let literals = [bridge(), of_source("other.rs", copied)].concat();
    let expected = Finding::Misnamed {
        method: owned("size"),
        literal: owned("wasi:demo/files#[method]file.remove"),
        file: owned("other.rs"),
    };
    assert_eq!(compare(&world(), &literals, &entries()), [expected]);
}
