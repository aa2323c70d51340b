//! Hosts, grants and components that several tests use.

use std::time::{Duration, Instant};

use tollgate::audit::{Log, LogOptions, Record};
use tollgate::policy::{Mode, Policy, PolicyBuilder, Scope};
use tollgate::{Component, Grants, Host, HostBuilder};

/// How long anything may take that is meant to be over at once.
pub(crate) const SOON: Duration = Duration::from_secs(2);

/// The binary of a text.
#[track_caller]
pub(crate) fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A guest of `components/`.
pub(crate) fn guest(file: &str) -> Vec<u8> {
    std::fs::read(file).unwrap()
}

/// A host that compiles what tests vouch for, in the test's own process.
pub(crate) fn builder() -> HostBuilder {
    Host::builder().compile_in_process()
}

/// A host with a log in memory, and that log.
pub(crate) fn host() -> (Host, Log) {
    let log = Log::memory(LogOptions {
        recent_records: 100_000,
        ..LogOptions::default()
    });
    let host = builder().log(log.clone()).build().unwrap();
    (host, log)
}

/// Standard streams, clocks and entropy, under these limits.
pub(crate) fn usual(limits: &str) -> Policy {
    let mut builder = PolicyBuilder::new();
    builder.command_line_defaults();
    if !limits.is_empty() {
        builder.limit(limits).unwrap();
    }
    builder.build().unwrap()
}

/// Nothing but this, each a scope and a grant of it.
pub(crate) fn only(rules: &[(Scope, &str)]) -> Policy {
    let mut builder = PolicyBuilder::new();
    for (scope, grant) in rules {
        builder.rule(*scope, Mode::Allow, grant).unwrap();
    }
    builder.build().unwrap()
}

pub(crate) fn grants(host: &Host, limits: &str) -> Grants {
    host.grants(usual(limits)).unwrap()
}

pub(crate) async fn load(host: &Host, text: &str) -> Component {
    host.load(wasm(text))
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The records of the run `run` that are written within a while, oldest first, once `done` finds what it looks for.
pub(crate) async fn records(log: &Log, run: &str, done: impl Fn(&[Record]) -> bool) -> Vec<Record> {
    let started = Instant::now();
    loop {
        let all = log.recent();
        let found: Vec<Record> = all.into_iter().filter(|record| record.run == run).collect();
        if done(&found) {
            return found;
        }
        assert!(started.elapsed() < SOON, "{found:#?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether the records say how the run ended.
pub(crate) fn ended(records: &[Record]) -> bool {
    records.iter().any(|record| record.operation == "run.end")
}

/// A runtime with `workers` threads.
pub(crate) fn runtime(workers: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .unwrap()
}

/// A component without imports that computes, and goes wrong in several ways.
pub(crate) const TOOLS: &str = r#"(component
    (core module $m
        (memory (export "memory") 1)
        (table $t 8 funcref)
        (global $count (mut i32) (i32.const 0))
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "count") (result i32)
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (global.get $count))
        (func (export "spin") (loop $l (br $l)))
        (func (export "fail") unreachable)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "work") (param i32)
            (loop $l
                (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                (br_if $l (i32.gt_s (local.get 0) (i32.const 0))))))
    (core instance $i (instantiate $m))
    (func $add (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
    (instance (export "acme:tools/math@1.2.0")
        (export "add" (func $add)))
    (func (export "count") (result u32) (canon lift (core func $i "count")))
    (func (export "spin") (canon lift (core func $i "spin")))
    (func (export "fail") (canon lift (core func $i "fail")))
    (func (export "grow") (param "pages" u32) (result s32) (canon lift (core func $i "grow")))
    (func (export "work") (param "turns" u32) (canon lift (core func $i "work"))))"#;

/// A component that hands each of its calls on to `acme:notes/store`.
pub(crate) const NOTES: &str = r#"(component
    (type $store (instance
        (export "get" (func (param "key" string) (result (result string (error string)))))
        (export "put" (func (param "key" string) (param "text" string) (result (result (error string)))))))
    (import "acme:notes/store@1.0.0" (instance $store (type $store)))
    (core module $libc
        (memory (export "memory") 2)
        (global $next (mut i32) (i32.const 4096))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
            (if (i32.gt_u (i32.add (local.get $at) (local.get 3)) (i32.const 131072))
                (then (local.set $at (i32.const 4096))))
            (global.set $next (i32.add (local.get $at) (local.get 3)))
            (local.get $at)))
    (core instance $libc (instantiate $libc))
    (core func $get (canon lower (func $store "get")
        (memory $libc "memory") (realloc (func $libc "realloc"))))
    (core func $put (canon lower (func $store "put")
        (memory $libc "memory") (realloc (func $libc "realloc"))))
    (core module $main
        (import "host" "get" (func $get (param i32 i32 i32)))
        (import "host" "put" (func $put (param i32 i32 i32 i32 i32)))
        (func (export "read") (param i32 i32) (result i32)
            (call $get (local.get 0) (local.get 1) (i32.const 1024))
            (i32.const 1024))
        (func (export "write") (param i32 i32 i32 i32) (result i32)
            (call $put (local.get 0) (local.get 1) (local.get 2) (local.get 3) (i32.const 2048))
            (i32.const 2048)))
    (core instance $main (instantiate $main
        (with "host" (instance (export "get" (func $get)) (export "put" (func $put))))))
    (func (export "read") (param "key" string) (result (result string (error string)))
        (canon lift (core func $main "read") (memory $libc "memory") (realloc (func $libc "realloc"))))
    (func (export "write") (param "key" string) (param "text" string) (result (result (error string)))
        (canon lift (core func $main "write") (memory $libc "memory") (realloc (func $libc "realloc")))))"#;
