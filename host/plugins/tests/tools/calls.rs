//! What is given, and what comes back.

use serde_json::{Value, json};
use tollgate::policy::{Mode, PolicyBuilder, Scope};
use tollgate_plugins::{BytesAs, Calling, Reply, ToolError};

use crate::support::{ECHO, policy, registry, tool, wasm, with_tool};

fn reply(value: Value) -> Reply {
    Reply {
        value,
        is_err: false,
    }
}

#[tokio::test]
async fn a_component_is_called_by_its_types() {
    let (tools, _) = with_tool("").await;
    let call = async |function: &str, input: Value| tools.call("tool", function, input).await;
    for (function, input, output) in [
        ("echo", json!({"text": "Grüße 🌍"}), json!("Grüße 🌍")),
        (
            "area",
            json!({"of": {"circle": 2}, "how": ["rounded"]}),
            json!({"ok": 13.0}),
        ),
        (
            "area",
            json!({"of": {"rectangle": [{"x": 0, "y": 0}, {"x": -2, "y": 3}]}, "in": "metre", "how": ["absolute"]}),
            json!({"ok": 6.0}),
        ),
        ("middle", json!({"points": []}), Value::Null),
        (
            "example:tools/shapes.middle@1.0.0",
            json!({"points": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}),
            json!({"x": 2.0, "y": 3.0}),
        ),
        ("shapes.middle", json!({"points": []}), Value::Null),
        ("bytes", json!({"of": [1, 2, 1]}), json!([[1, 2], [2, 1]])),
        ("say", json!({"text": "hello"}), Value::Null),
    ] {
        assert_eq!(
            call(function, input).await.unwrap(),
            reply(output),
            "{function}"
        );
    }
    let refused = call("area", json!({"of": "nothing", "how": []}))
        .await
        .unwrap();
    assert_eq!(refused.value, json!({"err": "nothing has no area"}));
    assert!(refused.is_err);
    let calling = Calling {
        function: Some("bytes"),
        bytes: BytesAs::Base64,
    };
    let counted = tools.call("tool", calling, json!({"of": "AQIB"})).await;
    assert_eq!(counted.unwrap().value, json!([[1, 2], [2, 1]]));
}

#[tokio::test]
async fn a_core_module_takes_json_at_the_beginning_of_its_memory() {
    let (tools, log) = registry();
    tools.load("echo", wasm(ECHO), policy("")).await.unwrap();
    let only = Calling::default();
    for value in [
        json!(null),
        json!({"text": "Grüße", "list": [1, 2.5, true]}),
        json!("x".repeat(60_000)),
    ] {
        let given = tools.call("echo", only, value.clone()).await.unwrap();
        assert_eq!(given, reply(value));
    }
    let records = log.recent();
    assert!(records.iter().any(|record| record.operation == "run.end"));
}

#[tokio::test]
async fn a_call_may_do_what_is_granted_and_the_log_says_what_it_did() {
    let (tools, log) = registry();
    let mut builder = PolicyBuilder::new();
    builder.command_line_defaults();
    builder.rule(Scope::Env, Mode::Allow, "GREETING").unwrap();
    let granted = tollgate_plugins::Granted::from(builder.build().unwrap()).given(|options| {
        options
            .variable("GREETING", "hello")
            .variable("OTHER", "no")
    });
    tools.load("tool", tool(), granted).await.unwrap();
    let ask = async |name: &str| {
        let asked = tools
            .call("tool", "variable", json!({ "name": name }))
            .await;
        asked.unwrap().value
    };
    assert_eq!(ask("GREETING").await, json!("hello"));
    assert_eq!(ask("OTHER").await, Value::Null);
    let read = tools
        .call("tool", "file", json!({"path": "/etc/passwd"}))
        .await;
    assert!(read.unwrap().is_err);
    let records = log.recent();
    let begun = records
        .iter()
        .filter(|record| record.operation == "run.start");
    let runs: std::collections::BTreeSet<_> = begun.map(|record| &record.run).collect();
    assert_eq!(runs.len(), 3, "each call is a run of its own");
    assert!(
        records
            .iter()
            .any(|record| record.operation == "run.start" && record.resource == "tool")
    );
}

#[tokio::test]
async fn every_call_begins_with_nothing_of_the_last() {
    let (tools, _) = registry();
    // Counts in its memory, behind what is written there.
    let counts = wasm(
        r#"(module
            (memory (export "memory") 1)
            (func (export "count") (param i32 i32) (result i32 i32)
                (i32.store8 (i32.const 1000) (i32.add (i32.const 49) (i32.load8_u (i32.const 1001))))
                (i32.store8 (i32.const 1001) (i32.const 1))
                i32.const 1000 i32.const 1))"#,
    );
    tools.load("counts", counts, policy("")).await.unwrap();
    for _ in 0..3 {
        let counted = tools.call("counts", "count", json!({})).await.unwrap();
        assert_eq!(counted.value, json!(1));
    }
}

#[tokio::test]
async fn the_only_function_needs_no_name_and_one_of_several_does() {
    let (tools, _) = with_tool("").await;
    let none = Calling::default();
    let error = tools.call("tool", none, json!({})).await.unwrap_err();
    let ToolError::ExecutionFailed(failure) = error else {
        panic!("{error}");
    };
    assert!(failure.to_string().contains("echo"), "{failure}");
}

#[tokio::test]
async fn functions_are_listed_with_signatures_and_schemas() {
    let (tools, _) = with_tool("").await;
    let tool = tools.get("tool").unwrap();
    let grants = tool.grants(policy("")).unwrap();
    let listed = tool
        .functions(tollgate::RunOptions::new(&grants))
        .await
        .unwrap();
    let area = listed
        .iter()
        .find(|function| function.name == "example:tools/shapes.area@1.0.0")
        .unwrap();
    assert_eq!(
        area.signature,
        "area: func(of: shape, in: option<unit>, how: how) -> result<f64, string>"
    );
    assert_eq!(area.input["type"], "object");
    assert_eq!(area.input["required"], json!(["of", "how"]));
    assert!(
        area.types
            .iter()
            .any(|text| text.starts_with("variant shape"))
    );
    let echo = wasm(ECHO);
    tools.load("echo", echo, policy("")).await.unwrap();
    let echo = tools.get("echo").unwrap();
    let grants = echo.grants(policy("")).unwrap();
    let listed = echo
        .functions(tollgate::RunOptions::new(&grants))
        .await
        .unwrap();
    assert_eq!(listed[0].signature, "echo: func(json) -> json");
}
