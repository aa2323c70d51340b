//! Many requests, one a line.

use serde_json::{Value, json};
use tollgate_tests::commands::{self, Then};

use crate::support::{SECRET, Tools, request, request_with};

fn answers(stdout: &str) -> Vec<Value> {
    let lines = stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_line_has_an_answer_in_its_order() {
    let tools = Tools::new();
    let echo = tools.put_wat("echo.wasm", &commands::echo());
    let fails = tools.put_saying("fails.wasm", b"1", Then::Exit(9));
    let number = |number: u32| request_with(&echo, &json!({"stdin_json": number})).to_string();
    let lines = [
        number(1),
        request(&fails).to_string(),
        String::new(),
        number(2),
        SECRET.to_owned(),
        request(&tools.named("none")).to_string(),
        // Longer than a line may be.
        format!("\"{}\"", SECRET.repeat(1 << 20)),
        number(3),
        request("/etc/passwd").to_string(),
        "[".repeat(100_000),
        // The last has no end.
        number(4),
    ];
    let finished = tools.program(&["--json-lines"], lines.join("\n")).run();
    finished.expect(0);
    assert!(!finished.stdout.contains(SECRET) && !finished.stderr.contains(SECRET));
    let answers = answers(&finished.stdout);
    let said = |answer: &Value| match answer.get("ok") {
        Some(value) => value.to_string(),
        None => answer["error"]["code"].as_str().unwrap().to_owned(),
    };
    let said: Vec<_> = answers.iter().map(said).collect();
    assert_eq!(
        said,
        [
            "1",
            "exec_failed",
            "exec_request_invalid",
            "2",
            "exec_request_invalid",
            "exec_program_missing",
            "exec_request_invalid",
            "3",
            "exec_program_not_allowed",
            "exec_request_invalid",
            "4",
        ]
    );
    let message = "exec request must have at most 8 MiB";
    assert_eq!(answers[6]["error"]["message"], message);
    tools.records();
}

#[test]
fn no_line_has_no_answer() {
    let tools = Tools::new();
    let finished = tools.program(&["--json-lines"], "").run();
    finished.expect(0);
    assert_eq!(finished.stdout, "");
}

#[test]
fn a_line_is_answered_before_the_next_one_is_there() {
    let tools = Tools::new();
    let echo = tools.put_wat("echo.wasm", &commands::echo());
    let mut running = tools.program(&["--json-lines"], "").start();
    for number in 0..3 {
        let asked = request_with(&echo, &json!({"stdin_json": number})).to_string();
        let answer: Value = serde_json::from_str(&running.ask(&asked)).unwrap();
        assert_eq!(answer, json!({"ok": number}));
    }
    running.wait().expect(0);
}
