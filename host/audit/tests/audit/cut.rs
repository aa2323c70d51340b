//! Runs that are cut off, and what is known of a run by itself.

use crate::support::*;
use tollgate_audit::{AuditError, Decision, Entry, Log, LogOptions, Record, RunLimits};

fn end() -> Entry<'static> {
    Entry {
        import: "host:run",
        operation: "run.end",
        rule: "host:0",
        ..entry("a run")
    }
}

fn cuts(records: &[Record]) -> usize {
    let is_cut = |record: &&Record| record.operation == "run.end";
    records.iter().filter(is_cut).count()
}

#[test]
fn a_run_that_is_cut_has_one_last_record_and_begins_nothing_more() {
    for options in [LogOptions::default(), EACH] {
        let log = Log::memory(options);
        block_on(async {
            let run = log.run(identity("r"), UNLIMITED);
            let pending = run.begin(entry("/one")).await.unwrap();
            drop(pending);
            run.cut(end(), "cancelled");
            run.cut(end(), "cancelled");
            assert!(matches!(
                run.begin(entry("/two")).await,
                Err(AuditError::Closed)
            ));
            run.end().await.unwrap();
            run.cut(end(), "cancelled");
        });
        let records = log.recent();
        assert_eq!(cuts(&records), 1, "{records:#?}");
        let last = records.last().unwrap();
        assert_eq!(
            (last.operation.as_str(), last.outcome.as_str()),
            ("run.end", "cancelled")
        );
    }
}

#[test]
fn a_run_that_has_ended_or_used_up_its_bytes_is_not_cut() {
    let log = Log::memory(LogOptions::default());
    block_on(async {
        let ended = log.run(identity("ended"), UNLIMITED);
        ended.end().await.unwrap();
        ended.cut(end(), "cancelled");
        let few = RunLimits {
            bytes: 10,
            ..UNLIMITED
        };
        let spent = log.run(identity("spent"), few);
        assert!(matches!(
            spent.begin(entry("/one")).await,
            Err(AuditError::Limit { .. })
        ));
        spent.cut(end(), "cancelled");
        spent.end().await.unwrap();
    });
    assert_eq!(cuts(&log.recent()), 0);
}

/// Whoever drops a run cannot wait: not for room in the ring, nor for a disk.
#[test]
fn a_run_is_cut_while_the_ring_is_full() {
    let log = Log::memory(LogOptions {
        recent_records: 10_000,
        ..LogOptions::default()
    });
    block_on(async {
        let runs: Vec<_> = (0..5).map(|_| log.run(identity("r"), UNLIMITED)).collect();
        let mut held = Vec::new();
        'full: for run in &runs {
            for _ in 0..1024 {
                match run.try_begin(entry("/x")).unwrap() {
                    Some(pending) => held.push(pending),
                    None => continue 'full,
                }
            }
        }
        assert!(
            runs[4].try_begin(entry("/x")).unwrap().is_none(),
            "the ring is full"
        );
        runs[4].cut(end(), "cancelled");
        assert_eq!(held.len(), 4096);
    });
    log.clone().close().unwrap();
    assert_eq!(cuts(&log.recent()), 1);
}

#[test]
fn what_a_run_was_asked_is_known_apart_from_the_others() {
    let log = Log::memory(LogOptions::default());
    block_on(async {
        let (one, other) = (
            log.run(identity("one"), UNLIMITED),
            log.run(identity("other"), UNLIMITED),
        );
        for _ in 0..10 {
            one.begin(high_rate("/mine"))
                .await
                .unwrap()
                .finish("ok", 3, 0);
            other
                .begin(high_rate("/theirs"))
                .await
                .unwrap()
                .finish("ok", 5, 0);
        }
        other
            .begin(denied("/theirs"))
            .await
            .unwrap()
            .finish("access", 0, 0);
        one.end().await.unwrap();
        let summary = one.summary();
        assert_eq!(summary.total(Decision::Allow).bytes_in, 30);
        assert_eq!(summary.total(Decision::Deny).count, 0);
        assert!(summary.rows.iter().all(|row| row.resource == "/mine"));
        assert_eq!(summary.records, 1, "coalesced");
        other.end().await.unwrap();
        let summary = other.summary();
        assert_eq!(
            (
                summary.total(Decision::Allow).count,
                summary.total(Decision::Deny).count
            ),
            (10, 1)
        );
    });
    let whole = log.close().unwrap();
    assert_eq!(whole.total(Decision::Allow).count, 20);
}
