//! What a kill leaves at the end of a file: some records that were not flushed, and the beginning of one more.

use crate::support::*;
use std::fs;
use tollgate_audit::LogOptions;
use tollgate_audit::verify::Problem;

/// A log whose head speaks of its first records only, as if the writer had been killed before the next flush: the place,
/// the file, and the offset up to which it is signed.
fn with_unsigned_tail(options: LogOptions) -> (Place, Vec<u8>, usize) {
    let place = Place::new();
    let log = place.open(options).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    let (head, signed) = block_on(async {
        call(&run, entry("/signed")).await;
        run.flush().await.unwrap();
        let state = (
            fs::read(place.file(".head")).unwrap(),
            place.content().len(),
        );
        for name in ["/unsigned-1", "/unsigned-2"] {
            call(&run, entry(name)).await;
            run.flush().await.unwrap();
        }
        state
    });
    drop(run);
    log.close().unwrap();
    fs::write(place.file(".head"), head).unwrap();
    let content = place.content();
    (place, content, signed)
}

#[test]
fn i70_a_tail_torn_at_any_byte_is_told_from_a_truncated_log_and_cut() {
    let (place, content, signed) = with_unsigned_tail(LogOptions::default());
    let head = fs::read(place.file(".head")).unwrap();
    for cut in 0..=content.len() {
        fs::write(place.path(), &content[..cut]).unwrap();
        fs::write(place.file(".head"), &head).unwrap();
        if cut < signed {
            assert!(
                matches!(
                    place.verify().unwrap_err().problem,
                    Problem::Truncated { .. }
                ),
                "cut at {cut}"
            );
            assert!(place.open(LogOptions::default()).is_err(), "cut at {cut}");
            assert_eq!(place.content(), &content[..cut], "and it is left as it is");
            continue;
        }
        let whole = content[..cut]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .unwrap()
            + 1;
        let lines = content[..whole]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64;
        let report = place.verify().unwrap();
        assert_eq!(report.torn_bytes, (cut - whole) as u64, "cut at {cut}");
        assert_eq!(
            (report.signed_records, report.unsigned_records),
            (2, lines - 2),
            "cut at {cut}"
        );
        // Opening flushes to the disk: not at every byte.
        if cut % 37 == 0 || cut == whole || cut == whole + 1 {
            place.write(1, LogOptions::default());
            assert!(
                place.content().starts_with(&content[..whole]),
                "cut at {cut}"
            );
            assert_eq!(place.verify().unwrap().unsigned_records, 0, "cut at {cut}");
            let notes: Vec<_> = place
                .records()
                .into_iter()
                .filter(|r| r.operation == "log.recover")
                .collect();
            let expected = format!("unsigned={} torn={} rotation=false", lines - 2, cut - whole);
            let clean = lines == 2 && cut == whole;
            assert_eq!(
                notes.iter().map(|r| r.resource.clone()).collect::<Vec<_>>(),
                if clean { vec![] } else { vec![expected] }
            );
        }
    }
}

#[test]
fn i70_zeros_that_a_power_cut_leaves_are_a_torn_tail_too() {
    let (place, content, signed) = with_unsigned_tail(LogOptions::default());
    fs::write(
        place.path(),
        [&content[..signed], &vec![0; 200_000]].concat(),
    )
    .unwrap();
    assert_eq!(place.verify().unwrap().torn_bytes, 200_000);
    place.write(1, LogOptions::default());
    assert_eq!(place.verify().unwrap().torn_bytes, 0);
}

#[test]
fn i69_an_unsigned_tail_is_an_intact_chain_or_refused() {
    let (place, content, signed) = with_unsigned_tail(LogOptions::default());
    for at in signed..content.len() {
        let mut changed = content.clone();
        changed[at] ^= 0x01;
        fs::write(place.path(), &changed).unwrap();
        match place.verify() {
            Err(_) => {}
            // Without its line end the last record is no record, and the report says so.
            Ok(report) => assert!(
                at + 1 == content.len() && report.torn_bytes > 0,
                "byte {at}"
            ),
        }
    }
}

#[test]
fn a_torn_beginning_is_begun_again() {
    let place = Place::with_calls(0, LogOptions::default());
    let first = place
        .content()
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap();
    let content = place.content();
    for cut in [1, 50, first] {
        fs::write(place.path(), &content[..cut]).unwrap();
        fs::remove_file(place.file(".head")).unwrap();
        assert_eq!(place.verify().unwrap().torn_bytes, cut as u64);
        place.write(1, LogOptions::default());
        let operations: Vec<_> = place
            .records()
            .into_iter()
            .map(|record| record.operation)
            .collect();
        assert_eq!(
            operations,
            ["log.open", "log.recover", "fs.read", "log.close"]
        );
    }
}
