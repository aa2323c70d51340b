//! Signals end a run, with a log that is whole.

use rustix::process::Signal;
use tollgate_tests::{guests, scene};

#[track_caller]
fn ended_by(signal: Signal, code: i32, guest: &str) {
    let scene = scene!();
    let mut running = scene.run(guest).flags(&["--limit", "wall=60s"]).start();
    let stdin = running.stdin.take();
    if guest == guests::ENDLESS_SLEEP {
        assert_eq!(running.line(), "asleep");
    } else {
        wait_for_the_log(&scene);
        std::thread::sleep(std::time::Duration::from_millis(1_500));
    }
    running.signal(signal);
    let finished = running.wait();
    drop(stdin);
    finished.expect(code);
    scene.verify("audit.log").expect(0);
    let records = scene.records("audit.log");
    let end = records
        .iter()
        .find(|record| record.operation == "run.end")
        .expect("the run's end is recorded");
    assert_eq!(
        (end.resource.clone(), end.outcome.as_str()),
        (format!("exit-code={code}"), "cancelled")
    );
    assert!(
        records
            .last()
            .is_some_and(|record| record.operation == "log.close"),
        "{records:#?}"
    );
}

fn wait_for_the_log(scene: &tollgate_tests::Scene) {
    for _ in 0..1_000 {
        if scene.path("audit.log.head").exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn an_interrupt_ends_a_run_with_130() {
    ended_by(Signal::INT, 130, guests::ENDLESS_SLEEP);
}

#[test]
fn i88_a_termination_ends_a_run_with_143() {
    ended_by(Signal::TERM, 143, guests::ENDLESS_SLEEP);
}

#[test]
fn an_interrupt_reaches_a_guest_that_computes() {
    ended_by(Signal::INT, 130, guests::ENDLESS);
}

#[test]
fn an_interrupt_reaches_a_guest_that_waits_for_input() {
    let scene = scene!();
    let mut running = scene.run(guests::FS_OPS).work().start();
    let _answer = running.ask("preopens");
    let stdin = running.stdin.take();
    running.signal(Signal::INT);
    let finished = running.wait();
    drop(stdin);
    finished.expect(130);
}
