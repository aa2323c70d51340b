//! Inputs, memories and their limits.

use tollgate::engine::{CallError, RunError};
use tollgate::policy::LimitKey;
use tollgate_plugins::core_abi::{CallRefused, Exchange};

use crate::support::{ECHO, OPEN, Tool};

/// A tool that says how many pages it sees, that it gets, and how many it had before.
const GROWER: &str = r#"(func (export "grow") (param i32 i32) (result i32 i32)
    (i32.store8 (i32.const 1) (memory.size))
    (i32.store8 (i32.const 2) (memory.grow (i32.load8_u (i32.const 0))))
    (i32.store8 (i32.const 3) (memory.size))
    (i32.const 1) (i32.const 3))"#;

fn grower(memory: &str) -> String {
    format!(r#"(module (memory (export "memory") {memory}) {GROWER})"#)
}

#[tokio::test]
async fn an_input_larger_than_the_memory_gets_a_larger_memory() {
    let tool = Tool::new(ECHO).await;
    for size in [65_537, 1 << 20, 5 << 20] {
        let input = vec![9; size];
        assert!(tool.output(input.clone()).await == input, "{size}");
    }
    let empty = Tool::new(&ECHO.replace("\"memory\") 1", "\"memory\") 0")).await;
    assert_eq!(empty.output("text").await, b"text");
}

#[tokio::test]
async fn a_tool_that_grows_its_memory_answers_from_there() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 1)
            (func (export "f") (param i32 i32) (result i32 i32)
                (drop (memory.grow (i32.const 10)))
                (memory.copy (i32.const 600000) (i32.const 0) (local.get 1))
                (i32.const 600000) (local.get 1)))"#,
    )
    .await;
    assert_eq!(tool.output("text").await, b"text");
}

#[tokio::test]
async fn an_input_that_the_declared_maximum_does_not_hold_is_not_called_with() {
    let tool = Tool::new(&ECHO.replace("\"memory\") 1", "\"memory\") 1 2")).await;
    assert_eq!(tool.wrapped.functions[0].most_input, 131_072);
    let input = vec![3; 131_072];
    assert!(tool.output(input.clone()).await == input);
    let refused = tool.try_call(0, vec![3; 131_073], tool.options()).await;
    let Err(CallRefused::Exchange(refused)) = refused else {
        panic!("{refused:?}");
    };
    let (size, room) = (131_073, 131_072);
    assert_eq!(refused, Exchange::NoRoom { size, room });
    assert_eq!(
        refused.to_string(),
        "Failed to write input to memory: 131073 bytes, and there is room for 131072"
    );
}

#[tokio::test]
async fn a_declared_maximum_holds_for_the_module_itself() {
    for (memory, by, seen) in [
        ("1 3", 2, [1, 1, 3]),
        ("1 3", 3, [1, 255, 1]),
        ("1 1", 0, [1, 1, 1]),
        ("1 1", 1, [1, 255, 1]),
        ("1 65536", 4, [1, 1, 5]),
        ("1", 4, [1, 1, 5]),
    ] {
        let tool = Tool::new(&grower(memory)).await;
        assert_eq!(tool.output([by]).await, seen, "{memory} by {by}");
    }
}

