//! Signals that a program handles itself.

use tollgate_client::Vm;
use tollgate_client::types::{SignalDispositionAction, SignalHandlerRegistration};

use crate::support::{Watch, allowed, refused, soon, start_js};

/// The signals that a program handles.
async fn handled(vm: &Vm, process: &str) -> Vec<u32> {
    let state = soon(vm.signal_state(process)).await.unwrap();
    let user = |registration: &SignalHandlerRegistration| {
        registration.action == SignalDispositionAction::User
            && registration.mask.is_empty()
            && registration.flags == 0
    };
    assert!(
        state.iter().all(|(_, registration)| user(registration)),
        "{state:?}"
    );
    state.iter().map(|(signal, _)| *signal).collect()
}

#[tokio::test]
async fn a_program_handles_a_signal_and_goes_on() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    let program = "
        process.on('SIGTERM', (name, number) => console.log('got', name, number));
        process.on('SIGUSR2', () => console.log('another'));
        process.once('SIGINT', () => console.log('once'));
        setInterval(() => {}, 1000);
        console.log('up');";
    start_js(&vm, "p", program).await;
    watch.wrote("p", "up").await;
    assert_eq!(handled(&vm, "p").await, [2, 12, 15]);
    for (signal, text) in [
        ("TERM", "got SIGTERM 15"),
        ("12", "another"),
        ("SIGINT", "once"),
    ] {
        soon(vm.kill("p", signal)).await.unwrap();
        watch.wrote("p", text).await;
    }
    // Who listened once lets the signal do what it does.
    assert_eq!(handled(&vm, "p").await, [12, 15]);
    soon(vm.kill("p", "SIGINT")).await.unwrap();
    watch.ended("p").await.expect(130);
    assert_eq!(handled(&vm, "p").await, [0; 0]);
}

#[tokio::test]
async fn a_signal_that_is_handled_comes_to_a_program_that_was_halted() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    let program = "
        process.on('SIGHUP', () => console.log('hung up'));
        process.on('SIGCONT', () => { console.log('goes on'); });
        setInterval(() => {}, 1000);
        console.log('up');";
    start_js(&vm, "p", program).await;
    watch.wrote("p", "up").await;
    soon(vm.kill("p", "STOP")).await.unwrap();
    soon(vm.kill("p", "HUP")).await.unwrap();
    soon(vm.kill("p", "HUP")).await.unwrap();
    soon(vm.kill("p", "CONT")).await.unwrap();
    watch.wrote("p", "hung up").await;
    watch.wrote("p", "goes on").await;
    soon(vm.kill("p", "KILL")).await.unwrap();
    let ended = watch.ended("p").await;
    assert_eq!(ended.expect(137).stdout, "up\nhung up\ngoes on\n");
}

/// It does not keep a program alive, and what nobody may handle is refused.
#[tokio::test]
async fn listening_for_signals_is_as_in_node() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    let program = "
        process.on('SIGTERM', () => {});
        try { process.on('SIGKILL', () => {}); } catch (error) { console.log(error.message, error.code); }
        process.on('SIGNALS', () => {});
        console.log('done');";
    start_js(&vm, "p", program).await;
    let ended = watch.ended("p").await;
    assert_eq!(
        ended.expect(0).stdout,
        "uv_signal_start EINVAL EINVAL\ndone\n"
    );
    let own = "
        process.once('SIGUSR1', (name) => { console.log(name); process.kill(process.pid, 'SIGTERM'); });
        process.kill(process.pid, 'SIGCHLD');
        process.kill(process.pid, 'SIGUSR1');
        setInterval(() => {}, 1000);";
    start_js(&vm, "own", own).await;
    let ended = watch.ended("own").await;
    assert_eq!(ended.expect(143).stdout, "SIGUSR1\n");
}

/// A program that will not end is ended with its VM, after a moment for its last words.
#[tokio::test]
async fn a_vm_that_is_disposed_of_gives_its_programs_a_moment() {
    let (host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    let polite = "
        process.on('SIGTERM', () => { console.log('goodbye'); process.exit(7); });
        setInterval(() => {}, 1000);
        console.log('up');";
    let stubborn = "
        process.on('SIGTERM', () => console.log('no'));
        setInterval(() => {}, 1000);
        console.log('up');";
    start_js(&vm, "polite", polite).await;
    start_js(&vm, "stubborn", stubborn).await;
    watch.wrote("polite", "up").await;
    watch.wrote("stubborn", "up").await;
    soon(vm.dispose()).await.unwrap();
    let ended = watch.ended("polite").await;
    assert_eq!(ended.expect(7).stdout, "up\ngoodbye\n");
    let ended = watch.ended("stubborn").await;
    assert_eq!(ended.expect(137).stdout, "up\nno\n");
    refused(
        vm.exists("/").await,
        tollgate_client::RefusalCode::InvalidState,
    );
    drop(host);
}

/// Whoever writes without end when it is told to end takes no more room for that than a program has otherwise.
#[tokio::test]
async fn last_words_have_a_bound() {
    const MOST: usize = (512 << 10) + (64 << 10);
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    let program = "
        const fs = require('fs');
        const text = 'x'.repeat(65536);
        process.on('SIGTERM', () => { for (;;) fs.writeSync(1, text); });
        setInterval(() => {}, 1000);
        console.log('up');";
    start_js(&vm, "p", program).await;
    watch.wrote("p", "up").await;
    soon(vm.dispose()).await.unwrap();
    let ended = watch.ended("p").await;
    let written = ended.stdout.len();
    assert_eq!(ended.code, 137);
    assert!((256 << 10..MOST).contains(&written), "{written} bytes");
}
