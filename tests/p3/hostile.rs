//! Guests of 0.3 that would go on for ever, make more and more, or use what is not theirs.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use tollgate_tests::{Finished, Record, guests, scene};

use crate::run;
use crate::support::about;

/// What the host may take: the guest's share apart, a run of a small guest stays far below.
const FLAT_BYTES: u64 = 256 << 20;

#[track_caller]
fn ended_by(limit: &str, code: i32, (finished, records): &(Finished, Vec<Record>)) {
    finished.expect(code);
    assert!(
        finished.stderr.contains(&format!("the {limit} limit")),
        "{}",
        finished.stderr
    );
    let reached: Vec<_> = records
        .iter()
        .filter(|record| record.operation == "limit.reached")
        .collect();
    assert_eq!(reached.len(), 1, "{records:#?}");
    assert!(
        reached[0].resource.starts_with(&format!("{limit}=")),
        "{reached:?}"
    );
    assert!(
        finished.peak_bytes < FLAT_BYTES,
        "the host took {} bytes",
        finished.peak_bytes
    );
}

/// I65 over 0.3: an endless stream, and endlessly many streams, end where the allowance of output ends, to the byte.
#[test]
pub(crate) fn p3_flood() {
    for how in ["out", "many"] {
        let scene = scene!();
        let ended = run(&scene, guests::P3_FLOOD)
            .flags(&["--limit", "output=300000"])
            .args(&[how])
            .logged();
        ended_by("output", 125, &ended);
        assert_eq!(ended.0.stdout.len(), 300_000, "{how}");
        let written: u64 = about(&ended.1, "stdio.write", "stdout")
            .iter()
            .map(|record| record.bytes_out)
            .sum();
        assert_eq!(written, 300_000, "{how}");
    }
}

/// I49 over 0.3: timers, streams, futures and listings without end.
#[test]
pub(crate) fn p3_many() {
    for what in [
        "waits", "streams", "futures", "readers", "writers", "listings",
    ] {
        let scene = scene!();
        let ended = run(&scene, guests::P3_MANY).work().args(&[what]).logged();
        ended_by("handles", 125, &ended);
    }
}

#[test]
fn fewer_handles_are_fewer_of_what_a_guest_makes() {
    let scene = scene!();
    let ended = run(&scene, guests::P3_MANY)
        .flags(&["--limit", "handles=100"])
        .args(&["waits"])
        .logged();
    ended_by("handles", 125, &ended);
    let waits: u64 = ended
        .1
        .iter()
        .filter(|record| record.import == "wasi:clocks/monotonic-clock@0.3#wait-for")
        .map(|record| record.count)
        .sum();
    assert!((50..=101).contains(&waits), "{waits} waits");
}

#[test]
fn a_wait_without_end_ends_at_the_deadline() {
    let scene = scene!();
    let ended = run(&scene, guests::P3_EXIT)
        .flags(&["--limit", "wall=500ms"])
        .args(&["wait"])
        .logged();
    ended_by("wall", 124, &ended);
    assert!(ended.0.wall < Duration::from_secs(20));
}

/// Nobody reads standard output. The guest gives its write up after a while, and is told how much of it went out: that
/// much is in the pipe, and that much is in the log.
#[test]
pub(crate) fn a_write_that_is_given_up_went_out_as_far_as_the_guest_is_told() {
    let scene = scene!();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .current_dir(scene.root())
        .env_clear()
        .env("HOME", scene.path("home"))
        .args(["run", "--wasi-p3", "--audit", "audit.log"])
        .arg(guests::P3_BACK)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{told}");
    let mut out = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    assert_eq!(told.trim(), format!("told {}", out.len()));
    assert!(out.len() > 4096, "a pipe holds more than {}", out.len());
    scene.verify("audit.log").expect(0);
    let written: u64 = about(&scene.records("audit.log"), "stdio.write", "stdout")
        .iter()
        .map(|record| record.bytes_out)
        .sum();
    assert_eq!(written, out.len() as u64);
}

/// Nobody reads standard output, and the guest waits for that: the deadline still ends it.
#[test]
fn a_reader_that_reads_nothing_holds_no_deadline_up() {
    let scene = scene!();
    let child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .current_dir(scene.root())
        .env_clear()
        .env("HOME", scene.path("home"))
        .args(["run", "--wasi-p3", "--limit", "wall=1s", guests::P3_FLOOD])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut child, mut stderr) = (child, String::new());
    let read = child.stderr.take().unwrap().read_to_string(&mut stderr);
    read.unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(124), "{stderr}");
    drop(child.stdout.take());
}

/// I42: forged, dropped, twice dropped, of another kind, given away.
#[test]
pub(crate) fn p3_odd() {
    for (how, says) in [
        ("forged", "unknown handle index"),
        ("dropped", "unknown handle index"),
        ("twice", "unknown handle index"),
        ("kind", "is not a resource"),
        ("moved", "is not a resource"),
    ] {
        let scene = scene!();
        let (finished, records) = run(&scene, guests::P3_ODD).work().args(&[how]).logged();
        finished.expect(134);
        assert!(
            finished.stderr.contains(says) && !finished.stderr.contains("panicked"),
            "{how}: {}",
            finished.stderr
        );
        assert!(!finished.says("nobody noticed"), "{how}");
        assert_eq!(about(&records, "run.end", "exit-code=134").len(), 1);
    }
}
