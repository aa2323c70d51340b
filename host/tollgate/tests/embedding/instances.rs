//! Guests that stay.

use std::time::Duration;

use tollgate::engine::{CallError, Pool, RunError};
use tollgate::policy::{LimitKey, Scope};
use tollgate::{InstanceError, InstantiateError, RunOptions, Stopped};

use crate::interfaces::notes;
use crate::support::{
    NOTES, SOON, TOOLS, builder, ended, grants, host, load, only, records, runtime, wasm,
};

type Read = (Result<String, String>,);

#[tokio::test]
async fn an_instance_keeps_what_it_has_between_calls() {
    let (host, log) = host();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "");
    let mut one = component
        .instantiate(RunOptions::new(&grants))
        .await
        .unwrap();
    let mut other = component
        .instantiate(RunOptions::new(&grants))
        .await
        .unwrap();
    for turn in 1..=5_u32 {
        assert_eq!(one.call::<(), (u32,)>("count", ()).await.unwrap(), (turn,));
    }
    assert_eq!(other.call::<(), (u32,)>("count", ()).await.unwrap(), (1,));
    assert_eq!(
        one.invoke(&"count()".parse().unwrap()).await.unwrap(),
        ["6"]
    );
    assert_eq!(one.call::<_, (i32,)>("grow", (3_u32,)).await.unwrap(), (1,));
    let run = one.run().to_owned();
    let outcome = one.close().await;
    assert!(
        outcome.result.is_ok() && outcome.usage.memory >= 4 << 16,
        "{outcome:?}"
    );
    let records = records(&log, &run, ended).await;
    assert_eq!(
        records
            .iter()
            .filter(|record| record.operation.starts_with("run."))
            .count(),
        2
    );
    assert_eq!(records.last().unwrap().resource, "closed");
}

#[tokio::test]
async fn a_call_of_what_is_not_there_leaves_the_instance_as_it_is() {
    let (host, _) = host();
    let component = load(&host, TOOLS).await;
    let mut instance = component
        .instantiate(RunOptions::new(&grants(&host, "")))
        .await
        .unwrap();
    for _ in 0..2 {
        let error = instance.call::<(), ()>("nothing", ()).await.unwrap_err();
        assert!(
            matches!(
                error,
                InstanceError::Call(CallError::Run(RunError::Invoke(_)))
            ),
            "{error}"
        );
        let error = instance
            .call::<(), (String,)>("count", ())
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                InstanceError::Call(CallError::Run(RunError::Invoke(_)))
            ),
            "{error}"
        );
    }
    assert_eq!(instance.stopped(), None);
    assert_eq!(
        instance.call::<(), (u32,)>("count", ()).await.unwrap(),
        (1,)
    );
}

#[tokio::test]
async fn i48_after_a_trap_a_limit_or_a_cancel_every_call_is_refused() {
    let (host, log) = host();
    let component = load(&host, TOOLS).await;
    let short = grants(&host, "cpu=30ms,wall=10s");
    for (function, why) in [
        ("fail", Stopped::Trapped),
        ("spin", Stopped::Limit(LimitKey::Cpu)),
    ] {
        let mut instance = component
            .instantiate(RunOptions::new(&short))
            .await
            .unwrap();
        assert!(matches!(
            instance.call::<(), ()>(function, ()).await,
            Err(InstanceError::Call(_))
        ));
        for _ in 0..3 {
            let refused = instance.call::<(), (u32,)>("count", ()).await.unwrap_err();
            assert!(
                matches!(refused, InstanceError::Stopped(stopped) if stopped == why),
                "{refused}"
            );
            let refused = instance
                .invoke(&"count()".parse().unwrap())
                .await
                .unwrap_err();
            assert!(
                matches!(refused, InstanceError::Stopped(stopped) if stopped == why),
                "{refused}"
            );
        }
        assert_eq!(instance.stopped(), Some(why));
        let run = instance.run().to_owned();
        let all = records(&log, &run, ended).await;
        let word = if why == Stopped::Trapped {
            "trap"
        } else {
            "limit"
        };
        assert_eq!(all.last().unwrap().outcome, word);
        let outcome = instance.close().await;
        assert_eq!(outcome.result, Err(why));
    }
    let long = grants(&host, "");
    let mut instance = component.instantiate(RunOptions::new(&long)).await.unwrap();
    let call = instance.call::<(), ()>("spin", ());
    assert!(
        tokio::time::timeout(Duration::from_millis(50), call)
            .await
            .is_err()
    );
    let refused = instance.call::<(), (u32,)>("count", ()).await.unwrap_err();
    assert!(
        matches!(refused, InstanceError::Stopped(Stopped::Cancelled)),
        "{refused}"
    );
    let all = records(&log, instance.run(), ended).await;
    assert_eq!(all.last().unwrap().outcome, "cancelled");
}

#[test]
fn a28_i48_guests_that_trap_beside_guests_with_pending_calls_end_nobody_else() {
    let host = notes(builder()).build().unwrap();
    runtime(2).block_on(async {
        let component = load(&host, NOTES).await;
        let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
        let mut calls = Vec::new();
        for number in 0..64 {
            let mut instance = component
                .instantiate(RunOptions::new(&grants))
                .await
                .unwrap();
            calls.push(tokio::spawn(async move {
                let key = ["slow", "ends", "missing", "never"][number % 4].to_owned();
                let call = instance.call::<_, Read>("read", (key.clone(),));
                let result = tokio::time::timeout(Duration::from_millis(500), call).await;
                match (key.as_str(), result) {
                    ("slow", Ok(Ok((Ok(_),)))) | ("missing", Ok(Ok((Err(_),)))) => {
                        assert!(
                            instance
                                .call::<_, Read>("read", ("a".to_owned(),))
                                .await
                                .is_ok()
                        );
                    }
                    ("ends", Ok(Err(_))) | ("never", Err(_)) => {
                        let refused = instance.call::<_, Read>("read", ("a".to_owned(),)).await;
                        assert!(matches!(refused, Err(InstanceError::Stopped(_))), "{key}");
                    }
                    (key, other) => panic!("{key}: {other:?}"),
                }
            }));
        }
        for call in calls {
            call.await.unwrap();
        }
    });
}

