//! `--report`: what was asked, allowed and denied, and by which rule.

use tollgate_tests::{guests, scene};

#[test]
fn the_report_shows_each_operation_with_its_decision_and_rule() {
    let scene = scene!();
    scene.write("work/open", "content");
    scene.write("work/closed", "content");
    let flags = [
        "--report",
        "--dir",
        &scene.dir(""),
        "--deny-read",
        "/work/closed",
    ];
    let input = "open p0 open read f\nread f 100 0\nopen p0 closed read g\n";
    let finished = scene
        .run(guests::FS_OPS)
        .flags(&flags)
        .input(input)
        .finish();
    finished.expect(0);
    let row = |words: &[&str]| {
        finished.stderr.lines().any(|line| {
            let cells: Vec<&str> = line.split_whitespace().collect();
            cells.get(..words.len()) == Some(words)
        })
    };
    assert!(
        row(&["fs.read", "/work/open", "allowed", "flags:0"]),
        "{}",
        finished.stderr
    );
    assert!(
        row(&["fs.read", "/work/closed", "denied", "flags:1"]),
        "{}",
        finished.stderr
    );
    assert!(
        finished.stderr.contains("exit code 0"),
        "{}",
        finished.stderr
    );
    assert!(finished.stderr.contains("sha256:"), "{}", finished.stderr);
    assert!(
        !finished.stderr.contains('\u{1b}'),
        "no colours where there is no terminal: {:?}",
        finished.stderr
    );
    assert_eq!(
        finished.lines(),
        ["ok", "ok 7 end=false content", "error access"]
    );
}

#[test]
fn the_report_of_a_run_without_a_log_is_the_same() {
    let scene = scene!();
    let finished = scene
        .tollgate(["run", "--report", "--env", "GREETING=hi", guests::HELLO])
        .run();
    finished.expect(0);
    assert!(
        finished.stderr.contains("env.read") && finished.stderr.contains("GREETING"),
        "{}",
        finished.stderr
    );
    assert!(!finished.stderr.contains("hi\n"), "{}", finished.stderr);
}

#[test]
fn the_report_for_programs_is_one_object() {
    let scene = scene!();
    let finished = scene.run(guests::TRAP).flags(&["--report=json"]).finish();
    finished.expect(134);
    let line = finished
        .stderr
        .lines()
        .find(|line| line.starts_with('{'))
        .expect("one line of JSON");
    let report: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(report["exit_code"], 134);
    let operations = report["operations"].as_array().unwrap();
    assert!(
        operations
            .iter()
            .any(|row| row["operation"] == "stdio.write" && row["resource"] == "stdout"),
        "{report}"
    );
}

#[test]
fn a_refused_run_is_reported_too() {
    let scene = scene!();
    let file = scene.write("text.wasm", "(component)");
    let finished = scene.run(file).flags(&["--report"]).finish();
    finished.expect(126);
    assert!(
        finished.stderr.contains("0 allowed, 0 denied"),
        "{}",
        finished.stderr
    );
}
