//! 81 to 87 and 92 to 95: programs, what they are called, and what they are given.

use std::time::{Duration, Instant};

use tollgate_client::types::{
    EventPayload, ExecuteRequest, GuestRuntimeKind, ProcessSnapshotStatus, StreamChannel,
};
use tollgate_client::{Client, Options, RefusalCode, Vm, command, program};
use tollgate_tests::{guests, scene};

use crate::files::errno;
use crate::support::{
    ALLOW, Raw, Watch, allow_with, allowed, host, refused, run, sidecar, soon, start, wasm,
};

/// How a program stands, if it is listed.
pub(crate) async fn status(vm: &Vm, process: &str) -> Option<ProcessSnapshotStatus> {
    let all = vm.process_snapshot().await.unwrap();
    let found = all.into_iter().find(|entry| entry.process_id == process);
    found.map(|entry| entry.status)
}

#[test]
fn s81_a_program_is_told_of_after_it_was_started() {
    use tollgate_client::types::{ProtocolFrame, RequestPayload, ResponsePayload};
    let mut raw = Raw::with_vm();
    let mut write = crate::support::fs_call(
        tollgate_client::types::GuestFilesystemOperation::WriteFile,
        "/tmp/hello.cjs",
    );
    write.content = Some("console.log('hello')".to_owned());
    let vm = crate::support::vm_of("vm-1");
    raw.ask(
        vm.clone(),
        RequestPayload::GuestFilesystemCallRequest(write),
    );
    for number in 0..20 {
        let process = format!("p{number}");
        let asked = program(&process, GuestRuntimeKind::JavaScript, "/tmp/hello.cjs");
        raw.others.clear();
        let answer = raw.ask(vm.clone(), RequestPayload::ExecuteRequest(asked));
        assert!(
            matches!(answer.payload, ResponsePayload::ProcessStartedResponse(_)),
            "{answer:?}"
        );
        let early = |frame: &ProtocolFrame| format!("{frame:?}").contains(&format!("{process:?}"));
        assert!(!raw.others.iter().any(early), "{:?}", raw.others);
    }
}

#[tokio::test]
async fn s82_a_program_ends_once_and_after_everything_that_it_wrote() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    let text = "x".repeat(300_000);
    start(&vm, "p1", guests::CAT, &[]).await;
    vm.write_stdin("p1", text.as_bytes()).await.unwrap();
    vm.close_stdin("p1").await.unwrap();
    let ended = watch.ended("p1").await;
    assert_eq!(ended.expect(0).stdout, text);
    assert!(ended.stderr.contains("read Ok(300000)"), "{}", ended.stderr);
    vm.dispose().await.unwrap();
    while watch.next().await.is_some() {}
    let exits = watch
        .seen
        .iter()
        .filter(|event| matches!(event, EventPayload::ProcessExitedEvent(_)));
    assert_eq!(exits.count(), 1);
    let last = watch
        .seen
        .iter()
        .rposition(|event| matches!(event, EventPayload::ProcessOutputEvent(_)));
    let exit = watch
        .seen
        .iter()
        .position(|event| matches!(event, EventPayload::ProcessExitedEvent(_)));
    assert!(last < exit, "{last:?} {exit:?}");
    assert_eq!(watch.written("p1", StreamChannel::Stdout), text);
}

#[tokio::test]
async fn s83_a_name_is_free_again_when_its_program_has_ended() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    let asked = wasm(&vm, "p1", guests::CAT, &[]).await;
    vm.execute(asked.clone()).await.unwrap();
    let message = refused(vm.execute(asked.clone()).await, RefusalCode::InvalidState);
    assert!(
        message.contains("already has an active process"),
        "{message}"
    );
    vm.close_stdin("p1").await.unwrap();
    watch.ended("p1").await.expect(0);
    vm.execute(asked).await.unwrap();
}

#[tokio::test]
async fn s84_input_is_taken_whole_and_by_programs_that_run() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::CAT, &[]).await;
    for bytes in [&b""[..], b"some", &[7; 70_000]] {
        assert_eq!(
            soon(vm.write_stdin("p1", bytes)).await.unwrap(),
            bytes.len() as u64
        );
    }
    vm.close_stdin("p1").await.unwrap();
    watch.ended("p1").await.expect(0);
    for process in ["none", "p1"] {
        refused(
            vm.write_stdin(process, b"x").await,
            RefusalCode::InvalidState,
        );
        refused(vm.close_stdin(process).await, RefusalCode::InvalidState);
        refused(vm.kill(process, "TERM").await, RefusalCode::InvalidState);
    }
}

#[tokio::test]
async fn s85_what_is_no_program_is_refused() {
    let (_host, vm) = allowed().await;
    let nothing = ExecuteRequest {
        command: None,
        ..command("p1", "", &[])
    };
    refused(vm.execute(nothing.clone()).await, RefusalCode::InvalidState);
    let half = ExecuteRequest {
        entrypoint: Some("/tmp/a.js".to_owned()),
        ..nothing.clone()
    };
    refused(vm.execute(half).await, RefusalCode::InvalidState);
    let half = ExecuteRequest {
        runtime: Some(GuestRuntimeKind::WebAssembly),
        ..nothing
    };
    refused(vm.execute(half).await, RefusalCode::InvalidState);
    let unknown = vm.execute(command("p1", "no-such-command", &[])).await;
    let message = refused(unknown, RefusalCode::InvalidState);
    assert!(
        message.contains("command not found on native sidecar path"),
        "{message}"
    );
}