/// The adapter has memory of its own beside that, whatever the module declares, and whether or not it is already there.
#[tokio::test]
async fn a_declared_maximum_holds_beside_the_adapters_memory() {
    let text = r#"(module
            (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
            (memory (export "memory") 1 2)
            (func (export "before") (param i32 i32) (result i32 i32)
                (i32.store8 (i32.const 1) (memory.grow (i32.const 1)))
                (i32.store8 (i32.const 2) (memory.grow (i32.const 1)))
                (i32.store8 (i32.const 3) (call $time (i32.const 1) (i64.const 1) (i32.const 64)))
                (i32.const 1) (i32.const 3))
            (func (export "after") (param i32 i32) (result i32 i32)
                (i32.store8 (i32.const 1) (call $time (i32.const 1) (i64.const 1) (i32.const 64)))
                (i32.store8 (i32.const 2) (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
                (i32.store8 (i32.const 3) (memory.grow (i32.const 1)))
                (i32.const 1) (i32.const 3))
            (func (export "whole") (param i32 i32) (result i32 i32)
                (drop (call $time (i32.const 1) (i64.const 1) (i32.const 64)))
                (i32.const 0) (i32.shl (memory.size) (i32.const 16))))"#;
    let tool = Tool::new(text).await.under(OPEN);
    for (index, seen) in [[1, 255, 0], [0, 1, 255]].into_iter().enumerate() {
        let outcome = tool.try_call(index, "", tool.options()).await.unwrap();
        assert_eq!(outcome.result.unwrap().unwrap(), seen);
    }
    let whole = tool.try_call(2, "", tool.options()).await.unwrap();
    assert_eq!(whole.result.unwrap().unwrap().len(), 3 * 65_536);
}

#[tokio::test]
async fn growth_ends_at_the_runs_limit() {
    let tool = Tool::new(&grower("1"))
        .await
        .under("[limits]\nmemory = \"2MiB\"\n");
    assert_eq!(tool.output([8]).await, [1, 1, 9]);
    // Half a megabyte of stack is in it.
    assert_eq!(tool.output([40]).await, [1, 255, 1]);
}

#[tokio::test]
async fn an_input_over_the_runs_limit_of_memory_ends_at_that_limit() {
    let tool = Tool::new(ECHO).await.under("[limits]\nmemory = \"2MiB\"\n");
    let outcome = tool.call(vec![1; 3 << 20]).await;
    let error = outcome.result.unwrap_err();
    assert!(
        matches!(error, CallError::Run(RunError::Limit(LimitKey::Memory))),
        "{error}"
    );
    assert_eq!(tool.output("next").await, b"next");
}

#[tokio::test]
async fn a_module_over_the_limit_from_the_start_is_not_begun() {
    let tool = Tool::new(&ECHO.replace("\"memory\") 1", "\"memory\") 1000")).await;
    let outcome = tool.call("text").await;
    let error = outcome.result.unwrap_err();
    assert!(
        matches!(error, CallError::Run(RunError::TooLarge(LimitKey::Memory))),
        "{error}"
    );
}

/// A page for the answer, where the output leaves none, is memory as any other.
#[tokio::test]
async fn an_answer_without_a_place_ends_at_the_limit() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 16)
            (func (export "whole") (param i32 i32) (result i32 i32) (i32.const 0) (i32.const 1048576)))"#,
    )
    .await
    .under("[limits]\nmemory = \"1536KiB\"\n");
    let error = tool.call("").await.result.unwrap_err();
    assert!(
        matches!(error, CallError::Run(RunError::Limit(LimitKey::Memory))),
        "{error}"
    );
}

#[tokio::test]
async fn large_outputs_are_bounded_by_what_a_run_may_copy() {
    let text = r#"(module (memory (export "memory") 640)
        (func (export "large") (param i32 i32) (result i32 i32) (i32.const 0) (i32.const 41943040)))"#;
    let tool = Tool::new(text).await;
    let error = tool.call("").await.result.unwrap_err();
    assert!(
        matches!(
            error,
            CallError::Run(RunError::Limit(LimitKey::HostCallBytes))
        ),
        "{error}"
    );
    let tool = tool.under("[limits]\nmemory = \"50MiB\"\nhost-call-bytes = \"64MiB\"\n");
    assert_eq!(tool.output("").await.len(), 40 << 20);
}

/// An input that is written while the adapter has memory already, because the module used it in `_initialize`.
#[tokio::test]
async fn an_input_is_never_written_over_the_adapters_memory() {
    let text = r#"(module
        (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
        (memory (export "memory") 1)
        (func $now (drop (call $time (i32.const 1) (i64.const 1) (i32.const 64))))
        (func (export "_initialize") (call $now))
        (func (export "echo") (param i32 i32) (result i32 i32)
            (call $now) (local.get 0) (local.get 1)))"#;
    let tool = Tool::new(text).await.under(OPEN);
    let input = vec![5; 65_536];
    let output = tool.output(input.clone()).await;
    assert!(output[..64] == input[..64] && output[72..] == input[72..]);
    for size in [65_537, 100_000, 1 << 20] {
        let refused = tool.call(vec![5; size]).await.result.unwrap();
        let (size, room) = (size as u64, 65_536);
        assert_eq!(refused, Err(Exchange::NoRoom { size, room }));
    }
    // Without `_initialize` the adapter's memory comes after the input.
    let later = Tool::new(&text.replace("\"_initialize\"", "\"other\""))
        .await
        .under(OPEN);
    for size in [65_536, 65_537, 100_000, 1 << 20] {
        let input = vec![5; size];
        let output = later.output(input.clone()).await;
        assert!(
            output[..64] == input[..64] && output[72..] == input[72..],
            "{size}"
        );
    }
}
