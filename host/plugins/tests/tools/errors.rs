//! Each kind of error, and nothing of an input, an output or the environment in any of them.

use serde_json::{Value, json};
use tollgate::policy::LimitKey;
use tollgate_plugins::{ExecutionFailure, Granted, ResourceKind, ToolError};

use crate::support::{CANARY, module, policy, registry, said, wasm, with_tool, written};

/// The error of a call, with a canary in the input where there is room for one.
async fn failed(limits: &str, function: &str, input: Value) -> ToolError {
    let (tools, log) = with_tool(limits).await;
    let error = tools.call("tool", function, input).await.unwrap_err();
    assert!(!said(&error).contains(CANARY), "{error:?}");
    assert!(!written(&log).contains(CANARY));
    // The registry still serves.
    let echo = tools.call("tool", "echo", json!({"text": "on"})).await;
    assert_eq!(echo.unwrap().value, json!("on"));
    error
}

async fn core_failed(limits: &str, body: &str) -> ToolError {
    let (tools, log) = registry();
    tools
        .load("core", module(body), policy(limits))
        .await
        .unwrap();
    let error = tools.call("core", "run", json!(CANARY)).await.unwrap_err();
    assert!(!said(&error).contains(CANARY), "{error:?}");
    assert!(!written(&log).contains(CANARY));
    error
}

#[tokio::test]
async fn a_module_that_is_not_there() {
    let (tools, _) = registry();
    let error = tools.call("nowhere", "f", json!(CANARY)).await.unwrap_err();
    assert_eq!(error.kind(), "ModuleNotFound");
    assert!(!said(&error).contains(CANARY));
}

#[tokio::test]
async fn a_function_that_is_not_there() {
    let error = failed("", "nothing", json!({ "text": CANARY })).await;
    let ToolError::FunctionNotFound { available, .. } = &error else {
        panic!("{error}");
    };
    assert!(available.iter().any(|name| name == "echo"));
    assert_eq!(
        error.to_string(),
        "Function 'nothing' not found in module 'tool'"
    );
}

#[tokio::test]
async fn an_input_that_is_not_what_the_function_takes() {
    for (function, input, pointer) in [
        ("echo", json!({ "text": [CANARY] }), "/text"),
        ("echo", json!({ "text": "x", CANARY: 1 }), ""),
        ("echo", json!([CANARY]), ""),
        ("bytes", json!({ "of": [0, CANARY] }), "/of/1"),
        (
            "middle",
            json!({ "points": [{ "x": 1, "y": CANARY }] }),
            "/points/0/y",
        ),
        ("leave", json!({ "code": 256 }), "/code"),
    ] {
        let error = failed("", function, input).await;
        let ToolError::InvalidInput(invalid) = &error else {
            panic!("{error}");
        };
        assert_eq!(invalid.pointer, pointer, "{error}");
    }
}

#[tokio::test]
async fn memory_that_ran_out() {
    let error = failed("", "swallow", json!({"mebibytes": 60})).await;
    let ToolError::OutOfResources { kind, limit } = error else {
        panic!("{error}");
    };
    assert_eq!((kind, limit), (ResourceKind::Memory, 50 << 20));
    assert_eq!(
        ToolError::OutOfResources { kind, limit }.to_string(),
        "Out of resources: Memory limit 52428800 exceeded"
    );
}

#[tokio::test]
async fn instructions_that_ran_out() {
    let error = core_failed("", "(loop $l (br $l)) unreachable").await;
    assert_eq!(
        error.to_string(),
        "Out of resources: Instructions limit 10000000 exceeded"
    );
    let error = core_failed("fuel=1000", "(loop $l (br $l)) unreachable").await;
    assert!(error.to_string().contains("limit 1000 exceeded"), "{error}");
}

