//! 88 to 91: how programs end that do not end by themselves.

use tollgate_client::types::ProcessSnapshotStatus;
use tollgate_tests::guests;

use crate::programs::status;
use crate::support::{Watch, allow_with, allowed, host, run, start, start_js};

#[tokio::test]
async fn s88_a_program_that_is_killed_ends_with_the_signals_number() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    for (process, signal, code) in [("a", "KILL", 137), ("b", "TERM", 143), ("c", "INT", 130)] {
        start(&vm, process, guests::ENDLESS_SLEEP, &[]).await;
        watch.wrote(process, "asleep").await;
        vm.kill(process, signal).await.unwrap();
        watch.ended(process).await.expect(code);
    }
    // One that computes as well as one that waits.
    start(&vm, "d", guests::ENDLESS, &[]).await;
    vm.kill("d", "SIGKILL").await.unwrap();
    watch.ended("d").await.expect(137);
    start_js(&vm, "e", "console.log('up'); setInterval(() => {}, 1000)").await;
    watch.wrote("e", "up").await;
    vm.kill("e", "SIGKILL").await.unwrap();
    watch.ended("e").await.expect(137);
}

#[tokio::test]
async fn s89_a_program_is_halted_and_goes_on() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::CAT, &[]).await;
    vm.kill("p1", "STOP").await.unwrap();
    assert_eq!(
        status(&vm, "p1").await,
        Some(ProcessSnapshotStatus::Stopped)
    );
    vm.write_stdin("p1", b"meanwhile").await.unwrap();
    vm.close_stdin("p1").await.unwrap();
    assert_eq!(
        status(&vm, "p1").await,
        Some(ProcessSnapshotStatus::Stopped)
    );
    vm.kill("p1", "CONT").await.unwrap();
    let ended = watch.ended("p1").await;
    assert_eq!(ended.expect(0).stdout, "meanwhile");
    // And one that is halted can be killed.
    start(&vm, "p2", guests::ENDLESS, &[]).await;
    vm.kill("p2", "STOP").await.unwrap();
    assert_eq!(
        status(&vm, "p2").await,
        Some(ProcessSnapshotStatus::Stopped)
    );
    vm.kill("p2", "KILL").await.unwrap();
    watch.ended("p2").await.expect(137);
}

/// The budget is of CPU time, so that a program may wait for as long as it likes.
#[tokio::test]
async fn s90_a_program_over_its_time_budget_is_ended() {
    let host = host().await;
    let vm = host
        .vm(&allow_with(r#""limits":{"resources":{"maxWasmFuel":300}}"#))
        .await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::CAT, &[]).await;
    start(&vm, "p2", guests::ENDLESS, &[]).await;
    watch.ended("p2").await.expect(124);
    vm.write_stdin("p1", b"waited").await.unwrap();
    vm.close_stdin("p1").await.unwrap();
    assert_eq!(watch.ended("p1").await.expect(0).stdout, "waited");
}

#[tokio::test]
async fn s91_a_program_that_breaks_breaks_nothing_else() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::CAT, &[]).await;
    for guest in [guests::TRAP, guests::RECURSION] {
        assert_eq!(run(&vm, guest, &[]).await.code, 1);
    }
    vm.write_stdin("p1", b"still here").await.unwrap();
    vm.close_stdin("p1").await.unwrap();
    assert_eq!(watch.ended("p1").await.expect(0).stdout, "still here");
}