#[tokio::test]
async fn time_is_counted_for_each_call_and_memory_for_the_whole_life() {
    let (host, _) = host();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "cpu=400ms,wall=1s,memory=4MiB");
    let mut instance = component
        .instantiate(RunOptions::new(&grants))
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let mut turns = 0;
    while instance.usage().cpu < Duration::from_millis(450) {
        instance
            .call::<_, ()>("work", (5_000_000_u32,))
            .await
            .unwrap();
        turns += 1;
        assert!(turns < 100_000);
    }
    assert!(turns > 1);
    assert!(
        instance
            .call::<_, (i32,)>("grow", (50_u32,))
            .await
            .unwrap()
            .0
            > 0
    );
    assert_eq!(
        instance.call::<_, (i32,)>("grow", (50_u32,)).await.unwrap(),
        (-1,)
    );
    assert!(instance.usage().wall < Duration::from_secs(1_000));
}

/// The voluntary context switches of the thread that ticks: how often it slept and woke.
fn ticks() -> u64 {
    let mut total = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path();
        let name = std::fs::read_to_string(path.join("comm")).unwrap_or_default();
        if name.starts_with("tollgate-epoch") {
            let status = std::fs::read_to_string(path.join("status")).unwrap();
            let line = status
                .lines()
                .find(|line| line.starts_with("voluntary_ctxt"))
                .unwrap();
            total += line.rsplit_once('\t').unwrap().1.parse::<u64>().unwrap();
        }
    }
    total
}

#[tokio::test]
async fn nothing_ticks_while_instances_are_idle() {
    let (host, _) = host();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "");
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        idle.push(
            component
                .instantiate(RunOptions::new(&grants))
                .await
                .unwrap(),
        );
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let before = ticks();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(ticks(), before, "with instances that wait");
    let call = idle[0].call::<(), ()>("spin", ());
    assert!(
        tokio::time::timeout(Duration::from_millis(300), call)
            .await
            .is_err()
    );
    assert!(ticks() > before, "with one that computes");
    let started = std::time::Instant::now();
    for instance in idle.iter_mut().skip(1) {
        assert_eq!(
            instance.call::<(), (u32,)>("count", ()).await.unwrap(),
            (1,)
        );
    }
    assert!(started.elapsed() < 10 * SOON, "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_instance_that_is_too_large_or_fails_to_start_is_none() {
    let (host, _) = host();
    let large = load(
        &host,
        "(component (core module $m (memory 100)) (core instance (instantiate $m)))",
    )
    .await;
    let small = grants(&host, "memory=1MiB");
    let error = large
        .instantiate(RunOptions::new(&small))
        .await
        .unwrap_err();
    let InstantiateError::Ended(outcome) = error else {
        panic!("{error}");
    };
    assert!(matches!(
        outcome.result,
        Err(CallError::Run(RunError::TooLarge(LimitKey::Memory)))
    ));
    let fails = "(component (core module $m (func $f unreachable) (start $f)) (core instance (instantiate $m)))";
    let fails = host.load(wasm(fails)).await.unwrap();
    let error = fails
        .instantiate(RunOptions::new(&small))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("unreachable"), "{error}");
}

#[tokio::test]
async fn a_full_pool_has_no_room_and_ends_nobody() {
    let host = builder().pool(Pool::of(2)).build().unwrap();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "");
    let options = || RunOptions::new(&grants);
    let mut one = component.instantiate(options()).await.unwrap();
    let two = component.instantiate(options()).await.unwrap();
    let error = component.instantiate(options()).await.unwrap_err();
    let InstantiateError::Ended(outcome) = error else {
        panic!("{error}");
    };
    let full = matches!(outcome.result, Err(CallError::Run(RunError::Full(_))));
    assert!(full, "{:?}", outcome.result);
    assert_eq!(one.call::<(), (u32,)>("count", ()).await.unwrap(), (1,));
    drop(two);
    let third = component.instantiate(options()).await.unwrap();
    assert!(third.close().await.result.is_ok());
}

#[tokio::test]
async fn beyond_a_full_pool_guests_live_too_within_the_same_limits() {
    let host = builder().pool_and_beyond(Pool::of(2)).build().unwrap();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "");
    let mut living = Vec::new();
    for _ in 0..5 {
        let options = RunOptions::new(&grants);
        living.push(component.instantiate(options).await.unwrap());
    }
    for (at, guest) in living.iter_mut().enumerate() {
        for calls in 1..=u32::try_from(at).unwrap() + 1 {
            assert_eq!(
                guest.call::<(), (u32,)>("count", ()).await.unwrap(),
                (calls,)
            );
        }
    }
    // Its place in the pool is another's now.
    living.remove(0).close().await.result.unwrap();
    let options = RunOptions::new(&grants);
    living.push(component.instantiate(options).await.unwrap());
    for guest in living {
        guest.close().await.result.unwrap();
    }
}
