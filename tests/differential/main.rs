//! The language in the engine component beside the language in QuickJS itself: each program of `programs` runs in both,
//! and what they print must be the same.
//!
//! `differs.toml` lists the programs that print something else, with a reason each, and is a claim: the test fails when
//! it is no longer true, either way. `build` makes the QuickJS of this machine; without it the test says so and passes.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::expect_used,
    reason = "the bans are about the host; a test reads programs and prints a table, and fails by panicking"
)]

mod engines;
mod report;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use engines::{Engines, Outcome};
use report::{Report, Verdict};
use serde::Deserialize;

/// Programs beside each other, each in both engines.
const AT_ONCE: usize = 4;

/// A program that must differ: it asks for what the host gives beside the language.
const PLANTED: &str = "planted/host.mjs";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    differs: Vec<Differing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differing {
    /// Its section and its name.
    program: String,
    reason: String,
}

#[test]
fn programs_print_in_the_engine_component_what_they_print_in_quickjs() -> ExitCode {
    let Some(native) = std::env::var_os("TOLLGATE_NATIVE_QUICKJS").filter(|path| !path.is_empty())
    else {
        println!(
            "SKIPPED: there is no QuickJS to compare with (`just differential` builds it, and \
             TOLLGATE_NATIVE_QUICKJS says where it is)"
        );
        return ExitCode::SUCCESS;
    };
    let engines = &Engines::new(PathBuf::from(native), home());
    let planted = verdict(&engines.run(PLANTED), false);
    assert!(matches!(planted, Verdict::Differs(_)), "{PLANTED} must");
    let reasons = reasons();
    let programs = programs(&home().join("programs"));
    let mut report = Report::new(&programs, &reasons);
    for few in programs.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let started: Vec<_> = few
                .iter()
                .map(|name| {
                    // A run that hangs panics, and the panic tells the name of its thread.
                    let run = move || engines.run(&format!("programs/{name}.mjs"));
                    let thread = thread::Builder::new().name(name.clone());
                    (name, thread.spawn_scoped(scope, run).expect("a thread"))
                })
                .collect();
            for (name, running) in started {
                let outcomes = running.join().expect("both engines come to an end");
                report.add(name, verdict(&outcomes, reasons.contains_key(name)));
            }
        });
    }
    print!("{report}");
    report.exit_code()
}

/// Where programs, list and the module that runs a program are.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/differential")
}

fn reasons() -> BTreeMap<String, String> {
    let text = include_str!("differs.toml");
    let list: List = toml::from_str(text).expect("the list reads");
    list.differs
        .into_iter()
        .map(|differing| (differing.program, differing.reason))
        .collect()
}

/// The programs by section and name. What lies deeper is no program: modules that some import.
fn programs(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for section in entries(folder) {
        for file in entries(&folder.join(&section)) {
            if let Some(name) = file.strip_suffix(".mjs") {
                found.push(format!("{section}/{name}"));
            }
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").file_name())
        .filter_map(|name| name.into_string().ok())
        .collect()
}

/// What the runs of one program say. A native engine that fails, or a program that prints nothing, compares nothing.
fn verdict(outcomes: &(Outcome, Outcome), listed: bool) -> Verdict {
    let (native, guest) = outcomes;
    if native.code != Some(0) || native.printed.is_empty() {
        return Verdict::Void(format!("ends with {:?}: {}", native.code, native.complaint));
    }
    let same = native.code == guest.code && native.printed == guest.printed;
    match (same, listed) {
        (true, false) => Verdict::Same,
        (false, true) => Verdict::DiffersAsListed,
        (true, true) => Verdict::SameUnexpectedly,
        (false, false) => Verdict::Differs(report::first_difference(native, guest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(code: i32, printed: &str) -> Outcome {
        Outcome {
            code: Some(code),
            printed: printed.to_owned(),
            complaint: String::new(),
        }
    }

    #[test]
    fn only_equal_lines_and_good_ends_are_the_same() {
        let of = |native, guest, listed| verdict(&(native, guest), listed);
        let (a, b) = (|| outcome(0, "a\n"), || outcome(0, "b\n"));
        assert_eq!(of(a(), a(), false), Verdict::Same);
        assert_eq!(of(a(), a(), true), Verdict::SameUnexpectedly);
        assert_eq!(of(a(), b(), true), Verdict::DiffersAsListed);
        assert!(matches!(of(a(), b(), false), Verdict::Differs(_)));
        assert!(matches!(
            of(a(), outcome(1, "a\n"), false),
            Verdict::Differs(_)
        ));
        assert!(matches!(
            of(outcome(1, "a\n"), outcome(1, "a\n"), false),
            Verdict::Void(_)
        ));
        assert!(matches!(
            of(outcome(0, ""), outcome(0, ""), true),
            Verdict::Void(_)
        ));
    }

    #[test]
    fn every_listed_program_has_a_reason_and_stands_once() {
        let list: List = toml::from_str(include_str!("differs.toml")).unwrap();
        assert!(list.differs.iter().all(|one| !one.reason.is_empty()));
        assert_eq!(list.differs.len(), reasons().len());
    }
}
