//! Guests of 0.3 that would go on for ever, make more and more, or use what is not theirs.

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
    let mut running = run(&scene, guests::P3_HALF)
        .flags(&["--limit", "wall=500ms"])
        .start();
    assert_eq!(running.line(), "ready at once false");
    // Nothing is ever said to it.
    let finished = running.wait();
    finished.expect(124);
    assert!(finished.wall < Duration::from_secs(20));
    scene.verify("audit.log").expect(0);
}

/// A reader that does not read: the write waits outside of the guest's control, and the deadline still ends it.
#[test]
fn a_reader_that_reads_nothing_holds_no_deadline_up() {
    let scene = scene!();
    let program = scene
        .tollgate([
            "run",
            "--wasi-p3",
            "--limit",
            "wall=500ms",
            guests::P3_FLOOD,
        ])
        .run();
    // The test's own reader reads on, so either limit may come first.
    assert!(matches!(program.code, Some(124 | 125)), "{program:?}");
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
