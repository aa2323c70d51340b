//! Guests that misbehave where values cross.

use std::time::Instant;

use tollgate::engine::{CallError, RunError};
use tollgate::policy::{LimitKey, Mode, Policy, PolicyBuilder, Scope};
use tollgate::{Component, Host, InstanceError, Outcome, RunOptions, Stopped};

use crate::interfaces::notes;
use crate::support::{SOON, TOOLS, builder, load};

type Read = (Result<String, String>,);

/// A component around a core module whose `realloc`, `start` and `post` are given.
fn odd(realloc: &str, start: &str, post: &str) -> String {
    format!(
        r#"(component
    (type $store (instance
        (export "put" (func (param "key" string) (param "text" string) (result (result (error string)))))))
    (import "acme:notes/store@1.0.0" (instance $store (type $store)))
    (core module $table
        (type $put (func (param i32 i32 i32 i32 i32)))
        (table (export "t") 1 funcref)
        (memory (export "memory") 2)
        (data (i32.const 16) "slow")
        (func (export "put") (param i32 i32 i32 i32 i32)
            (call_indirect (type $put) (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (i32.const 0))))
    (core instance $table (instantiate $table))
    (core module $libc
        (import "t" "memory" (memory 2))
        (import "t" "put" (func $put (param i32 i32 i32 i32 i32)))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) {realloc})
        (func (export "echo") (param i32 i32) (result i32)
            (i32.store (i32.const 1024) (i32.const 0))
            (i32.store (i32.const 1028) (local.get 0))
            (i32.store (i32.const 1032) (local.get 1))
            (i32.const 1024))
        (func (export "post") (param i32) {post}))
    (core instance $libc (instantiate $libc (with "t" (instance $table))))
    (core func $put (canon lower (func $store "put")
        (memory $table "memory") (realloc (func $libc "realloc"))))
    (core module $fix
        (import "t" "t" (table 1 funcref))
        (import "h" "put" (func $put (param i32 i32 i32 i32 i32)))
        (elem (i32.const 0) func $put)
        (func $start {start})
        (start $start))
    (core instance (instantiate $fix
        (with "t" (instance $table)) (with "h" (instance (export "put" (func $put))))))
    (func (export "echo") (param "key" string) (result (result string (error string)))
        (canon lift (core func $libc "echo") (memory $table "memory") (realloc (func $libc "realloc"))
            (post-return (func $libc "post")))))"#
    )
}

const PUT: &str =
    "(call $put (i32.const 16) (i32.const 4) (i32.const 16) (i32.const 4) (i32.const 2048))";
const SPIN: &str = "(loop $l (br $l))";

fn policy() -> Policy {
    let mut builder = PolicyBuilder::new();
    builder
        .rule(Scope::Keyvalue, Mode::Allow, "notes/**")
        .unwrap();
    builder.limit("cpu=100ms,wall=10s").unwrap();
    builder.build().unwrap()
}

async fn echo(host: &Host, component: &Component) -> Outcome<Read, CallError> {
    let grants = host.grants(policy()).unwrap();
    let started = Instant::now();
    let outcome = component
        .call("echo", ("text".to_owned(),), RunOptions::new(&grants))
        .await
        .unwrap();
    assert!(started.elapsed() < SOON + SOON, "{:?}", started.elapsed());
    outcome
}

fn noting() -> Host {
    notes(builder()).build().unwrap()
}

#[tokio::test]
async fn the_odd_component_without_anything_odd_works() {
    let host = noting();
    let component = load(&host, &odd("(i32.const 4096)", "", "")).await;
    assert_eq!(
        echo(&host, &component).await.result.unwrap(),
        (Ok("text".to_owned()),)
    );
}

#[tokio::test]
async fn a29_a_realloc_that_calls_the_host_is_a_trap_and_the_next_guest_is_fine() {
    let host = noting();
    let component = load(&host, &odd(&format!("{PUT} (i32.const 4096)"), "", "")).await;
    for _ in 0..100 {
        let outcome = echo(&host, &component).await;
        let error = outcome.result.unwrap_err();
        assert!(
            matches!(&error, CallError::Run(RunError::Trap(why)) if why.contains("leave")),
            "{error}"
        );
        assert_eq!(
            outcome
                .audit
                .as_ref()
                .unwrap()
                .rows
                .iter()
                .filter(|row| row.operation == "keyvalue.write")
                .count(),
            0
        );
    }
    let fine = load(&host, &odd("(i32.const 4096)", "", "")).await;
    assert!(echo(&host, &fine).await.result.is_ok());
}

#[tokio::test]
async fn i47_a_realloc_that_answers_nonsense_is_a_trap() {
    let host = noting();
    for answer in [
        "(i32.const -1)",
        "(i32.const 131071)",
        "(i32.const 2147483647)",
        "unreachable",
    ] {
        let component = load(&host, &odd(answer, "", "")).await;
        let error = echo(&host, &component).await.result.unwrap_err();
        assert!(
            matches!(&error, CallError::Run(RunError::Trap(_))),
            "{answer}: {error}"
        );
    }
}

