use crate::support::*;
use std::time::{Duration, Instant};
use tollgate_audit::{AuditError, Decision, Detail, Entry, Flush, Log, LogOptions, RunLimits};

/// A guest that makes up names until it is stopped; what it wrote.
fn fill(
    limits: RunLimits,
    options: LogOptions,
    name: impl Fn(usize) -> String,
) -> (usize, Vec<String>) {
    let (sink, events) = TestSink::open();
    let log = Log::with_sink(Box::new(sink), options).unwrap();
    let (run, other) = (
        log.run(identity("r"), limits),
        log.run(identity("other"), UNLIMITED),
    );
    let calls = block_on(async {
        let mut calls = 0;
        let error = loop {
            let name = name(calls);
            match run
                .begin(Entry {
                    high_rate: calls % 2 == 0,
                    ..entry(&name)
                })
                .await
            {
                Ok(pending) => pending.finish("ok", 0, 0),
                Err(error) => break error,
            }
            calls += 1;
        };
        assert_eq!(
            error,
            AuditError::Limit {
                limit: limits.bytes
            }
        );
        assert_eq!(run.begin(entry("/again")).await.err(), Some(error));
        run.end().await.unwrap();
        call(&other, entry("/still-there")).await;
        other.end().await.unwrap();
        calls
    });
    let summary = log.close().unwrap();
    assert_eq!(
        summary.total(Decision::Allow).count,
        calls as u64 + 1,
        "every call is recorded"
    );
    let events = events.lock().unwrap();
    let lines = events.iter().filter_map(|event| match event {
        Event::Line(line) if line.contains(r#""run":"r""#) => Some(line.clone()),
        Event::Line(_) | Event::Flushed => None,
    });
    (calls, lines.collect())
}

#[test]
fn a_guest_that_makes_up_names_fills_its_own_bytes_and_no_disk() {
    let limits = RunLimits {
        bytes: 100_000,
        ..UNLIMITED
    };
    let hostile = |n: usize| format!("\u{1b}{}{n}", "\u{202e}\n".repeat(n % 50));
    for detail in [Detail::Coalesced, Detail::Full] {
        for flush in [Flush::Batch, Flush::Each] {
            let options = LogOptions {
                detail,
                flush,
                ..LogOptions::default()
            };
            let (calls, lines) = fill(limits, options, hostile);
            let (told, mine): (Vec<_>, Vec<_>) =
                lines.iter().partition(|line| line.contains("log.limit"));
            let bytes: usize = mine.iter().map(|line| line.len()).sum();
            assert!(bytes <= 100_000, "{bytes}");
            assert!(bytes > 50_000, "{bytes}: charges are given back");
            assert_eq!(told.len(), 1, "one record says what happened");
            assert!(calls > 20);
        }
    }
}

#[test]
fn coalesced_calls_cost_a_run_next_to_nothing() {
    let log = Log::memory(LogOptions::default());
    let run = log.run(
        identity("r"),
        RunLimits {
            bytes: 200_000,
            ..UNLIMITED
        },
    );
    block_on(async {
        for _ in 0..20_000 {
            call(&run, high_rate("/x")).await;
        }
        run.end().await.unwrap();
    });
    assert_eq!(log.close().unwrap().total(Decision::Allow).count, 20_000);
}

#[test]
fn i67_records_beyond_the_rate_wait_and_none_is_lost() {
    let log = Log::memory(LogOptions::default());
    let run = log.run(
        identity("r"),
        RunLimits {
            records_per_second: 100,
            ..UNLIMITED
        },
    );
    let begun = Instant::now();
    block_on(async {
        for n in 0..250 {
            call(&run, entry(&n.to_string())).await;
        }
        run.end().await.unwrap();
    });
    assert!(
        begun.elapsed() >= Duration::from_millis(1400),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(log.close().unwrap().total(Decision::Allow).count, 250);
}

#[test]
fn i67_a_run_that_waits_for_its_rate_holds_up_nobody_else() {
    let log = Log::memory(LogOptions::default());
    let slow = log.run(
        identity("slow"),
        RunLimits {
            records_per_second: 1,
            ..UNLIMITED
        },
    );
    let other = log.run(identity("other"), UNLIMITED);
    block_on(async {
        call(&slow, entry("/1")).await;
        call(&slow, entry("/2")).await;
        assert!(slow.try_begin(entry("/3")).unwrap().is_none());
        let waiting = tokio::spawn({
            let slow = slow.clone();
            async move { call(&slow, entry("/3")).await }
        });
        for n in 0..10_000 {
            call(&other, entry(&n.to_string())).await;
        }
        other.end().await.unwrap();
        waiting.await.unwrap();
    });
}
