//! Node's own tests of its modules, through the built binary: each file of `node/manifest.json` as the main program, with
//! `node/common` in place of Node's own helpers, in a fresh writable folder.
//!
//! `node/differs.toml` lists the files that do not pass, with a reason each, and is a claim as the list of WASI programs
//! is: it fails when it is no longer true, either way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde::Deserialize;
use tollgate_tests::chosen_binary;

const MANIFEST: &str = include_str!("node/manifest.json");
const DIFFERS: &str = include_str!("node/differs.toml");

/// How long a test may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs beside each other.
const AT_ONCE: usize = 2;

/// The share of the tests that pass, in percent, below which the whole is no success whatever the list says.
const LEAST_PERCENT: usize = 80;

/// Programs that must not end well: a host that lets them has no result.
const MUST_FAIL: [(&str, &str); 5] = [
    ("throws", "throw new Error('as it should')"),
    ("rejects", "Promise.reject(new Error('as it should'))"),
    ("never-called", "require('/test/common').mustCall()"),
    ("sets-a-code", "process.exitCode = 3"),
    ("imports-nothing", "require('there is no such package')"),
];

#[derive(Deserialize)]
struct Listed {
    file: String,
    module: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differs {
    differs: Vec<Differing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differing {
    file: String,
    reason: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Passed,
    Skipped,
    Failed,
}

struct Place {
    /// Node's test folder, with our own `common`.
    tests: PathBuf,
    /// What the host keeps about its user: the compiled engine, for all runs.
    home: PathBuf,
}

#[test]
fn the_list_of_what_nodes_own_tests_do_is_true() -> ExitCode {
    let Some(fetched) = super::fetched() else {
        println!(
            "SKIPPED: Node's test folder is not in the cache (`bash tests/conformance/fetch` brings it)"
        );
        return ExitCode::SUCCESS;
    };
    let home = tempfile::tempdir().expect("a folder for what the host keeps about its user");
    let tests = tempfile::tempdir().expect("a folder for the tests");
    lay(&fetched, tests.path());
    let place = Place {
        tests: tests.path().to_path_buf(),
        home: home.path().to_path_buf(),
    };
    must_fail(&place);
    let listed: Vec<Listed> = serde_json::from_str(MANIFEST).expect("the manifest reads");
    let list: Differs = toml::from_str(DIFFERS).expect("the list reads");
    let reasons: BTreeMap<&str, &str> = list
        .differs
        .iter()
        .map(|differing| (differing.file.as_str(), differing.reason.as_str()))
        .collect();
    let known: BTreeSet<&str> = listed.iter().map(|listed| listed.file.as_str()).collect();
    let ended = run_all(&place, &listed);
    report(&listed, &ended, &reasons, &known)
}

/// A copy of the test folder with our own `common`: nothing is changed in the cache.
fn lay(fetched: &Path, tests: &Path) {
    for folder in ["parallel", "sequential", "es-module", "fixtures"] {
        copy(&fetched.join(folder), &tests.join(folder));
    }
    let common = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/node/common");
    copy(&common, &tests.join("common"));
    // The folder is one package, whose files may all be loaded.
    fs::write(tests.join("package.json"), "{}").expect("the copy can be written to");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let (kind, to) = (
            entry.file_type().expect("it has a kind"),
            to.join(entry.file_name()),
        );
        if kind.is_dir() {
            copy(&entry.path(), &to);
        } else if kind.is_symlink() {
            let target = fs::read_link(entry.path()).expect("a link can be read");
            std::os::unix::fs::symlink(target, to).expect("a link can be made");
        } else {
            fs::copy(entry.path(), to).expect("a file can be copied");
        }
    }
}

fn must_fail(place: &Place) {
    for (name, text) in MUST_FAIL {
        let file = format!("parallel/must-fail-{name}.js");
        fs::write(place.tests.join(&file), text).expect("a program can be written");
        assert!(run(place, &file) == Ended::Failed, "{name} ended well");
    }
}

fn run_all(place: &Place, listed: &[Listed]) -> Vec<Ended> {
    let next = AtomicUsize::new(0);
    let ended = Mutex::new(vec![Ended::Failed; listed.len()]);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((at, listed)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    listed.get(at).map(|listed| (at, listed))
                } {
                    let one = run(place, &listed.file);
                    let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(place) = ended.get_mut(at) {
                        *place = one;
                    }
                }
            });
        }
    });
    ended.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The variables of a test's `// Env:` line.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("// Env:"))
        .flat_map(str::split_whitespace)
}