/// A component whose start function calls a host function that waits.
pub(crate) const WAITS_IN_START: &str = r#"(component
    (type $store (instance
        (export "get" (func (param "key" string) (result (result string (error string)))))))
    (import "acme:notes/store@1.0.0" (instance $store (type $store)))
    (core module $libc
        (memory (export "memory") 1)
        (data (i32.const 16) "slow")
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
    (core instance $libc (instantiate $libc))
    (core func $get (canon lower (func $store "get")
        (memory $libc "memory") (realloc (func $libc "realloc"))))
    (core module $main
        (import "host" "get" (func $get (param i32 i32 i32)))
        (func $start (call $get (i32.const 16) (i32.const 4) (i32.const 1024)))
        (start $start))
    (core instance (instantiate $main (with "host" (instance (export "get" (func $get)))))))"#;

#[tokio::test]
async fn a30_a_start_function_may_wait_and_ends_at_the_wall_limit() {
    let host = noting();
    let component = load(&host, WAITS_IN_START).await;
    let grants = host.grants(policy()).unwrap();
    let instance = component
        .instantiate(RunOptions::new(&grants))
        .await
        .unwrap();
    let outcome = instance.close().await;
    assert_eq!(outcome.asked().map(|row| row.sum.count).sum::<u64>(), 1);
    // `neve` with the letter that makes it wait for ever.
    let forever = WAITS_IN_START
        .replace("\"slow\"", "\"never\"")
        .replace("(i32.const 4)", "(i32.const 5)");
    let component = load(&host, &forever).await;
    let mut policy = PolicyBuilder::new();
    policy
        .rule(Scope::Keyvalue, Mode::Allow, "**")
        .unwrap()
        .limit("wall=100ms")
        .unwrap();
    let short = host.grants(policy.build().unwrap()).unwrap();
    let started = Instant::now();
    let error = component
        .instantiate(RunOptions::new(&short))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("wall"), "{error}");
    assert!(started.elapsed() < SOON);
}

#[tokio::test]
async fn i2_i3_i4_loops_in_start_realloc_and_post_return_end_at_the_budget() {
    let host = noting();
    for (what, text) in [
        ("start", odd("(i32.const 4096)", SPIN, "")),
        ("realloc", odd(&format!("{SPIN} (i32.const 4096)"), "", "")),
        ("post-return", odd("(i32.const 4096)", "", SPIN)),
    ] {
        let component = load(&host, &text).await;
        let outcome = echo(&host, &component).await;
        let error = outcome.result.unwrap_err();
        assert!(
            matches!(&error, CallError::Run(RunError::Limit(LimitKey::Cpu))),
            "{what}: {error}"
        );
        assert!(
            outcome
                .audit
                .as_ref()
                .unwrap()
                .rows
                .iter()
                .any(|row| row.operation == "limit.reached"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn i48_a_trap_in_post_return_ends_the_instance() {
    let host = noting();
    let component = load(&host, &odd("(i32.const 4096)", "", "unreachable")).await;
    let grants = host.grants(policy()).unwrap();
    let mut instance = component
        .instantiate(RunOptions::new(&grants))
        .await
        .unwrap();
    assert!(
        instance
            .call::<_, Read>("echo", ("text".to_owned(),))
            .await
            .is_err()
    );
    let refused = instance
        .call::<_, Read>("echo", ("text".to_owned(),))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, InstanceError::Stopped(Stopped::Trapped)),
        "{refused}"
    );
}

/// No host function has the store at hand, so that a guest is entered again only by a part of itself.
#[tokio::test]
async fn i17_an_export_that_is_entered_again_from_within_is_a_trap() {
    let host = noting();
    let text = r#"(component
        (component $b
            (import "g" (func $g))
            (core func $g (canon lower (func $g)))
            (core module $m (import "h" "g" (func $g)) (func (export "f") (call $g)))
            (core instance $i (instantiate $m (with "h" (instance (export "g" (func $g))))))
            (func (export "f") (canon lift (core func $i "f"))))
        (core module $shim
            (type $v (func))
            (table (export "t") 1 funcref)
            (func (export "f") (call_indirect (type $v) (i32.const 0))))
        (core instance $shim (instantiate $shim))
        (core module $m
            (import "s" "f" (func $f))
            (func (export "run") (call $f))
            (func (export "g") (call $f)))
        (core instance $m (instantiate $m (with "s" (instance $shim))))
        (func $g (canon lift (core func $m "g")))
        (instance $b (instantiate $b (with "g" (func $g))))
        (core func $f (canon lower (func $b "f")))
        (core module $fix
            (import "t" "t" (table 1 funcref))
            (import "h" "f" (func $f))
            (elem (i32.const 0) func $f))
        (core instance (instantiate $fix
            (with "t" (instance $shim)) (with "h" (instance (export "f" (func $f))))))
        (func (export "run") (canon lift (core func $m "run"))))"#;
    let component = load(&host, text).await;
    let grants = host.grants(policy()).unwrap();
    for _ in 0..100 {
        let outcome = component
            .call::<(), ()>("run", (), RunOptions::new(&grants))
            .await
            .unwrap();
        let error = outcome.result.unwrap_err();
        assert!(
            matches!(&error, CallError::Run(RunError::Trap(why)) if why.contains("enter")),
            "{error}"
        );
    }
    let tools = load(&host, TOOLS).await;
    let outcome = tools
        .call::<_, (u32,)>("add", (1_u32, 2_u32), RunOptions::new(&grants))
        .await
        .unwrap();
    assert_eq!(outcome.result.unwrap(), (3,));
}
