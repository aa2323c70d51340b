//! Each code, with its category, message and details.

use serde_json::{Value, json};
use tollgate_tests::commands::{self, Then};
use tollgate_tests::guests;

use crate::support::{SECRET, Tools, request, request_with};

#[test]
fn an_answer_is_what_the_program_wrote() {
    let tools = Tools::new();
    let said = br#" {"b": [1, 2.5, null, "\u00e4"], "a": {}} 
"#;
    let path = tools.put_saying("say.wasm", said, Then::Exit(0));
    let answered = tools.ask(&request(&path));
    assert_eq!(answered.ok(), &json!({"b": [1, 2.5, null, "ä"], "a": {}}));
    assert_eq!(
        answered.finished.stdout,
        "{\"ok\":{\"b\":[1,2.5,null,\"ä\"],\"a\":{}}}\n"
    );
    assert!(answered.ended("ok"), "{:#?}", answered.records);
    let log = &answered.records;
    let is = |operation: &str, resource: &str, outcome: &str| {
        log.iter()
            .any(|owned| owned.record.is(operation, resource) && owned.record.outcome == outcome)
    };
    assert!(is("exec.call", "run_program_v1", "ok"), "{log:#?}");
    assert!(is("program.load", "/program/say.wasm", "ok"), "{log:#?}");
    assert!(is("run.start", "say.wasm", "ok"), "{log:#?}");
    assert!(is("exec.end", "ok", "ok"), "{log:#?}");
}

#[test]
fn a_component_and_a_core_module_read_their_input() {
    let tools = Tools::new();
    let input = json!({"secret": SECRET, "numbers": [1, -2, 0.5, 18_446_744_073_709_551_615_u64]});
    let component = tools.put("cat.wasm", std::fs::read(guests::CAT).unwrap());
    let module = tools.put_wat("echo", &commands::echo());
    for path in [component, module] {
        let asked = request_with(&path, &json!({"stdin_json": input}));
        assert_eq!(tools.ask(&asked).ok(), &input);
    }
}

#[test]
fn no_input_is_null() {
    let tools = Tools::new();
    let path = tools.put_wat("echo.wasm", &commands::echo());
    let asked = json!({"kind": "run_program_v1", "program_path": path});
    assert_eq!(tools.ask(&asked).ok(), &Value::Null);
}

#[test]
fn a_program_that_does_not_read_its_input_is_no_error() {
    let tools = Tools::new();
    let path = tools.put_saying("say.wasm", b"true", Then::Exit(0));
    let large = "x".repeat(1_000_000);
    let asked = request_with(&path, &json!({"stdin_json": large}));
    assert_eq!(tools.ask(&asked).ok(), &json!(true));
}

#[test]
fn exec_request_invalid() {
    let tools = Tools::new();
    let path = tools.put_saying("say.wasm", b"1", Then::Exit(0));
    let with = |members: Value| request_with(&path, &members);
    let whole = "timeout_ms must be a whole number above 0";
    let words = "argv must be a list of texts without NUL";
    let names = "env must map names to texts, without NUL and `=` in a name";
    let path_is = "program_path must be 1 to 4096 bytes without NUL";
    let cases = [
        (json!([1]), "exec request must be a JSON object"),
        (json!({"program_path": path}), "missing exec request kind"),
        (with(json!({"kind": 1})), "missing exec request kind"),
        (with(json!({"kind": "v2"})), "unsupported exec request kind"),
        (json!({"kind": "run_program_v1"}), "missing program_path"),
        (with(json!({"program_path": null})), "missing program_path"),
        (with(json!({"program_path": ""})), path_is),
        (with(json!({"program_path": "/a\0b"})), path_is),
        (with(json!({"program_path": "a".repeat(4_097)})), path_is),
        (with(json!({"argv": "a"})), words),
        (with(json!({"argv": ["a", 1]})), words),
        (with(json!({"argv": ["a", null]})), words),
        (with(json!({"argv": null})), words),
        (with(json!({"argv": ["a\0"]})), words),
        (
            with(json!({"argv": ["x".repeat(1 << 20)]})),
            "argv must have at most 1 MiB",
        ),
        (with(json!({"env": []})), names),
        (with(json!({"env": {"A": 1}})), names),
        (with(json!({"env": {"": "b"}})), names),
        (with(json!({"env": {"A=": "b"}})), names),
        (
            with(json!({"env": {"A": "x".repeat(1 << 20)}})),
            "env must have at most 1 MiB",
        ),
        (with(json!({"timeout_ms": 0})), whole),
        (with(json!({"timeout_ms": -1})), whole),
        (with(json!({"timeout_ms": 1.5})), whole),
        (with(json!({"timeout_ms": "5"})), whole),
        (with(json!({"timeout_ms": null})), whole),
        (
            with(json!({"timeout": 5})),
            "exec request has an unknown member",
        ),
    ];
    for (asked, message) in cases {
        let finished = tools.program(&[], asked.to_string()).run();
        tools.answered(&finished).refused(
            "exec_request_invalid",
            "ParsingInput",
            message,
            Value::Null,
        );
    }
    for input in ["", "{", SECRET, "{} {}", "\u{feff}{}"] {
        let finished = tools.program(&[], input).run();
        let message = "exec request must be a JSON object";
        tools.answered(&finished).refused(
            "exec_request_invalid",
            "ParsingInput",
            message,
            Value::Null,
        );
    }
}

