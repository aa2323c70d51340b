//! What is no tool.

use serde_json::json;
use tollgate_plugins::{MOST_MODULE_BYTES, ToolError};

use crate::support::{ECHO, policy, registry, tool, wasm};

#[tokio::test]
async fn what_is_no_tool_is_refused_and_what_was_there_stays() {
    let (tools, _) = registry();
    tools.load("tool", wasm(ECHO), policy("")).await.unwrap();
    let component = tool();
    let cut = component[..component.len() / 2].to_vec();
    let beyond = usize::try_from(MOST_MODULE_BYTES).unwrap();
    let oversized = [wasm(ECHO), vec![0; beyond]].concat();
    let native = std::fs::read("/bin/sh").unwrap();
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("text", b"hello".to_vec()),
        ("cut off", cut),
        ("header only", b"\0asm\x01\0\0\0".to_vec()),
        ("no such version", b"\0asm\x07\0\0\0".to_vec()),
        ("native", native),
        ("oversized", oversized),
        (
            "no memory",
            wasm(
                "(module (func (export \"f\") (param i32 i32) (result i32 i32) local.get 0 local.get 1))",
            ),
        ),
        (
            "no function",
            wasm("(module (memory (export \"memory\") 1))"),
        ),
        (
            "unknown import",
            wasm(
                "(module (import \"env\" \"f\" (func)) (memory (export \"memory\") 1) (func (export \"f\") (param i32 i32) (result i32 i32) local.get 0 local.get 1))",
            ),
        ),
    ] {
        let error = tools.load("tool", bytes, policy("")).await.unwrap_err();
        assert!(
            matches!(
                error,
                ToolError::InstantiationFailed(_) | ToolError::ModuleTooLarge { .. }
            ),
            "{what}: {error}"
        );
        assert!(!error.to_string().is_empty());
        let still = tools.call("tool", "echo", json!(what)).await;
        assert_eq!(still.unwrap().value, json!(what));
    }
}

#[tokio::test]
async fn deep_json_is_an_error_and_no_overflow() {
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let error = tollgate_plugins::json::read(text.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("levels"), "{error}");
    // And where the guest gives it.
    let (tools, _) = registry();
    let deep = crate::support::module(
        "(memory.fill (i32.const 0) (i32.const 91) (i32.const 30000))
         (memory.fill (i32.const 30000) (i32.const 93) (i32.const 30000))
         i32.const 0 i32.const 60000",
    );
    tools.load("deep", deep, policy("")).await.unwrap();
    let error = tools.call("deep", "run", json!(1)).await.unwrap_err();
    assert!(matches!(error, ToolError::ExecutionFailed(_)), "{error}");
}
