//! Ten thousand runs in one process, and what it holds after them.

use std::fs;
use std::time::Duration;

use tollgate::engine::{CallError, RunError};
use tollgate::policy::LimitKey;
use tollgate::{Component, Grants, Host, RunOptions, Stream};
use tollgate_tests::guests;

use crate::support::{TOOLS, builder, grants, guest, load, runtime};

/// Makes timers until it may make no more.
const TIMERS: &str = r#"(component
    (import "wasi:io/poll@0.2.12" (instance $poll (export "pollable" (type (sub resource)))))
    (alias export $poll "pollable" (type $pollable))
    (import "wasi:clocks/monotonic-clock@0.2.12" (instance $clock
        (export "pollable" (type $p (eq $pollable)))
        (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
    (core func $subscribe (canon lower (func $clock "subscribe-duration")))
    (core module $m
        (import "h" "subscribe" (func $subscribe (param i64) (result i32)))
        (func (export "hoard") (loop $l (drop (call $subscribe (i64.const 1000000000))) (br $l))))
    (core instance $i (instantiate $m (with "h" (instance (export "subscribe" (func $subscribe))))))
    (func (export "hoard") (canon lift (core func $i "hoard"))))"#;

/// What the process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    descriptors: usize,
    threads: usize,
    resident: u64,
}

fn held() -> Held {
    let count = |folder: &str| fs::read_dir(folder).unwrap().count();
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    Held {
        descriptors: count("/proc/self/fd"),
        threads: count("/proc/self/task"),
        resident: pages * 4096,
    }
}

#[derive(Clone)]
struct Scene {
    tools: Component,
    timers: Component,
    flood: Component,
    usual: Grants,
    short: Grants,
    small: Grants,
}

impl Scene {
    async fn new(host: &Host) -> Self {
        Self {
            tools: load(host, TOOLS).await,
            timers: load(host, TIMERS).await,
            flood: host.load(guest(guests::FLOOD)).await.unwrap(),
            usual: grants(host, ""),
            short: grants(host, "cpu=1ms"),
            small: grants(host, "memory=4MiB,output=64KiB,handles=100"),
        }
    }

    async fn one(self, number: usize) {
        let usual = || RunOptions::new(&self.usual);
        let small = || RunOptions::new(&self.small).stdout(Stream::Capture);
        match number % 20 {
            0..=5 => {
                let outcome = self
                    .tools
                    .call::<_, (u32,)>("add", (1_u32, 2_u32), usual())
                    .await
                    .unwrap();
                assert_eq!(outcome.result.unwrap(), (3,));
            }
            6..=9 => {
                let outcome = self
                    .tools
                    .call::<(), ()>("fail", (), usual())
                    .await
                    .unwrap();
                assert!(matches!(
                    outcome.result,
                    Err(CallError::Run(RunError::Trap(_)))
                ));
            }
            10..=12 => {
                let call = self.tools.call::<(), ()>("spin", (), usual());
                let cut = tokio::time::timeout(Duration::from_millis(1), call).await;
                assert!(cut.is_err());
            }
            13..=15 => {
                let outcome = self
                    .tools
                    .call::<_, (i32,)>("grow", (100_u32,), small())
                    .await
                    .unwrap();
                assert_eq!(outcome.result.unwrap(), (-1,));
            }
            16 => {
                let outcome = self
                    .tools
                    .call::<(), ()>("spin", (), RunOptions::new(&self.short))
                    .await
                    .unwrap();
                assert!(matches!(
                    outcome.result,
                    Err(CallError::Run(RunError::Limit(LimitKey::Cpu)))
                ));
            }
            17 => {
                let outcome = self.flood.command(small()).await.unwrap();
                assert!(matches!(
                    outcome.result,
                    Err(RunError::Limit(LimitKey::Output))
                ));
            }
            _ => {
                let outcome = self
                    .timers
                    .call::<(), ()>("hoard", (), small())
                    .await
                    .unwrap();
                let limit = |error: &CallError| {
                    matches!(error, CallError::Run(RunError::Limit(LimitKey::Handles)))
                };
                assert!(
                    outcome.result.as_ref().is_err_and(limit),
                    "{:?}",
                    outcome.result
                );
            }
        }
    }

    /// Some at a time, so that those that end in one way run beside those that end in another.
    async fn runs(&self, count: usize) {
        let mut running = tokio::task::JoinSet::new();
        for number in 0..count {
            running.spawn(self.clone().one(number));
            if running.len() >= 16 {
                running.join_next().await.unwrap().unwrap();
            }
        }
        while let Some(ended) = running.join_next().await {
            ended.unwrap();
        }
    }
}

#[test]
fn ten_thousand_runs_leave_memory_descriptors_and_threads_as_they_were() {
    let host = builder().build().unwrap();
    runtime(2).block_on(async {
        let scene = Scene::new(&host).await;
        scene.runs(2_000).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let before = held();
        scene.runs(10_000).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let after = held();
        assert_eq!(
            after.descriptors, before.descriptors,
            "{before:?} {after:?}"
        );
        // The runtime's own threads for blocking work come and go; guests bring none.
        assert!(after.threads <= before.threads + 2, "{before:?} {after:?}");
        let allowed = before.resident + before.resident / 10 + (4 << 20);
        assert!(after.resident <= allowed, "{before:?} {after:?}");
    });
}