#[tokio::test]
async fn s86_an_unknown_signal_does_nothing() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::ENDLESS_SLEEP, &[]).await;
    watch.wrote("p1", "asleep").await;
    for signal in ["SIGNONE", "99", "-1", "KILLER", "9x"] {
        let message = refused(vm.kill("p1", signal).await, RefusalCode::InvalidState);
        assert!(
            message.contains("unsupported kill_process signal"),
            "{message}"
        );
    }
    refused(vm.kill("p1", "").await, RefusalCode::InvalidState);
    assert_eq!(
        status(&vm, "p1").await,
        Some(ProcessSnapshotStatus::Running)
    );
}

#[tokio::test]
async fn s87_a_signal_has_several_names_and_0_disturbs_nobody() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    for (number, signal) in ["SIGTERM", "term", "15", " sigTERM "].iter().enumerate() {
        let process = format!("p{number}");
        start(&vm, &process, guests::ENDLESS_SLEEP, &[]).await;
        watch.wrote(&process, "asleep").await;
        vm.kill(&process, "0").await.unwrap();
        assert_eq!(
            status(&vm, &process).await,
            Some(ProcessSnapshotStatus::Running)
        );
        vm.kill(&process, signal).await.unwrap();
        watch.ended(&process).await.expect(143);
    }
}

#[tokio::test]
async fn s92_an_unknown_program_handles_no_signals() {
    let (_host, vm) = allowed().await;
    assert_eq!(vm.signal_state("none").await.unwrap(), []);
}

/// Its arguments may be told.
#[tokio::test]
async fn s93_a_program_that_has_ended_is_listed_for_a_while() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::EXIT, &["code", "3"]).await;
    watch.ended("p1").await.expect(3);
    let all = vm.process_snapshot().await.unwrap();
    let entry = all
        .iter()
        .find(|entry| entry.process_id == "p1")
        .expect("it is listed");
    assert_eq!(
        (entry.status, entry.exit_code),
        (ProcessSnapshotStatus::Exited, Some(3))
    );
    assert_eq!(
        (entry.ppid, entry.pgid, entry.sid),
        (0, entry.pid, entry.pid)
    );
    let ended = Instant::now();
    while status(&vm, "p1").await.is_some() {
        assert!(
            ended.elapsed() < Duration::from_secs(20),
            "it is still listed"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        ended.elapsed() > Duration::from_millis(500),
        "it was listed for a moment only"
    );
}

#[tokio::test]
async fn s94_one_program_more_than_may_run_is_refused() {
    let host = host().await;
    let vm = host
        .vm(&allow_with(r#""limits":{"resources":{"maxProcesses":1}}"#))
        .await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::ENDLESS_SLEEP, &[]).await;
    let asked = wasm(&vm, "p2", guests::HELLO, &[]).await;
    let message = refused(vm.execute(asked.clone()).await, RefusalCode::KernelError);
    assert!(message.starts_with("EAGAIN:"), "{message}");
    assert!(
        message.contains("maximum process limit reached"),
        "{message}"
    );
    vm.kill("p1", "KILL").await.unwrap();
    watch.ended("p1").await;
    vm.execute(asked).await.unwrap();
    watch.ended("p2").await.expect(0);
}

#[tokio::test]
async fn s95_a_guests_environment_is_the_vms() {
    let scene = scene!();
    let mut command = sidecar(&scene, &[]);
    command.env("TOLLGATE_TEST_SECRET", "of the host");
    let client = Client::spawn(command.into(), Options::default()).unwrap();
    let connection = soon(client.authenticate("tests", "")).await.unwrap();
    let session = connection.open_session().await.unwrap();
    let config = allow_with(r#""env":{"OF_THE_VM":"yes"}"#);
    let vm = session
        .create_vm(GuestRuntimeKind::WebAssembly, &config)
        .await
        .unwrap();
    let mut watch = Watch::over(&vm);
    let mut asked = wasm(&vm, "p1", guests::ENVIRON, &[]).await;
    asked
        .env
        .push(("OF_THE_PROGRAM".to_owned(), "too".to_owned()));
    vm.execute(asked).await.unwrap();
    let ended = watch.ended("p1").await;
    let ended = ended.expect(0);
    let names: Vec<&str> = ended
        .stdout
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|pair| pair.0)
        .collect();
    for name in ["HOME", "USER", "PATH", "PWD", "OF_THE_VM", "OF_THE_PROGRAM"] {
        assert!(names.contains(&name), "{name}: {}", ended.stdout);
    }
    assert!(
        !ended.stdout.contains("TOLLGATE_TEST_SECRET"),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains("XDG_CACHE_HOME"), "{}", ended.stdout);
    let root = scene.root().display().to_string();
    assert!(!ended.stdout.contains(&root), "{}", ended.stdout);
    // A VM that may read no variable has none of its own.
    let closed = ALLOW.replace(r#""env":"allow""#, r#""env":"deny""#);
    let closed = closed.replacen('{', r#"{"env":{"OF_THE_VM":"yes"},"#, 1);
    let vm = session
        .create_vm(GuestRuntimeKind::WebAssembly, &closed)
        .await
        .unwrap();
    let ended = run(&vm, guests::ENVIRON, &[]).await;
    assert!(!ended.stdout.contains("OF_THE_VM"), "{}", ended.stdout);
    errno(vm.read_file("/none").await, "ENOENT");
}
