//! Streams and pollables, used in ways that nobody expects.

use std::time::Duration;

use tollgate_tests::{Finished, Record, guests, scene};

fn odd(what: &str) -> (Finished, Vec<Record>) {
    let scene = scene!();
    let run = scene
        .run(guests::ODD_STREAMS)
        .work()
        .flags(&["--limit", "wall=20s,memory=64MiB"]);
    let run = run
        .args(&[what])
        .input(vec![b'i'; 300_000])
        .patience(Duration::from_secs(60));
    let (finished, records) = run.logged();
    assert!(
        !finished.stderr.contains("panicked"),
        "{what}: {}",
        finished.stderr
    );
    assert!(
        finished.peak_bytes < 400 << 20,
        "{what}: {}",
        finished.peak_bytes
    );
    (finished, records)
}

#[test]
pub(crate) fn odd_streams() {
    let (finished, _) = odd("lengths");
    let lines = finished.expect(0).lines();
    for (line, word) in lines
        .iter()
        .zip(["read: ok true", "skip: ok true", "splice: ok true"])
    {
        // The first three lines may stand behind what was spliced to standard output.
        assert!(line.trim_start_matches('i').ends_with(word), "{lines:?}");
    }
    assert_eq!(
        lines[3..],
        [
            "read nothing: ok 0",
            "write nothing: ok",
            "flush: ok",
            "zeroes: ok"
        ]
    );
}

#[test]
fn i50_streams_outlive_their_file_and_its_name() {
    let (finished, _) = odd("orphans");
    let lines = finished.expect(0).lines();
    assert_eq!(
        lines,
        [
            "ok",
            "write: ok",
            "append: ok",
            "read: ok onetwo",
            "read to the end: error closed"
        ]
    );
}

#[test]
fn i49_a_bomb_of_pollables_ends_by_a_limit() {
    let (finished, records) = odd("pollables");
    finished.expect(125);
    assert!(
        records
            .iter()
            .any(|record| record.operation == "limit.reached"),
        "{records:#?}"
    );
}

#[test]
fn i49_a_long_list_of_pollables_is_waited_for() {
    let (finished, _) = odd("long-list");
    assert_eq!(finished.expect(0).lines(), ["ready true", "ready 3"]);
}

#[test]
fn misuse_of_streams_ends_the_guest_and_not_the_host() {
    for what in ["empty-list", "zeroes", "unallowed"] {
        let (finished, _) = odd(what);
        assert_eq!(finished.code, Some(134), "{what}: {}", finished.stderr);
    }
}
