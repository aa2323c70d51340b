use crate::support::*;
use tollgate_audit::{Decision, Log, LogOptions};

fn outcomes(events: &std::sync::Mutex<Vec<Event>>) -> Vec<String> {
    let records = parsed(events);
    records
        .into_iter()
        .filter(|record| !record.run.is_empty())
        .map(|record| record.outcome)
        .collect()
}

#[test]
fn with_each_nothing_begins_and_nothing_returns_before_it_is_flushed() {
    let (sink, events, opener) = TestSink::gated();
    let log = Log::with_sink(Box::new(sink), EACH).unwrap();
    block_on(async {
        let run = log.run(identity("r"), UNLIMITED);
        let begin = tokio::spawn({
            let run = run.clone();
            async move { run.begin(high_rate("/x")).await.unwrap() }
        });
        eventually("the beginning is written", || {
            outcomes(&events) == ["begun"]
        });
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert!(!begin.is_finished(), "not flushed, so the effect must wait");
        opener.send(()).unwrap();
        let pending = begin.await.unwrap();
        assert_eq!(events.lock().unwrap().last(), Some(&Event::Flushed));

        let finish = tokio::spawn(pending.finish_flushed("ok", 5, 6));
        eventually("the end is written", || {
            outcomes(&events) == ["begun", "ok"]
        });
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert!(!finish.is_finished());
        opener.send(()).unwrap();
        finish.await.unwrap().unwrap();
        assert_eq!(events.lock().unwrap().last(), Some(&Event::Flushed));
        drop(opener);
    });
}

#[test]
fn with_each_a_call_counts_once_and_a_denial_is_not_written_ahead() {
    let (sink, events) = TestSink::open();
    let log = Log::with_sink(Box::new(sink), EACH).unwrap();
    block_on(async {
        let run = log.run(identity("r"), UNLIMITED);
        run.begin(entry("/x"))
            .await
            .unwrap()
            .finish_flushed("ok", 5, 6)
            .await
            .unwrap();
        run.begin(denied("/x"))
            .await
            .unwrap()
            .finish_flushed("access", 0, 0)
            .await
            .unwrap();
        assert!(
            run.try_begin(entry("/x")).unwrap().is_none(),
            "it cannot wait for the disk"
        );
        run.try_begin(denied("/x"))
            .unwrap()
            .unwrap()
            .finish("access", 0, 0);
        run.end().await.unwrap();
    });
    assert_eq!(outcomes(&events), ["begun", "ok", "access", "access"]);
    let counts: Vec<u64> = parsed(&events)
        .into_iter()
        .filter(|r| !r.run.is_empty())
        .map(|r| r.count)
        .collect();
    assert_eq!(counts, [0, 1, 1, 1]);
    let summary = log.close().unwrap();
    assert_eq!(summary.total(Decision::Allow).count, 1);
    assert_eq!(summary.total(Decision::Allow).bytes_in, 5);
    assert_eq!(summary.total(Decision::Deny).count, 2);
}

#[test]
fn with_each_a_cancelled_beginning_is_followed_by_its_end() {
    let (sink, events, opener) = TestSink::gated();
    let log = Log::with_sink(Box::new(sink), EACH).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    assert!(waits(run.begin(entry("/x"))));
    for _ in 0..4 {
        opener.send(()).unwrap();
    }
    eventually("both are written", || {
        outcomes(&events) == ["begun", "dropped"]
    });
    drop(opener);
    drop(run);
}

#[test]
fn with_batches_finishing_never_waits() {
    let (sink, _events, opener) = TestSink::gated();
    let log = Log::with_sink(Box::new(sink), LogOptions::default()).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    let pending = block_on(run.begin(entry("/x"))).unwrap();
    assert!(!waits(pending.finish_flushed("ok", 0, 0)));
    drop(opener);
    drop(run);
}
