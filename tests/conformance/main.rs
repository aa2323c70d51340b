//! WASI programs that others wrote, through the built binary: the core modules
//! of Node's own test folder, each in a fresh folder, compared with
//! `wasi.toml`.
//!
//! The list is a claim about this host, and the test fails when the claim is
//! no longer true, either way: a program that stops doing what the list says,
//! one that begins to do what the list says it doesn't, a module without an
//! entry, an entry without a module. `fetch` brings the modules; without them
//! the test says so and passes, so that a fresh clone needs no download.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::expect_used,
    clippy::panic,
    reason = "the bans are about the host; a test starts the host's binary, makes its folders and prints a table"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

mod audit;
mod child;
mod folder;
mod javascript;
mod list;
mod report;
mod verdict;

use list::{List, Run};
use report::Report;
use verdict::Verdict;

/// Runs beside each other: a few of the programs do nothing but sleep.
const AT_ONCE: usize = 4;

#[test]
fn the_list_of_what_wasi_programs_do_is_true() -> ExitCode {
    let Some(tests) = fetched() else {
        println!(
            "SKIPPED: the WASI programs of Node's test folder are not in the cache \
             (`bash tests/conformance/fetch` brings them)"
        );
        return ExitCode::SUCCESS;
    };
    let list = List::read();
    let mut report = Report::new(coverage(&list, &modules(&tests)));
    let (list, tests) = (&list, &tests);
    let runs: Vec<&Run> = list.runs().collect();
    for few in runs.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let start = |&run| (run, scope.spawn(move || drive(list, run, tests)));
            let started: Vec<_> = few.iter().map(start).collect();
            for (run, verdict) in started {
                report.add(run, verdict.join().expect("a run comes to a verdict"));
            }
        });
    }
    print!("{report}");
    report.exit_code()
}

/// One run in a folder of its own, beside which nobody works.
fn drive(list: &List, run: &Run, tests: &Path) -> Verdict {
    let home = tempfile::tempdir().expect("a folder for what the host keeps about its user");
    let place = folder::lay(list, run, tests);
    let before = folder::contents(place.path());
    let ended = child::run(list, run, place.path(), home.path());
    let after = folder::contents(place.path());
    let left = folder::differences(&before, &after);
    verdict::of(run, place.path(), &ended, &left)
}

/// The test folder as `fetch` leaves it, if it is in the cache whole.
fn fetched() -> Option<PathBuf> {
    let cache = std::env::var_os("TOLLGATE_CONFORMANCE")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache/tollgate/conformance")))?;
    let tests = cache.join("node-v18.20.4/test");
    tests.join(".complete").is_file().then_some(tests)
}

/// The names of the modules in the test folder.
fn modules(tests: &Path) -> BTreeSet<String> {
    std::fs::read_dir(tests.join("wasi/wasm"))
        .expect("the modules' folder is there when the test folder is whole")
        .map(|entry| entry.expect("a folder's entry can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

/// Modules that no entry runs, and entries that no module is there for.
fn coverage(list: &List, modules: &BTreeSet<String>) -> Vec<String> {
    let listed: BTreeSet<String> = list.runs().map(|run| run.program.clone()).collect();
    let without_entry = modules.difference(&listed);
    let without_module = listed.difference(modules);
    without_entry
        .map(|name| format!("{name}.wasm has no entry in the list"))
        .chain(without_module.map(|name| format!("{name} is listed, but there is no {name}.wasm")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_module_without_an_entry_and_an_entry_without_a_module_are_named() {
        let list = List::parse(
            "[layout.none]\nmounts = []\n\
             [[run]]\nprogram = 'gone'\nlayout = 'none'\n\
             [[run]]\nprogram = 'kept'\nlayout = 'none'\n",
        );
        assert_eq!(
            coverage(&list, &names(&["kept", "new"])),
            [
                "new.wasm has no entry in the list",
                "gone is listed, but there is no gone.wasm"
            ]
        );
        assert!(coverage(&list, &names(&["kept", "gone"])).is_empty());
    }

    #[test]
    fn the_list_reads_and_every_run_of_it_has_a_name_of_its_own() {
        let list = List::read();
        let mut seen = BTreeSet::new();
        for run in list.runs() {
            assert!(seen.insert(run.name()), "{} stands twice", run.name());
        }
        assert!(!seen.is_empty());
    }
}