fn run(place: &Place, file: &str) -> Ended {
    let work = tempfile::tempdir().expect("a folder for a test");
    let text = fs::read(place.tests.join(file)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut command = Command::new(chosen_binary(env!("CARGO_BIN_EXE_tollgate")));
    command
        .env_clear()
        .env("HOME", &place.home)
        .arg("run")
        .args(["--dir", &format!("{}::/test:ro", place.tests.display())])
        .args(["--dir", &format!("{}::/work", work.path().display())])
        .args(["--env", "NODE_TEST_DIR=/work", "--env", "TEST_SERIAL_ID=0"]);
    for variable in variables(&text) {
        command.args(["--env", variable]);
    }
    let out = tempfile::tempfile().expect("a file for what is printed");
    let mut child = command
        .arg(place.tests.join(file))
        .stdin(Stdio::null())
        .stdout(out.try_clone().expect("a file can be shared"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the built binary starts");
    let end = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if Instant::now() > end {
            child.kill().expect("a child can be ended");
        }
        thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        return Ended::Failed;
    }
    if printed(out)
        .lines()
        .any(|line| line.starts_with("1..0 # Skipped:"))
    {
        return Ended::Skipped;
    }
    Ended::Passed
}

fn printed(mut out: fs::File) -> String {
    use std::io::{Read as _, Seek as _};
    let mut bytes = Vec::new();
    out.rewind().expect("a file has a beginning");
    out.take(1 << 20)
        .read_to_end(&mut bytes)
        .expect("a file can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Prints what came of each module, and what the list says wrongly.
fn report(
    listed: &[Listed],
    ended: &[Ended],
    reasons: &BTreeMap<&str, &str>,
    known: &BTreeSet<&str>,
) -> ExitCode {
    let mut modules: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut wrong = String::new();
    for (listed, ended) in listed.iter().zip(ended) {
        let row = modules.entry(&listed.module).or_default();
        if let Some(count) = row.get_mut(*ended as usize) {
            *count += 1;
        }
        let differs = reasons.contains_key(listed.file.as_str());
        let word = match (ended, differs) {
            (Ended::Failed, false) => "FAILS, and the list does not say so",
            (Ended::Passed | Ended::Skipped, true) => "passes: take it out of the list",
            (Ended::Failed, true) | (Ended::Passed | Ended::Skipped, false) => continue,
        };
        writeln!(wrong, "{}: {word}", listed.file).expect("a string takes everything");
    }
    for file in reasons.keys().filter(|file| !known.contains(**file)) {
        writeln!(wrong, "{file}: listed, but the manifest does not have it")
            .expect("a string takes everything");
    }
    println!("{:16} pass  skip  fail", "module");
    for (module, [passed, skipped, failed]) in &modules {
        println!("{module:16} {passed:4}  {skipped:4}  {failed:4}");
    }
    let count = |wanted| ended.iter().filter(|ended| **ended == wanted).count();
    let (passed, failed) = (count(Ended::Passed), count(Ended::Failed));
    let percent = 100 * passed / (passed + failed).max(1);
    println!(
        "{passed} of {} tests pass ({percent} %), {failed} differ, {} skip themselves",
        passed + failed,
        count(Ended::Skipped)
    );
    print!("{wrong}");
    if wrong.is_empty() && percent >= LEAST_PERCENT {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
