//! What is given and granted, and what comes back.

use serde_json::{Value, json};
use tollgate_tests::{guests, scene};

use crate::support::{call, call_with, echo};

#[test]
fn the_result_is_one_line_and_what_the_guest_prints_is_not_in_it() {
    let scene = scene!();
    let finished = call(&scene, &[], &["echo", r#"{"text": "Grüße\n🌍"}"#]);
    assert_eq!(finished.expect(0).stdout, "\"Grüße\\n🌍\"\n");
    let said = call(&scene, &[], &["say", r#"{"text": "x"}"#]);
    assert_eq!(said.expect(0).stdout, "null\n");
    assert_eq!(said.stderr, "out x\nerr x\n");
}

#[test]
fn an_err_is_printed_and_ends_with_1() {
    let scene = scene!();
    let ok = call(
        &scene,
        &[],
        &["area", r#"{"of": {"circle": 1}, "how": ["rounded"]}"#],
    );
    assert_eq!(ok.expect(0).stdout, "{\"ok\":3.0}\n");
    let err = call(&scene, &[], &["area", r#"{"of": "nothing", "how": []}"#]);
    assert_eq!(err.expect(1).stdout, "{\"err\":\"nothing has no area\"}\n");
    assert_eq!(err.stderr, "");
}

#[test]
fn bytes_are_numbers_or_base64() {
    let scene = scene!();
    let numbers = call(&scene, &[], &["bytes", r#"{"of": [1, 2, 1]}"#]);
    assert_eq!(numbers.expect(0).stdout, "[[1,2],[2,1]]\n");
    let text = call(
        &scene,
        &["--bytes", "base64"],
        &["bytes", r#"{"of": "AQIB"}"#],
    );
    assert_eq!(text.expect(0).stdout, "[[1,2],[2,1]]\n");
    call(&scene, &[], &["bytes", r#"{"of": "AQIB"}"#]).expect(2);
}

#[test]
fn it_may_do_what_flags_grant_and_the_log_proves_it() {
    let scene = scene!();
    scene.write("work/file", "content");
    let dir = scene.dir(":ro");
    let log = scene.path("audit.log").display().to_string();
    let read = call(
        &scene,
        &["--dir", &dir, "--audit", &log],
        &["file", r#"{"path": "/work/file"}"#],
    );
    assert_eq!(read.expect(0).stdout, "{\"ok\":\"content\"}\n");
    scene.verify("audit.log").expect(0);
    let records = scene.records("audit.log");
    let of = |operation: &str| {
        records
            .iter()
            .filter(|record| record.operation == operation)
            .count()
    };
    assert_eq!((of("run.start"), of("run.end")), (1, 1));
    assert!(
        records
            .iter()
            .any(|record| record.resource.contains("/work/file"))
    );
    let denied = call(&scene, &[], &["file", r#"{"path": "/work/file"}"#]);
    assert!(denied.expect(1).stdout.starts_with("{\"err\":"));
    let variable = call(
        &scene,
        &["--env", "GREETING=hello"],
        &["variable", r#"{"name": "GREETING"}"#],
    );
    assert_eq!(variable.expect(0).stdout, "\"hello\"\n");
}

#[test]
fn a_ceiling_holds() {
    let scene = scene!();
    let ceiling = scene.write("ceiling.toml", "version = 1\n[limits]\nmemory = \"1MiB\"\n");
    let ceiling = ceiling.display().to_string();
    let finished = scene
        .tollgate([
            "--ceiling",
            &ceiling,
            "call",
            guests::TOOL,
            "swallow",
            r#"{"mebibytes": 2}"#,
        ])
        .run();
    finished.expect(125);
}

#[test]
fn a_core_module_is_called_too() {
    let scene = scene!();
    let echo = echo(&scene);
    for value in [json!(null), json!([1, "two", {"three": 3.5}])] {
        let text = value.to_string();
        let finished = scene.tollgate(["call", &echo, &text]).run();
        let given: Value = serde_json::from_str(&finished.expect(0).stdout).unwrap();
        assert_eq!(given, value);
    }
}

#[test]
fn input_comes_from_standard_input() {
    let scene = scene!();
    let input = format!("{{\"text\": \"{}\"}}", "x".repeat(200_000));
    let finished = call_with(&scene, &[], &["echo", "-"], &input);
    assert_eq!(finished.expect(0).stdout.len(), 200_003);
    let core = echo(&scene);
    let alone = scene.tollgate(["call", &core, "-"]).input("[1]").run();
    assert_eq!(alone.expect(0).stdout, "[1]\n");
}

#[test]
fn the_report_says_what_was_asked() {
    let scene = scene!();
    let dir = scene.dir("");
    let flags = ["--report=json", "--dir", &dir];
    let finished = call(
        &scene,
        &flags,
        &["file", r#"{"path": "/work/../etc/passwd"}"#],
    );
    finished.expect(1);
    let report: Value = serde_json::from_str(finished.stderr.trim()).unwrap();
    assert_eq!(report["ended"], "returned");
    assert!(
        report["operations"].to_string().contains("deny"),
        "{report}"
    );
}