#[tokio::test]
async fn time_that_ran_out() {
    for (limits, limit) in [("wall=100ms", LimitKey::Wall), ("cpu=100ms", LimitKey::Cpu)] {
        let begun = std::time::Instant::now();
        let error = failed(limits, "spin", json!({})).await;
        let ToolError::TimedOut {
            limit: which,
            milliseconds,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((which, milliseconds), (limit, 100));
        assert!(begun.elapsed() < std::time::Duration::from_secs(60));
    }
    // A core module has the time of any tool, where its instructions do not end first.
    let error = core_failed(
        "wall=100ms,fuel=100000000000",
        "(loop $l (br $l)) unreachable",
    )
    .await;
    assert!(matches!(error, ToolError::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn a_trap_an_exit_and_output_without_end() {
    let error = failed("", "crash", json!({})).await;
    assert!(
        matches!(
            &error,
            ToolError::ExecutionFailed(ExecutionFailure::Trap(_))
        ),
        "{error}"
    );
    let error = failed("", "leave", json!({"code": 3})).await;
    assert!(
        matches!(
            &error,
            ToolError::ExecutionFailed(ExecutionFailure::Exited(_))
        ),
        "{error}"
    );
    let error = failed("output=64KiB", "babble", json!({})).await;
    assert!(
        matches!(
            &error,
            ToolError::ExecutionFailed(
                ExecutionFailure::Limit(LimitKey::Output)
                    | ExecutionFailure::Trap(_)
                    | ExecutionFailure::Exited(_)
            )
        ),
        "{error}"
    );
}

#[tokio::test]
async fn what_a_core_module_gives_back_is_no_json() {
    // It prints its input as if it were JSON, which it is not without its quotes.
    let error = core_failed("", "(i32.const 1) (i32.sub (local.get 1) (i32.const 2))").await;
    assert!(
        matches!(
            &error,
            ToolError::ExecutionFailed(ExecutionFailure::Result(_))
        ),
        "{error}"
    );
    let error = core_failed("", "i32.const 0 i32.const 0").await;
    assert!(matches!(&error, ToolError::ExecutionFailed(_)), "{error}");
}

#[tokio::test]
async fn numbers_that_lie() {
    for (body, words) in [
        (
            "i32.const 0 i32.const -5",
            "Execution failed: WASM returned negative output length: -5",
        ),
        (
            "i32.const 65530 i32.const 10",
            "Execution failed: WASM output 65530..65540 outside guest memory size 65536",
        ),
        (
            "i32.const -1 i32.const 10",
            "Execution failed: WASM output pointer+length overflow",
        ),
        (
            "i32.const 0 i32.const 2147483647",
            "Out of resources: Memory limit 52428800 exceeded",
        ),
    ] {
        assert_eq!(core_failed("", body).await.to_string(), words);
    }
}

/// A text of 40 MiB, within the memory of the guest, whose values would take the host 1.3 GB.
#[tokio::test]
async fn output_that_is_larger_as_values_than_the_guest_may_be() {
    let body = "
        (local $at i32)
        (drop (memory.grow (i32.const 700)))
        (memory.fill (i32.const 65536) (i32.const 0x30) (i32.const 41943041))
        (local.set $at (i32.const 65537))
        (loop $commas
            (i32.store8 (local.get $at) (i32.const 0x2c))
            (local.set $at (i32.add (local.get $at) (i32.const 2)))
            (br_if $commas (i32.lt_u (local.get $at) (i32.const 42008577))))
        (i32.store8 (i32.const 65535) (i32.const 0x5b))
        (i32.store8 (i32.const 42008577) (i32.const 0x5d))
        (i32.const 65535) (i32.const 41943043)";
    let error = core_failed("fuel=1000000000", body).await;
    assert_eq!(
        error.to_string(),
        "Out of resources: Memory limit 52428800 exceeded"
    );
}

#[tokio::test]
async fn output_that_has_a_member_twice() {
    let body = r#"
        (i64.store (i32.const 0) (i64.const 0x2c303a2261227b))
        (i64.store (i32.const 7) (i64.const 0x7d303a226122))
        (i32.const 0) (i32.const 13)"#;
    let error = core_failed("", body).await;
    assert!(
        matches!(
            &error,
            ToolError::ExecutionFailed(ExecutionFailure::Result(_))
        ),
        "{error}"
    );
}

#[tokio::test]
async fn the_environment_is_in_no_error() {
    let (tools, log) = registry();
    let granted = Granted::from(policy("")).given(|options| options.variable("SECRET", CANARY));
    tools
        .load("tool", crate::support::tool(), granted)
        .await
        .unwrap();
    for function in ["crash", "variable"] {
        let input = match function {
            "variable" => json!({"name": "SECRET"}),
            _ => json!({}),
        };
        match tools.call("tool", function, input).await {
            Ok(reply) => assert_eq!(reply.value, Value::Null),
            Err(error) => assert!(!said(&error).contains(CANARY)),
        }
    }
    assert!(!written(&log).contains(CANARY));
}

#[tokio::test]
async fn a_type_without_json() {
    let (tools, _) = registry();
    let component = wasm(
        r#"(component
            (type $r (resource (rep i32)))
            (export $res "res" (type $r))
            (core module $m (func (export "f") (param i32)))
            (core instance $i (instantiate $m))
            (func $f (param "r" (own $res)) (canon lift (core func $i "f")))
            (export "f" (func $f)))"#,
    );
    tools.load("resource", component, policy("")).await.unwrap();
    let error = tools
        .call("resource", "f", json!({"r": 1}))
        .await
        .unwrap_err();
    assert!(
        matches!(
            &error,
            ToolError::ExecutionFailed(ExecutionFailure::NotCallable(_))
        ),
        "{error}"
    );
}