#[test]
fn exec_program_not_allowed() {
    let tools = Tools::new();
    let path = tools.put_saying("say.wasm", b"1", Then::Exit(0));
    let message = "program_path is not allowed by policy";
    let nowhere = tools.bare(&[], request(&path).to_string()).run();
    for answered in [
        tools.answered(&nowhere),
        tools.ask(&request("/etc/passwd")),
        tools.ask(&request("/no/such/file")),
        tools.ask(&request("say.wasm")),
    ] {
        answered.refused("exec_program_not_allowed", "Unknown", message, Value::Null);
    }
}

#[test]
fn the_policy_can_forbid_a_program() {
    let tools = Tools::new();
    let path = tools.put_saying("say.wasm", b"1", Then::Exit(0));
    let policy = "version = 1\n[program]\ndefault = \"deny\"\n";
    let policy = tools.scene.write("no.toml", policy).display().to_string();
    let answered = tools.asked(&["--policy", &policy], &request(&path));
    assert_eq!(answered.code(), "exec_program_not_allowed");
    let denied = |owned: &tollgate_tests::Owned| {
        owned.record.is("program.load", "/program/say.wasm") && owned.record.decision == "deny"
    };
    assert!(
        answered.records.iter().any(denied),
        "{:#?}",
        answered.records
    );
}

#[test]
fn exec_program_missing() {
    let tools = Tools::new();
    let message = "program_path does not exist";
    let file = tools.put("say.wasm", b"\0asm");
    for path in [
        tools.named("none.wasm"),
        tools.named("a/b/c"),
        format!("{file}/x"),
        format!("{file}/"),
    ] {
        let answered = tools.ask(&request(&path));
        answered.refused("exec_program_missing", "Unknown", message, Value::Null);
    }
}

#[test]
fn exec_program_not_executable() {
    let tools = Tools::new();
    std::fs::create_dir(tools.scene.path("tools/folder.js")).unwrap();
    let message = "program_path is not executable";
    for path in [
        tools.named("folder.js"),
        tools.put("text", SECRET),
        tools.put("script.sh", "#!/bin/sh\necho 1\n"),
        tools.put("native", b"\x7fELF\x02\x01\x01"),
        tools.put("empty.wasm", b""),
    ] {
        let answered = tools.ask(&request(&path));
        answered.refused(
            "exec_program_not_executable",
            "Unknown",
            message,
            Value::Null,
        );
    }
}

#[test]
fn exec_spawn_failed() {
    let tools = Tools::new();
    let large = tools.put("large.wasm", b"\0asm\x0d\0\x01\0");
    let file = std::fs::File::options().write(true).open(&large).unwrap();
    file.set_len((128 << 20) + 1).unwrap();
    for (path, reason) in [
        (large, "too-large"),
        (
            tools.put("broken.wasm", b"\0asm\x0d\0\x01\0\xff\xff"),
            "invalid",
        ),
        (tools.put_wat("library.wasm", "(component)"), "invalid"),
        (
            tools.put(
                "stranger.wasm",
                std::fs::read(guests::UNKNOWN_IMPORT).unwrap(),
            ),
            "invalid",
        ),
    ] {
        let answered = tools.ask(&request(&path));
        let details = json!({"program_path": path, "reason": reason});
        answered.refused(
            "exec_spawn_failed",
            "Unknown",
            "failed to spawn program",
            details,
        );
    }
}

#[test]
fn exec_stdin_too_large() {
    let tools = Tools::new();
    let path = tools.put_wat("echo.wasm", &commands::echo());
    // With its quotes the first is as long as may be.
    let most = "x".repeat((1 << 20) - 2);
    let asked = request_with(&path, &json!({"stdin_json": most}));
    assert_eq!(tools.ask(&asked).ok(), &json!(most));
    let asked = request_with(&path, &json!({"stdin_json": most + "x"}));
    let details = json!({
        "program_path": path, "max_stdin_bytes": 1_048_576, "stdin_bytes": 1_048_577,
    });
    let message = "stdin_json exceeded maximum size";
    tools
        .ask(&asked)
        .refused("exec_stdin_too_large", "ParsingInput", message, details);
    // The program comes first.
    let asked = request_with(
        &tools.named("none"),
        &json!({"stdin_json": "x".repeat(1 << 20)}),
    );
    assert_eq!(tools.ask(&asked).code(), "exec_program_missing");
}

