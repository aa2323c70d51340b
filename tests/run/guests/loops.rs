//! Guests that would go on for ever, or grow for ever.

use std::time::Duration;

use tollgate_tests::{guests, scene};

use crate::support::about;

#[test]
pub(crate) fn endless() {
    let (finished, records) = scene!()
        .run(guests::ENDLESS)
        .flags(&["--limit", "wall=500ms"])
        .logged();
    finished.expect(124);
    assert!(
        finished.wall < Duration::from_secs(20),
        "{:?}",
        finished.wall
    );
    assert!(finished.stderr.contains("wall"), "{}", finished.stderr);
    let reached: Vec<_> = records
        .iter()
        .filter(|record| record.operation == "limit.reached")
        .collect();
    assert_eq!(reached.len(), 1, "{records:#?}");
    assert!(reached[0].resource.starts_with("wall="), "{reached:?}");
}

#[test]
pub(crate) fn endless_calls() {
    let (finished, records) = scene!()
        .run(guests::ENDLESS_CALLS)
        .flags(&["--limit", "wall=500ms"])
        .logged();
    finished.expect(124);
    let drawn = about(&records, "random.read", "secure");
    let (calls, bytes) = drawn.iter().fold((0, 0), |sum, record| {
        (sum.0 + record.count, sum.1 + record.bytes_in)
    });
    assert!(
        calls > 100 && bytes >= 16 * (calls - 1),
        "{calls} calls, {bytes} bytes"
    );
    assert!((drawn.len() as u64) < calls, "equal calls share records");
}

#[test]
pub(crate) fn endless_zero_sleep() {
    let (finished, _) = scene!()
        .run(guests::ENDLESS_ZERO_SLEEP)
        .flags(&["--limit", "wall=500ms"])
        .logged();
    finished.expect(124);
}

#[test]
pub(crate) fn endless_sleep() {
    let (finished, _) = scene!()
        .run(guests::ENDLESS_SLEEP)
        .flags(&["--limit", "wall=500ms"])
        .logged();
    finished.expect(124);
    assert_eq!(finished.stdout, "asleep\n");
}

#[test]
pub(crate) fn flood() {
    let (finished, records) = scene!()
        .run(guests::FLOOD)
        .flags(&["--limit", "output=1MiB,wall=60s"])
        .logged();
    finished.expect(125);
    assert_eq!(finished.stdout.len(), 1 << 20);
    assert!(finished.stderr.contains("output"), "{}", finished.stderr);
    let reached = records.iter().any(|record| {
        record.operation == "limit.reached" && record.resource.starts_with("output=")
    });
    assert!(reached, "the limit is not in the log: {records:#?}");
}

#[test]
pub(crate) fn flood_refused() {
    crate::limits::a12_half_a_gigabyte_to_a_denied_stream_takes_no_memory();
}

#[test]
pub(crate) fn memory_bomb() {
    let run = scene!();
    let (finished, records) = run
        .run(guests::MEMORY_BOMB)
        .flags(&["--limit", "memory=16MiB"])
        .args(&["cope"])
        .logged();
    finished.expect(7);
    assert!(
        finished.stdout.starts_with("refused after"),
        "{}",
        finished.stdout
    );
    let reached = records.iter().any(|record| {
        record.operation == "limit.reached" && record.resource.starts_with("memory=")
    });
    assert!(reached, "the limit is not in the log: {records:#?}");
}

#[test]
pub(crate) fn recursion() {
    for size in ["small", "big"] {
        let (finished, _) = scene!().run(guests::RECURSION).args(&[size]).logged();
        finished.expect(134);
    }
}

/// What it makes up is the same each time; what comes of it is looked at where modules are loaded.
#[test]
pub(crate) fn smith() {
    let made = || {
        scene!()
            .run(guests::SMITH)
            .args(&["7", "3"])
            .finish()
            .expect(0)
            .stdout
            .clone()
    };
    let modules = made();
    assert_eq!(modules.lines().count(), 3, "{modules}");
    assert!(
        modules
            .lines()
            .all(|line| line.starts_with("0061736d01000000")),
        "{modules}"
    );
    assert_eq!(made(), modules);
}
