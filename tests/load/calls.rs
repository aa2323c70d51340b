//! Calls that are interrupted at every moment, never return, or fail where they are hard to follow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tollgate_engine::{RunError, RunWithFuel};
use tollgate_policy::LimitKey;

use crate::host::{Host, unrevealing};
use crate::make::{repeated, speaking, wasm};

/// A component with a function `f` of a number, which is this core function.
fn function(items: &str, body: &str) -> Vec<u8> {
    wasm(&format!(
        "(component
            (core module $m {items} (func $f (export \"f\") (param $n i32) (result i32) {body}))
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"n\" u32) (result u32) (canon lift (core func $i \"f\"))))"
    ))
}

/// Calls by reference are off, as the ways are by which calls once lost their count; the tail call, which is on, is counted.
#[test]
fn a23_calls_that_never_return_end_at_the_deadline_and_by_fuel() {
    let host: Host = Host::new();
    let engine = &host.engine;
    for (what, items) in [
        (
            "call_ref",
            "(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))",
        ),
        (
            "return_call_ref",
            "(type $f (func)) (func (param (ref $f)) (return_call_ref $f (local.get 0)))",
        ),
        (
            "a loop of throws",
            "(tag $t) (func (loop $l (block $b (try_table (catch $t $b) (throw $t))) (br $l)))",
        ),
    ] {
        let component = wasm(&format!("(component (core module {items}))"));
        assert!(
            crate::host::load(engine, &component).is_err(),
            "{what} is taken"
        );
    }
    let loops = [
        ("to itself", "", "(return_call $f (local.get $n))"),
        (
            "to each other",
            "(func $g (param i32) (result i32) (return_call $f (local.get 0)))",
            "(return_call $g (local.get $n))",
        ),
        (
            "through a table",
            "(type $t (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $f)",
            "(return_call_indirect (type $t) (local.get $n) (i32.const 0))",
        ),
    ];
    let counting: Host<RunWithFuel> = Host::new();
    for (what, items, body) in loops {
        let component = function(items, body);
        let loaded = host.load(&component);
        let began = Instant::now();
        host.hostile(what, &loaded, "cpu=300ms,wall=20s", Some("f(1)"))
            .limited(LimitKey::Cpu);
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{what}: {:?}",
            began.elapsed()
        );
        let loaded = counting.load(&component);
        counting
            .hostile(what, &loaded, "fuel=1000000,wall=20s", Some("f(1)"))
            .limited(LimitKey::Fuel);
    }
}

/// Interrupts a host's guests all the time, until it is dropped.
struct Ticks {
    stop: Arc<AtomicBool>,
    count: Arc<AtomicU64>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Ticks {
    fn start(engine: &wasmtime::Engine, every: Duration) -> Self {
        let (stop, count) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (engine, stopped, counted) = (engine.clone(), Arc::clone(&stop), Arc::clone(&count));
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                engine.increment_epoch();
                counted.fetch_add(1, Ordering::Relaxed);
                let next = Instant::now() + every;
                while Instant::now() < next {
                    std::hint::spin_loop();
                }
            }
        });
        Self {
            stop,
            count,
            thread: Some(thread),
        }
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Fills, copies and grows memory and tables, and returns the rounds that it did, plus a million for each thing that was
/// not as it was left.
const BULK: (&str, &str) = (
    "(memory 64) (table $a 20000 funcref) (table $b 20000 funcref) (elem $e func $f $f $f $f) (global $wrong (mut i32) (i32.const 0))
    (data $d \"0123456789abcdef\")
    (func $check (param $right i32)
        (if (i32.eqz (local.get $right)) (then
            (global.set $wrong (i32.add (global.get $wrong) (i32.const 1))))))
    (func $same (param $at i32) (param $end i32) (param $byte i32)
        (loop $next
            (call $check (i32.eq (i32.load8_u (local.get $at)) (local.get $byte)))
            (local.set $at (i32.add (local.get $at) (i32.const 4093)))
            (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))
    (func $nulls (param $at i32) (param $null i32)
        (loop $next
            (call $check (i32.eq (ref.is_null (table.get $b (local.get $at))) (local.get $null)))
            (local.set $at (i32.add (local.get $at) (i32.const 997)))
            (br_if $next (i32.lt_u (local.get $at) (i32.const 20000)))))",
    "(local $round i32) (local $byte i32)
    (loop $again
        (local.set $byte (i32.and (i32.add (local.get $round) (i32.const 1)) (i32.const 127)))
        (memory.fill (i32.const 0) (local.get $byte) (i32.const 2000000))
        (memory.copy (i32.const 2000000) (i32.const 0) (i32.const 2000000))
        (call $same (i32.const 0) (i32.const 4000000) (local.get $byte))
        (memory.copy (i32.const 1) (i32.const 0) (i32.const 3999998))
        (call $same (i32.const 0) (i32.const 3999999) (local.get $byte))
        (memory.init $d (i32.const 3000000) (i32.const 10) (i32.const 1))
        (call $check (i32.eq (i32.load8_u (i32.const 3000000)) (i32.const 97)))
        (table.fill $a (i32.const 0) (ref.func $f) (i32.const 20000))
        (table.copy $b $a (i32.const 0) (i32.const 0) (i32.const 20000))
        (call $nulls (i32.const 0) (i32.const 0))
        (table.fill $a (i32.const 0) (ref.null func) (i32.const 20000))
        (table.copy $b $a (i32.const 0) (i32.const 0) (i32.const 20000))
        (call $nulls (i32.const 0) (i32.const 1))
        (table.init $b $e (i32.const 997) (i32.const 0) (i32.const 4))
        (call $check (i32.eqz (ref.is_null (table.get $b (i32.const 1000)))))
        (call $check (i32.eq (table.grow $a (ref.null func) (i32.const 1)) (i32.add (i32.const 20000) (local.get $round))))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $round) (local.get $n))))
    (i32.add (local.get $round) (i32.mul (global.get $wrong) (i32.const 1000000)))",
);

#[test]
fn a25_interruptions_during_bulk_operations_change_no_result() {
    let host: Host = Host::new();
    let loaded = host.load(&function(BULK.0, BULK.1));
    assert_eq!(
        host.run(&loaded, "", Some("f(20)")).returned(),
        "20",
        "without interruptions"
    );
    let ticks = Ticks::start(host.engine.wasmtime(), Duration::from_micros(10));
    let before = ticks.count.load(Ordering::Relaxed);
    for _ in 0..3 {
        let done = host.run(&loaded, "memory=64MiB,cpu=60s,wall=60s", Some("f(100)"));
        assert_eq!(done.returned(), "100");
    }
    let ticked = ticks.count.load(Ordering::Relaxed) - before;
    assert!(ticked > 1_000, "only {ticked} interruptions");
}

/// The host's function ends the guest (it waits for nothing, which is no wait), and whoever called it is gone from the
/// stack by then.
#[test]
fn a47_a_tail_call_into_a_host_call_that_fails_is_a_trap_with_a_short_trace() {
    let host: Host = Host::new();
    let component = speaking(
        "export f: func(n: u32) -> u32;",
        "(module
            (import \"wasi:io/poll@0.2.12\" \"poll\" (func $poll (param i32 i32 i32)))
            (memory (export \"memory\") 1)
            (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (table 1 funcref) (elem (i32.const 0) $poll)
            (type $t (func (param i32 i32 i32)))
            (func $direct (return_call $poll (i32.const 0) (i32.const 0) (i32.const 16)))
            (func $indirect (return_call_indirect (type $t) (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 0)))
            (func $chain (param i32)
                (if (i32.eqz (local.get 0)) (then (return_call $direct)))
                (return_call $chain (i32.sub (local.get 0) (i32.const 1))))
            (func $deep (param i32)
                (if (local.get 0)
                    (then (call $deep (i32.sub (local.get 0) (i32.const 1))))
                    (else (return_call $indirect))))
            (func (export \"f\") (param i32) (result i32)
                (block $deep (block $chain (block $indirect (block $direct
                    (br_table $direct $indirect $chain $deep (local.get 0)))
                    (call $direct) (return (i32.const 0)))
                    (call $indirect) (return (i32.const 0)))
                    (call $chain (i32.const 1000000)) (return (i32.const 0)))
                (call $deep (i32.const 3000))
                (i32.const 0)))",
    );
    let loaded = host.load(&component);
    for number in 0..4 {
        let what = format!("f({number})");
        let done = host.hostile(&what, &loaded, "", Some(&what));
        let trap = done.trapped();
        assert!(!trap.contains("exhausted"), "{what}: {trap}");
        assert!(
            trap.lines().count() < 80,
            "{what}: {} lines",
            trap.lines().count()
        );
    }
}

/// A trace names functions, and a guest gives them their names.
#[test]
fn a47_names_of_functions_make_no_long_error() {
    let host: Host = Host::new();
    let name = "long".repeat(20_000);
    let chain = repeated(30, |index| {
        format!(
            "(func ${name}{index} (param i32) (call ${name}{} (local.get 0)))",
            index + 1
        )
    });
    let component = function(
        &format!("{chain} (func ${name}30 (param i32) unreachable)"),
        &format!("(call ${name}0 (local.get $n)) (i32.const 1)"),
    );
    let loaded = host.load(&component);
    let done = host.hostile("long names", &loaded, "", Some("f(1)"));
    unrevealing("long names", done.trapped());
    assert!(
        done.trapped().contains("unreachable"),
        "what happened is said first"
    );
}

#[test]
fn i48_a_post_return_that_traps_is_a_trap_and_the_next_run_is_fresh() {
    let host: Host = Host::new();
    // The second call of one instance would see the mark that the first one left.
    let component = wasm(
        "(component
            (core module $m (memory (export \"memory\") 1) (global $called (mut i32) (i32.const 0))
                (func (export \"f\") (param i32) (result i32)
                    (global.set $called (i32.add (global.get $called) (i32.const 1)))
                    (global.get $called))
                (func (export \"after\") (param i32) unreachable))
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"n\" u32) (result u32)
                (canon lift (core func $i \"f\") (post-return (func $i \"after\"))))
            (func (export \"g\") (param \"n\" u32) (result u32) (canon lift (core func $i \"f\"))))",
    );
    let loaded = host.load(&component);
    for _ in 0..3 {
        let done = host.hostile("post-return", &loaded, "", Some("f(1)"));
        assert!(done.trapped().contains("unreachable"), "{}", done.trapped());
        assert_eq!(
            host.run(&loaded, "", Some("g(1)")).returned(),
            "1",
            "an instance was used again"
        );
    }
}

/// What the engine beneath does with an instance that has trapped, under our configuration: nothing more.
#[test]
fn i48_an_instance_that_has_trapped_is_not_entered_again() {
    let host: Host = Host::new();
    let loaded = host.load(&wasm(
        "(component
            (core module $m (func (export \"good\")) (func (export \"bad\") unreachable))
            (core instance $i (instantiate $m))
            (func (export \"good\") (canon lift (core func $i \"good\")))
            (func (export \"bad\") (canon lift (core func $i \"bad\"))))",
    ));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let engine = host.engine.wasmtime();
        let mut store = wasmtime::Store::new(engine, ());
        store.set_epoch_deadline(1_000_000);
        let linker = wasmtime::component::Linker::new(engine);
        let instance = linker
            .instantiate_async(&mut store, loaded.component())
            .await
            .unwrap();
        let call =
            |name: &str, store: &mut _| instance.get_typed_func::<(), ()>(store, name).unwrap();
        call("good", &mut store)
            .call_async(&mut store, ())
            .await
            .unwrap();
        call("bad", &mut store)
            .call_async(&mut store, ())
            .await
            .unwrap_err();
        let error = call("good", &mut store)
            .call_async(&mut store, ())
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("cannot enter component instance"),
            "{error}"
        );
    });
}

/// Loops and recursion that go through the host and back are loops and recursion.
#[test]
fn i4_i6_i16_what_never_ends_ends_by_its_limit_in_a_host_that_goes_on() {
    let host: Host = Host::new();
    let zero_sleeps = speaking(
        "export f: func(n: u32) -> u32;",
        "(module
            (import \"wasi:clocks/monotonic-clock@0.2.12\" \"subscribe-duration\" (func $timer (param i64) (result i32)))
            (import \"wasi:io/poll@0.2.12\" \"[method]pollable.block\" (func $block (param i32)))
            (import \"wasi:io/poll@0.2.12\" \"[resource-drop]pollable\" (func $drop (param i32)))
            (memory (export \"memory\") 1)
            (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export \"f\") (param i32) (result i32)
                (loop $again
                    (local.set 0 (call $timer (i64.const 0)))
                    (call $block (local.get 0))
                    (call $drop (local.get 0))
                    (br $again))
                unreachable))",
    );
    let after = wasm(
        "(component
            (core module $m
                (func (export \"f\") (param i32) (result i32) (i32.const 1))
                (func (export \"after\") (param i32) (loop $l (br $l))))
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"n\" u32) (result u32)
                (canon lift (core func $i \"f\") (post-return (func $i \"after\")))))",
    );
    for (what, component) in [("zero sleeps", zero_sleeps), ("post-return", after)] {
        let loaded = host.load(&component);
        host.hostile(what, &loaded, "wall=500ms", Some("f(1)"))
            .limited(LimitKey::Wall);
    }
    let locals = "i64 ".repeat(5_000);
    let used = repeated(5_000, |index| {
        format!(
            "(local.set {} (i64.extend_i32_u (local.get $n)))",
            index + 1
        )
    });
    let summed = repeated(5_000, |index| format!("(local.get {}) i64.add ", index + 1));
    let component = function(
        "",
        &format!(
            "(local {locals}) {used} (drop (call $f (i32.add (local.get $n) (i32.const 1)))) (i64.const 0) {summed} i32.wrap_i64"
        ),
    );
    let loaded = host.load(&component);
    let done = host.hostile("frames of 40 kB", &loaded, "", Some("f(1)"));
    assert!(
        matches!(&done.result, Err(RunError::Trap(text)) if text.contains("exhausted")),
        "{:?}",
        done.result
    );
}