#[test]
fn exec_stdin_write_failed() {
    let tools = Tools::new();
    let path = tools.put_saying("say.wasm", b"1", Then::Exit(0));
    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdin\"]\n";
    let policy = tools.scene.write("mute.toml", policy).display().to_string();
    let answered = tools.asked(&["--policy", &policy], &request(&path));
    let details = json!({"program_path": path, "io_error_kind": "PermissionDenied"});
    let message = "failed to write program stdin";
    answered.refused("exec_stdin_write_failed", "Unknown", message, details);
}

#[test]
fn exec_failed_by_a_code() {
    let tools = Tools::new();
    for code in [1_u8, 3, 127, 255] {
        // What it wrote is no answer, however good it looks.
        let path = tools.put_saying("say.wasm", b"1", Then::Exit(code.into()));
        let answered = tools.ask(&request(&path));
        let details = json!({"program_path": path, "exit_code": code, "signal": null});
        let message = "program exited with non-zero status";
        answered.refused("exec_failed", "Unknown", message, details);
    }
}

#[test]
fn exec_failed_by_a_trap() {
    let tools = Tools::new();
    let path = tools.put_saying("say.wasm", b"1", Then::Trap);
    let answered = tools.ask(&request(&path));
    let details = json!({
        "program_path": path, "exit_code": null, "signal": null, "reason": "trap",
    });
    answered.refused(
        "exec_failed",
        "Unknown",
        "program execution failed",
        details,
    );
}

#[test]
fn exec_failed_by_limits() {
    let tools = Tools::new();
    let grow = tools.put_saying("grow.wasm", b"1", Then::Grow);
    let endless = tools.put_saying("endless.wasm", b"1", Then::Loop);
    for (path, limit, flag) in [
        (&endless, "cpu", "cpu=300ms"),
        (&endless, "fuel", "fuel=1000000"),
        (&grow, "memory", "memory=32MiB"),
        (&grow, "output", "output=4"),
    ] {
        let answered = tools.asked(&["--limit", flag], &request(path));
        let details = json!({
            "program_path": path, "exit_code": null, "signal": null, "reason": "limit", "limit": limit,
        });
        answered.refused(
            "exec_failed",
            "Unknown",
            "program execution failed",
            details,
        );
    }
}

#[test]
fn exec_stdout_invalid_json() {
    let tools = Tools::new();
    let nested = "[".repeat(100_000);
    let half = nested.len() / 2;
    for said in [
        &b""[..],
        SECRET.as_bytes(),
        b"1 2",
        b"{\"a\":}",
        b"\"\xff\"",
        b"{\"a\":1}\n\0",
        b"\xef\xbb\xbf1",
        b"NaN",
        &nested.as_bytes()[..half],
    ] {
        let path = tools.put_saying("say.wasm", said, Then::Exit(0));
        let answered = tools.ask(&request(&path));
        let message = "program stdout was not valid JSON";
        answered.refused(
            "exec_stdout_invalid_json",
            "ParsingInput",
            message,
            Value::Null,
        );
    }
}

#[test]
fn exec_stdout_too_large() {
    says_too_much(1, "stdout");
}

#[test]
fn exec_stderr_too_large() {
    says_too_much(2, "stderr");
}

fn says_too_much(descriptor: u32, name: &str) {
    let tools = Tools::new();
    let text = commands::flood(descriptor, SECRET.as_bytes());
    let path = tools.put_wat("flood.wasm", &text);
    let answered = tools.ask(&request(&path));
    let error = &answered.answer["error"];
    assert_eq!(answered.code(), format!("exec_{name}_too_large"));
    assert_eq!(error["category"], "Unknown");
    let message = format!("program {name} exceeded maximum size");
    assert_eq!(error["message"], message);
    let details = error["details"].as_object().unwrap();
    assert_eq!(details.len(), 3);
    assert_eq!(details["program_path"], path);
    assert_eq!(details[&format!("max_{name}_bytes")], 1_048_576);
    let bytes = details[&format!("{name}_bytes")].as_u64().unwrap();
    // It is ended where it says too much, and not when it has said all.
    assert!((1_048_577..4 << 20).contains(&bytes), "{bytes}");
    assert!(answered.ended("killed"), "{:#?}", answered.records);
}
