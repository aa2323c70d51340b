use crate::support::*;
use tollgate_audit::{AuditError, Log, LogOptions, Run};

const RING: usize = 4096;

fn outcomes(log: &Log) -> Vec<(String, String)> {
    let own = |record: &tollgate_audit::Record| record.operation.starts_with("log.");
    log.recent()
        .into_iter()
        .filter(|record| !own(record))
        .map(|record| (record.resource, record.outcome))
        .collect()
}

#[test]
fn a_call_that_is_dropped_is_recorded() {
    let log = Log::memory(LogOptions::default());
    block_on(async {
        let run = log.run(identity("r"), UNLIMITED);
        drop(run.begin(entry("/one")).await.unwrap());
        let cancelled = async {
            let _pending = run.begin(entry("/two")).await.unwrap();
            std::future::pending::<()>().await;
        };
        assert!(waits(cancelled));
        run.end().await.unwrap();
    });
    let dropped = |name: &str| (name.to_owned(), "dropped".to_owned());
    assert_eq!(outcomes(&log), [dropped("/one"), dropped("/two")]);
}

#[test]
fn a_call_that_did_nothing_may_be_withdrawn_but_a_denial_never() {
    let log = Log::memory(LogOptions::default());
    block_on(async {
        let run = log.run(identity("r"), UNLIMITED);
        // More often than the ring and the run have places: each comes back.
        for _ in 0..2 * RING {
            run.begin(entry("/nothing")).await.unwrap().withdraw();
        }
        run.begin(denied("/denied")).await.unwrap().withdraw();
        run.end().await.unwrap();
    });
    assert_eq!(
        outcomes(&log),
        [("/denied".to_owned(), "withdrawn".to_owned())]
    );
}

#[test]
fn a_full_ring_makes_calls_wait_until_records_are_flushed() {
    let (sink, events, opener) = TestSink::gated();
    let log = Log::with_sink(Box::new(sink), LogOptions::default()).unwrap();
    block_on(async {
        let (one, other) = (
            log.run(identity("one"), UNLIMITED),
            log.run(identity("other"), UNLIMITED),
        );
        // Coalesced or not: places are counted by effects, not by records.
        for n in 0..RING {
            let entry = if n % 2 == 0 {
                high_rate("/x")
            } else {
                entry("/x")
            };
            call(if n % 3 == 0 { &one } else { &other }, entry).await;
        }
        for run in [&one, &other] {
            assert!(waits(run.begin(entry("/too-much"))));
            assert!(run.try_begin(entry("/too-much")).unwrap().is_none());
            assert!(waits(run.room()));
        }
        let flushed = || {
            events
                .lock()
                .unwrap()
                .iter()
                .filter(|event| **event == Event::Flushed)
                .count()
        };
        assert_eq!(flushed(), 1, "nothing but the opening is flushed");
        let waiting = tokio::spawn({
            let run = one.clone();
            async move { call(&run, entry("/later")).await }
        });
        opener.send(()).unwrap();
        waiting.await.unwrap();
        assert!(flushed() >= 2);
        drop(opener);
    });
}

#[test]
fn one_run_cannot_take_the_whole_ring() {
    let log = Log::memory(LogOptions::default());
    block_on(async {
        let (greedy, other) = (
            log.run(identity("greedy"), UNLIMITED),
            log.run(identity("other"), UNLIMITED),
        );
        let mut held = Vec::new();
        while let Some(pending) = greedy.try_begin(entry("/held")).unwrap() {
            held.push(pending);
        }
        assert_eq!(held.len(), 1024);
        assert!(waits(greedy.begin(entry("/more"))));
        call(&other, entry("/free")).await;
        let waiting = tokio::spawn({
            let greedy = greedy.clone();
            async move { call(&greedy, entry("/more")).await }
        });
        tokio::task::yield_now().await;
        drop(held.pop());
        waiting.await.unwrap();
        assert!(!waits(greedy.room()), "there is room for one");
    });
}

#[test]
fn a_batch_is_flushed_without_anybody_asking() {
    let log = Log::memory(LogOptions::default());
    let run = log.run(identity("r"), UNLIMITED);
    block_on(async {
        call(&run, entry("/one")).await;
        call(&run, high_rate("/two")).await;
        call(&run, high_rate("/two")).await;
    });
    eventually("the calls are recorded", || outcomes(&log).len() == 2);
    assert_eq!(log.recent().last().map(|record| record.count), Some(2));
}

#[test]
fn a_run_that_is_dropped_leaves_its_spans_behind() {
    let log = Log::memory(LogOptions::default());
    block_on(async {
        for n in 0..100 {
            call(
                &log.run(identity(&n.to_string()), UNLIMITED),
                high_rate("/x"),
            )
            .await;
        }
    });
    let summary = log.close().unwrap();
    assert_eq!(
        summary.rows.iter().map(|row| row.sum.count).sum::<u64>(),
        100
    );
}

#[test]
fn after_its_end_a_run_begins_nothing_and_what_was_pending_is_still_recorded() {
    let log = Log::memory(LogOptions::default());
    block_on(async {
        let run = log.run(identity("r"), UNLIMITED);
        let pending = run.begin(entry("/late")).await.unwrap();
        run.end().await.unwrap();
        assert_eq!(run.begin(entry("/x")).await.err(), Some(AuditError::Closed));
        pending.finish("ok", 0, 0);
        run.flush().await.unwrap();
    });
    assert_eq!(outcomes(&log), [("/late".to_owned(), "ok".to_owned())]);
}

#[test]
fn a_closed_log_begins_nothing_and_says_how_many_calls_were_unfinished() {
    let log = Log::memory(LogOptions::default());
    let run: Run = log.run(identity("r"), UNLIMITED);
    let pending = block_on(run.begin(entry("/x"))).unwrap();
    log.clone().close().unwrap();
    assert_eq!(
        block_on(run.begin(entry("/x"))).err(),
        Some(AuditError::Closed)
    );
    assert_eq!(run.try_begin(entry("/x")).err(), Some(AuditError::Closed));
    assert_eq!(block_on(run.flush()), Err(AuditError::Closed));
    pending.finish("ok", 0, 0);
    let last = log.recent().pop().unwrap();
    assert_eq!(
        (last.operation.as_str(), last.resource.as_str()),
        ("log.close", "unfinished=1")
    );
    log.close().unwrap();
}

#[test]
fn i71_in_order_of_seq_the_monotonic_clock_never_falls() {
    let log = Log::memory(LogOptions {
        recent_records: 100_000,
        ..LogOptions::default()
    });
    block_on(async {
        let tasks = (0..8).map(|task| {
            let run = log.run(identity(&task.to_string()), UNLIMITED);
            tokio::spawn(async move {
                for n in 0..500 {
                    let entry = if n % 3 == 0 {
                        high_rate("/x")
                    } else {
                        entry("/y")
                    };
                    call(&run, entry).await;
                    tokio::task::yield_now().await;
                }
                run.end().await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    let records = log.recent();
    assert!(records.len() > 2000);
    for (n, pair) in records.windows(2).enumerate() {
        assert!(pair[0].mono_ns <= pair[1].mono_ns, "record {n}");
        assert_eq!(pair[0].seq + 1, pair[1].seq);
        assert_eq!(pair[0].hash, pair[1].prev);
    }
}
