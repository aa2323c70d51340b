use crate::support::*;
use std::fs;
use std::io::Write as _;
use tollgate_audit::{AuditError, Failure, Log, LogOptions, RunLimits, Sink};

fn is_failed(error: Option<AuditError>) -> bool {
    matches!(error, Some(AuditError::Failed(_)))
}

#[test]
fn a_failed_writer_stops_every_run() {
    let log = Log::with_sink(Box::new(TestSink::with_room(3000)), LogOptions::default()).unwrap();
    let (one, other) = (
        log.run(identity("one"), UNLIMITED),
        log.run(identity("other"), UNLIMITED),
    );
    block_on(async {
        for n in 0..100 {
            let Ok(pending) = one.begin(entry(&n.to_string())).await else {
                break;
            };
            pending.finish("ok", 0, 0);
        }
        assert!(is_failed(one.flush().await.err()));
        for run in [&one, &other] {
            assert!(is_failed(run.begin(entry("/x")).await.err()));
            assert!(is_failed(run.try_begin(entry("/x")).err()));
            assert!(is_failed(run.end().await.err()));
            run.room().await;
        }
    });
    assert!(matches!(log.failure(), Some(Failure::Io { .. })));
    assert!(is_failed(log.clone().close().err()));
    assert!(
        is_failed(log.close().err()),
        "and says so as often as it is asked"
    );
}

/// Waiters of every kind: for a place in the ring, for a place among the run's own calls, for the rate, for a flush.
#[test]
fn whoever_waits_for_a_writer_that_fails_is_woken() {
    let (sink, _, opener) = TestSink::gated();
    let log = Log::with_sink(Box::new(sink), LogOptions::default()).unwrap();
    block_on(async {
        let greedy = log.run(identity("greedy"), UNLIMITED);
        let mut held = Vec::new();
        while let Some(pending) = greedy.try_begin(entry("/held")).unwrap() {
            held.push(pending);
        }
        let slow = log.run(
            identity("slow"),
            RunLimits {
                records_per_second: 1,
                ..UNLIMITED
            },
        );
        for _ in 0..3 {
            if let Some(pending) = slow.try_begin(entry("/slow")).unwrap() {
                pending.finish("ok", 0, 0);
            }
        }
        let mut waiters = Vec::new();
        for run in [&greedy, &slow] {
            assert!(waits(run.begin(entry("/waits"))));
            let run = run.clone();
            waiters.push(tokio::spawn(async move {
                run.begin(entry("/waits")).await.err()
            }));
        }
        let other = log.run(identity("other"), UNLIMITED);
        while let Some(pending) = other.try_begin(entry("/fill")).unwrap() {
            pending.finish("ok", 0, 0);
        }
        let third = log.run(identity("third"), UNLIMITED);
        assert!(waits(third.begin(entry("/ring"))));
        waiters.push(tokio::spawn({
            let third = third.clone();
            async move { third.begin(entry("/ring")).await.err() }
        }));
        waiters.push(tokio::spawn(async move { third.flush().await.err() }));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        drop(opener);
        for waiter in waiters {
            assert!(is_failed(waiter.await.unwrap()));
        }
    });
}

#[test]
fn a_writer_that_panics_has_failed() {
    struct Panics(u32);
    impl Sink for Panics {
        fn append(&mut self, _line: &[u8]) -> Result<(), Failure> {
            self.0 += 1;
            assert!(self.0 < 3, "as planned");
            Ok(())
        }
        fn flush(&mut self, _next_seq: u64, _hash: [u8; 32]) -> Result<(), Failure> {
            Ok(())
        }
    }
    let log = Log::with_sink(Box::new(Panics(0)), LogOptions::default()).unwrap();
    block_on(async {
        let run = log.run(identity("r"), UNLIMITED);
        call(&run, entry("/one")).await;
        run.flush().await.unwrap();
        call(&run, entry("/two")).await;
        assert_eq!(
            run.flush().await,
            Err(AuditError::Failed(Failure::NoWriter))
        );
    });
    assert_eq!(
        log.close().err(),
        Some(AuditError::Failed(Failure::NoWriter))
    );
}

/// What somebody does to the file while it is being written, and what the writer says to it.
fn i69_underneath(meddle: impl FnOnce(&Place), expected: impl Fn(Failure) -> bool) {
    let place = Place::new();
    let log = place.open(LogOptions::default()).unwrap();
    block_on(async {
        let run = log.run(identity("r"), UNLIMITED);
        call(&run, entry("/before")).await;
        run.flush().await.unwrap();
        meddle(&place);
        call(&run, entry("/after")).await;
        let Err(AuditError::Failed(failure)) = run.flush().await else {
            panic!("not noticed")
        };
        assert!(expected(failure), "{failure}");
        assert!(is_failed(run.begin(entry("/x")).await.err()));
    });
    assert!(is_failed(log.close().err()));
}

#[test]
fn i69_a_log_that_is_renamed_underneath_its_writer_ends_it() {
    i69_underneath(
        |place| fs::rename(place.path(), place.file(".away")).unwrap(),
        |f| f == Failure::Replaced,
    );
}

#[test]
fn i69_a_log_that_is_deleted_underneath_its_writer_ends_it() {
    i69_underneath(
        |place| fs::remove_file(place.path()).unwrap(),
        |f| f == Failure::Replaced,
    );
}

#[test]
fn i69_a_log_that_is_replaced_underneath_its_writer_ends_it() {
    let replace = |place: &Place| {
        fs::copy(place.path(), place.file(".copy")).unwrap();
        fs::rename(place.file(".copy"), place.path()).unwrap();
    };
    i69_underneath(replace, |failure| failure == Failure::Replaced);
}

#[test]
fn i69_a_log_that_is_truncated_underneath_its_writer_ends_it() {
    let truncate = |place: &Place| {
        fs::File::options()
            .write(true)
            .open(place.path())
            .unwrap()
            .set_len(10)
            .unwrap()
    };
    i69_underneath(truncate, |failure| {
        matches!(failure, Failure::Resized { .. })
    });
}

#[test]
fn i69_a_log_that_somebody_else_writes_to_ends_its_writer() {
    let append = |place: &Place| {
        let mut file = fs::File::options().append(true).open(place.path()).unwrap();
        file.write_all(b"{\"v\":1}\n").unwrap();
    };
    i69_underneath(append, |failure| matches!(failure, Failure::Resized { .. }));
}
