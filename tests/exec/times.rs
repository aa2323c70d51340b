//! The time that a program has, and that it is gone when that is over.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;
use tollgate_tests::commands::Then;
use tollgate_tests::{Owned, guests};

use crate::support::{Answered, SECRET, Tools, request, request_with};

/// Has the programs compiled, whose time is to be that of their runs.
fn compiled(tools: &Tools, paths: &[&str]) {
    for path in paths {
        let command = tools
            .scene
            .tollgate(["compile", path])
            .env("XDG_CACHE_HOME", tools.cache());
        command.run().expect(0);
    }
}

fn gone(answered: &Answered) -> bool {
    let ended = |owned: &Owned| owned.record.operation == "run.end";
    let begun = |owned: &Owned| owned.record.operation == "run.start";
    let records = &answered.records;
    // Its end was recorded before the answer was.
    let at = |is: &dyn Fn(&Owned) -> bool| records.iter().position(is);
    let told = at(&|owned: &Owned| owned.record.operation == "exec.end");
    match (at(&begun), at(&ended), told) {
        (Some(begun), Some(ended), Some(told)) => begun < ended && ended < told,
        _ => false,
    }
}

#[test]
fn exec_timeout() {
    let tools = Tools::new();
    let endless = tools.put_saying("endless.wasm", SECRET.as_bytes(), Then::Loop);
    let asleep = tools.put("asleep.wasm", std::fs::read(guests::ENDLESS_SLEEP).unwrap());
    compiled(&tools, &[&endless, &asleep]);
    for path in [&endless, &asleep] {
        let asked = request_with(path, &json!({"timeout_ms": 300}));
        let answered = tools.ask(&asked);
        let details = json!({"program_path": path, "timeout_ms": 300});
        let message = "program execution timed out";
        answered.refused("exec_timeout", "Unknown", message, details);
        let wall = answered.finished.wall;
        assert!(wall >= Duration::from_millis(300), "{wall:?}");
        assert!(
            wall < Duration::from_millis(300) + Duration::from_secs(2),
            "{wall:?}"
        );
        assert!(gone(&answered), "{:#?}", answered.records);
        assert!(answered.ended("killed"), "{:#?}", answered.records);
    }
}

#[test]
fn the_policys_time_is_a_timeout_too_and_says_which_time_it_had() {
    let tools = Tools::new();
    let path = tools.put_saying("endless.wasm", b"1", Then::Loop);
    compiled(&tools, &[&path]);
    let answered = tools.asked(&["--limit", "wall=400ms"], &request(&path));
    let details = json!({"program_path": path, "timeout_ms": 400});
    let message = "program execution timed out";
    answered.refused("exec_timeout", "Unknown", message, details);
    assert!(gone(&answered), "{:#?}", answered.records);
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    let tools = Tools::new();
    let path = tools.put_saying("say.wasm", b"1", Then::Exit(0));
    for time in [json!(60_000.0), json!(u64::MAX)] {
        let asked = request_with(&path, &json!({"timeout_ms": time}));
        assert_eq!(tools.ask(&asked).ok(), &json!(1));
    }
}

#[test]
fn a_signal_ends_the_command_with_its_program() {
    let tools = Tools::new();
    let path = tools.put_saying("endless.wasm", b"1", Then::Loop);
    compiled(&tools, &[&path]);
    let mut running = tools.program(&["--json-lines"], "").start();
    running.tell(&request(&path).to_string());
    let log = tools.scene.path("audit.log");
    let begun = || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("run.start"));
    for _ in 0..2_000 {
        if begun() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    running.signal(Signal::INT);
    let finished = running.wait();
    finished.expect(130);
    assert_eq!(finished.stdout, "");
    let records = tools.records();
    let cancelled = |operation: &str| {
        let is = |owned: &Owned| {
            owned.record.operation == operation && owned.record.outcome == "cancelled"
        };
        records.iter().any(is)
    };
    assert!(
        cancelled("run.end") && cancelled("exec.end"),
        "{records:#?}"
    );
}
