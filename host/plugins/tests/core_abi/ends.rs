//! Calls that do not end by themselves.

use std::time::{Duration, Instant};

use tollgate::engine::{CallError, RunError};
use tollgate::policy::LimitKey;

use crate::support::{ECHO, OPEN, Tool};

fn tool(body: &str) -> String {
    format!(
        r#"(module (memory (export "memory") 1)
            (func (export "f") (param i32 i32) (result i32 i32) {body}))"#
    )
}

const SPIN: &str = "(loop $l (br $l)) unreachable";

#[tokio::test]
async fn i1_an_endless_loop_ends_at_the_fuel() {
    let tool = Tool::with_fuel(&tool(SPIN)).await;
    let outcome = tool.call("").await;
    let error = outcome.result.unwrap_err();
    assert!(
        matches!(error, CallError::Run(RunError::Limit(LimitKey::Fuel))),
        "{error}"
    );
    let used = outcome.usage.fuel.unwrap();
    assert!((9_999_000..10_001_000).contains(&used), "{used}");
}

#[tokio::test]
async fn i1_an_endless_loop_ends_at_the_wall() {
    let tool = Tool::new(&tool(SPIN))
        .await
        .under("[limits]\nwall = \"100ms\"\n");
    let started = Instant::now();
    let error = tool.call("").await.result.unwrap_err();
    assert!(
        matches!(error, CallError::Run(RunError::Limit(LimitKey::Wall))),
        "{error}"
    );
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn i2_an_endless_start_ends_too() {
    let text = format!(
        r#"(module (memory (export "memory") 1) (func $spin {SPIN}) (start $spin)
            (func (export "f") (param i32 i32) (result i32 i32) unreachable))"#
    );
    let tool = Tool::with_fuel(&text).await;
    let error = tool.call("").await.result.unwrap_err();
    assert!(
        matches!(error, CallError::Run(RunError::Limit(LimitKey::Fuel))),
        "{error}"
    );
}

#[tokio::test]
async fn a_small_tool_takes_little_fuel() {
    let tool = Tool::with_fuel(ECHO).await;
    let outcome = tool.call(vec![7; 60_000]).await;
    assert!(outcome.result.unwrap().is_ok());
    let used = outcome.usage.fuel.unwrap();
    assert!(used < 100, "{used}");
}

#[tokio::test]
async fn i15_traps_end_a_call_and_no_other() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 1)
            (func (export "trap") (param i32 i32) (result i32 i32) unreachable)
            (func (export "divide") (param i32 i32) (result i32 i32)
                (i32.div_s (i32.const 1) (i32.const 0)) (i32.const 0))
            (func (export "reach") (param i32 i32) (result i32 i32)
                (i32.load (i32.const 65536)) (i32.const 0))
            (func $deep (export "deep") (param i32 i32) (result i32 i32)
                (call $deep (local.get 0) (local.get 1)) (drop))
            (func (export "fine") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))"#
            .replace("(drop))", ")")
            .as_str(),
    )
    .await;
    for (index, words) in [
        (0, "unreachable"),
        (1, "divide by zero"),
        (2, "out of bounds"),
        (3, "stack"),
    ] {
        let outcome = tool
            .try_call(index, "secret", tool.options())
            .await
            .unwrap();
        let error = outcome.result.unwrap_err();
        assert!(
            matches!(&error, CallError::Run(RunError::Trap(why)) if why.contains(words)),
            "{error}"
        );
        assert!(!error.to_string().contains("secret"));
        let fine = tool.try_call(4, "next", tool.options()).await.unwrap();
        assert_eq!(fine.result.unwrap().unwrap(), b"next");
    }
}

#[tokio::test]
async fn codes_of_exit_arrive_unchanged() {
    let tool = Tool::new(
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func (export "exit") (param i32 i32) (result i32 i32)
                (call $exit (i32.load8_u (i32.const 0))) unreachable))"#,
    )
    .await
    .under(OPEN);
    for code in [0, 1, 7, 255] {
        let error = tool.call([code]).await.result.unwrap_err();
        assert!(
            matches!(error, CallError::Exited(found) if found == code),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_exit_while_the_guest_is_made_is_an_exit() {
    let tool = Tool::new(
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func $start (call $exit (i32.const 9))) (start $start)
            (func (export "f") (param i32 i32) (result i32 i32) unreachable))"#,
    )
    .await
    .under(OPEN);
    let error = tool.call("").await.result.unwrap_err();
    assert!(matches!(error, CallError::Exited(9)), "{error}");
}
