//! Loading, listing, replacing and unloading.

use std::io::Write as _;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde_json::json;
use tollgate_plugins::{Calling, InstantiationFailure, MOST_COMPONENT_BYTES, ToolError};

use crate::support::{ECHO, module, policy, registry, wasm, with_tool};

#[tokio::test]
async fn tools_are_loaded_listed_and_unloaded_by_name() {
    let (tools, _) = registry();
    assert!(tools.list().is_empty());
    for name in ["b", "a"] {
        tools.load(name, wasm(ECHO), policy("")).await.unwrap();
    }
    assert_eq!(tools.list(), ["a", "b"]);
    assert!(tools.unload("a"));
    assert!(!tools.unload("a"));
    assert!(!tools.unload("../a"));
    assert_eq!(tools.list(), ["b"]);
    let error = tools.call("a", "echo", json!(1)).await.unwrap_err();
    assert_eq!(error.to_string(), "WASM module 'a' not found");
    assert_eq!(
        tools.call("b", "echo", json!(1)).await.unwrap().value,
        json!(1)
    );
}

#[tokio::test]
async fn a_name_is_a_bare_identifier() {
    let (tools, _) = registry();
    for name in ["", "a/b", "a\\b", "..", "a..b", "a\0b", &"x".repeat(300)] {
        let error = tools.load(name, wasm(ECHO), policy("")).await.unwrap_err();
        assert!(
            matches!(
                error,
                ToolError::InstantiationFailed(InstantiationFailure::Name(_))
            ),
            "{name:?}: {error}"
        );
    }
    assert!(tools.list().is_empty());
}

#[tokio::test]
async fn a_file_lies_beneath_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir_all(inner.join("deep")).unwrap();
    std::fs::write(inner.join("deep/echo.wasm"), wasm(ECHO)).unwrap();
    std::fs::write(folder.path().join("outside.wasm"), wasm(ECHO)).unwrap();
    std::os::unix::fs::symlink("deep/echo.wasm", inner.join("within.wasm")).unwrap();
    std::os::unix::fs::symlink("../outside.wasm", inner.join("out.wasm")).unwrap();
    let dir = Dir::open_ambient_dir(&inner, ambient_authority()).unwrap();
    let (tools, _) = registry();
    let load = async |path: &str| tools.load_file("echo", &dir, path, policy("")).await;
    for path in ["deep/echo.wasm", "within.wasm", "./deep/echo.wasm"] {
        load(path).await.unwrap();
        let called = tools.call("echo", Calling::default(), json!([1])).await;
        assert_eq!(called.unwrap().value, json!([1]));
    }
    let outside = folder.path().join("outside.wasm");
    for path in [
        "../outside.wasm",
        "deep/../../outside.wasm",
        "out.wasm",
        outside.to_str().unwrap(),
        "none.wasm",
        "deep",
        "",
    ] {
        let error = load(path).await.unwrap_err();
        assert!(
            matches!(error, ToolError::InstantiationFailed(_)),
            "{path}: {error}"
        );
        let root = folder.path().to_str().unwrap();
        assert!(!error.to_string().contains(root), "{error}");
    }
    // What was loaded before is still there.
    assert_eq!(tools.list(), ["echo"]);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::fs::File::create(folder.path().join("large.wasm")).unwrap();
    file.write_all(b"\0asm\x0d\0\x01\0").unwrap();
    file.set_len(MOST_COMPONENT_BYTES + 1).unwrap();
    let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
    let (tools, _) = registry();
    let error = tools
        .load_file("large", &dir, "large.wasm", policy(""))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Module too large: 67108865 bytes exceeds limit of 67108864 bytes"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tool_is_replaced_while_calls_of_it_go_on() {
    let one = module("(i32.store8 (i32.const 0) (i32.const 49)) i32.const 0 i32.const 1");
    let two = module("(i32.store8 (i32.const 0) (i32.const 50)) i32.const 0 i32.const 1");
    let (tools, _) = registry();
    tools.load("tool", one.clone(), policy("")).await.unwrap();
    let mut callers = Vec::new();
    for _ in 0..4 {
        let tools = tools.clone();
        callers.push(tokio::spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..200 {
                let called = tools.call("tool", "run", json!({})).await;
                seen.push(called.unwrap().value);
            }
            seen
        }));
    }
    for round in 0..20 {
        let next = if round % 2 == 0 { &two } else { &one };
        tools.load("tool", next.clone(), policy("")).await.unwrap();
    }
    for caller in callers {
        let seen = caller.await.unwrap();
        assert!(
            seen.iter()
                .all(|value| *value == json!(1) || *value == json!(2))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_on_when_its_tool_is_unloaded() {
    let (tools, _) = with_tool("wall=1s").await;
    let called = tokio::spawn({
        let tools = tools.clone();
        async move { tools.call("tool", "spin", json!({})).await }
    });
    while !tools.unload("tool") {
        tokio::task::yield_now().await;
    }
    let error = called.await.unwrap().unwrap_err();
    // It began before the tool was gone, or found that it was.
    assert!(
        matches!(
            error,
            ToolError::TimedOut { .. } | ToolError::ModuleNotFound(_)
        ),
        "{error}"
    );
    assert!(tools.list().is_empty());
}
