//! Futures that are dropped at any point.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tollgate::audit::{Log, LogOptions};
use tollgate::policy::Scope;
use tollgate::{RunOptions, Stopped};

use crate::interfaces::notes;
use crate::support::{NOTES, builder, load, only, runtime};

type Read = (Result<String, String>,);

/// Polls `future` `times` times, and drops it.
async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..times {
        let polled = std::future::poll_fn(|_| {
            let mut context = Context::from_waker(Waker::noop());
            Poll::Ready(future.as_mut().poll(&mut context))
        });
        if let Poll::Ready(output) = polled.await {
            return Some(output);
        }
    }
    None
}

const TURNS: usize = 500;
const MOST_POLLS: usize = 24;

/// As many runs began as ended, each with one record of both, and no call is left without one.
async fn balanced(log: Log, runs: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let summary = log.summary();
    let count = |operation: &str| -> u64 {
        let rows = summary.rows.iter().filter(|row| row.operation == operation);
        rows.map(|row| row.sum.count).sum()
    };
    assert_eq!((count("run.start"), count("run.end")), (runs, runs));
    log.clone().close().unwrap();
    let last = log.recent().pop().unwrap();
    assert_eq!(
        (last.operation.as_str(), last.resource.as_str()),
        ("log.close", "unfinished=0")
    );
}

#[test]
fn a26_a27_a_run_that_is_dropped_at_any_await_leaves_nothing_but_its_records() {
    let log = Log::memory(LogOptions::default());
    let host = notes(builder()).log(log.clone()).build().unwrap();
    runtime(2).block_on(async {
        let component = load(&host, NOTES).await;
        let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
        let (mut dropped, mut begun, mut stopped_at) =
            (0_u64, 0, std::collections::BTreeSet::new());
        for _ in 0..TURNS {
            for polls in 0..MOST_POLLS {
                let key = if polls % 3 == 0 { "never" } else { "slow" }.to_owned();
                let call = component.call::<_, Read>("read", (key,), RunOptions::new(&grants));
                begun += u64::from(polls > 0);
                if polled(call, polls).await.is_none() {
                    dropped += 1;
                    stopped_at.insert(polls);
                }
            }
        }
        assert!(dropped >= 10_000, "{dropped} of {begun} were dropped");
        assert!(stopped_at.len() > 8, "{stopped_at:?}");
        let outcome = component
            .call::<_, Read>("read", ("a".to_owned(),), RunOptions::new(&grants))
            .await
            .unwrap();
        assert!(outcome.result.is_ok(), "the next run is fine");
        drop((component, host));
        balanced(log, begun + 1).await;
    });
}

#[test]
fn a26_a27_an_instance_whose_call_is_dropped_at_any_await_is_over_and_no_other_is() {
    let log = Log::memory(LogOptions::default());
    let host = notes(builder()).log(log.clone()).build().unwrap();
    runtime(2).block_on(async {
        let component = load(&host, NOTES).await;
        let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
        let mut other = component
            .instantiate(RunOptions::new(&grants))
            .await
            .unwrap();
        let mut runs = 1;
        for turn in 0..100 {
            for polls in 0..MOST_POLLS {
                let mut instance = component
                    .instantiate(RunOptions::new(&grants))
                    .await
                    .unwrap();
                runs += 1;
                let call = instance.call::<_, Read>("read", ("slow".to_owned(),));
                let ended = polled(call, polls).await;
                let again = instance.call::<_, Read>("read", ("a".to_owned(),)).await;
                match (polls, ended) {
                    (0, None) | (_, Some(_)) => {
                        assert!(again.is_ok(), "turn {turn}, {polls} polls")
                    }
                    (_, None) => {
                        assert!(again.is_err(), "turn {turn}, {polls} polls");
                        assert_eq!(instance.stopped(), Some(Stopped::Cancelled));
                    }
                }
            }
            assert!(
                other
                    .call::<_, Read>("read", ("a".to_owned(),))
                    .await
                    .is_ok()
            );
        }
        drop((component, host, other));
        balanced(log, runs).await;
    });
}

/// Dropped while it compiles, while it is instantiated in a start function that waits, and before it is polled at all.
#[test]
fn a26_a30_loading_and_instantiating_may_be_dropped() {
    let host = notes(builder()).build().unwrap();
    runtime(2).block_on(async {
        for polls in 0..200 {
            drop(polled(host.load(crate::support::wasm(NOTES)), polls % 4).await);
        }
        let component = load(&host, crate::abi::WAITS_IN_START).await;
        let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
        for polls in 0..500 {
            let instance = component.instantiate(RunOptions::new(&grants));
            drop(polled(instance, polls % 16).await);
        }
        assert!(
            component
                .instantiate(RunOptions::new(&grants))
                .await
                .is_ok()
        );
    });
}
