//! Clients that answer late or never, and what ends the waiting.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tollgate_client::types::{GuestRuntimeKind, JsBridgeCallRequest, OwnershipScope};
use tollgate_client::{Answering, Handler, command, program};
use tollgate_tests::scene;

use crate::support::{Host, said, soon};

/// Never answers, and says that it was asked.
#[derive(Clone, Default)]
struct Silent(Arc<Notify>);

impl Handler for Silent {
    fn js_bridge(
        &self,
        _: OwnershipScope,
        _: JsBridgeCallRequest,
    ) -> Answering<Result<Option<String>, String>> {
        self.0.notify_one();
        Box::pin(std::future::pending())
    }
}

/// A program that waits for a file of a client that never answers.
async fn waiting() -> (Host, Silent) {
    let silent = Silent::default();
    let host = Host::new(scene!(), silent.clone()).await;
    host.mount("/br", "{}", false).await;
    let text = b"require('fs').readFileSync('/br/x')";
    soon(host.vm.write_file("/tmp/p.cjs", text)).await.unwrap();
    let asked = program("p", GuestRuntimeKind::JavaScript, "/tmp/p.cjs");
    soon(host.vm.execute(asked)).await.unwrap();
    soon(silent.0.notified()).await;
    (host, silent)
}

#[tokio::test]
async fn a_client_that_never_answers_is_waited_for_as_long_as_its_mount_says() {
    let host = Host::new(scene!(), Silent::default()).await;
    host.mount("/br", r#"{"timeoutMs":300}"#, false).await;
    let asked = Instant::now();
    let refused = said(soon(host.vm.read_file("/br/x")).await);
    assert!(refused.starts_with("EIO: "), "{refused}");
    assert!(asked.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_program_that_waits_for_the_client_is_killed_at_once() {
    let (mut host, _) = waiting().await;
    let killed = Instant::now();
    soon(host.vm.kill("p", "SIGKILL")).await.unwrap();
    assert_eq!(host.ended("p").await.0, 137);
    assert!(killed.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn nobody_else_waits_for_the_client() {
    let (mut host, _) = waiting().await;
    // The VM's own requests go on, and so do its other programs.
    soon(host.vm.write_file("/tmp/f", b"x")).await.unwrap();
    let (code, out, _) = host
        .run(command("q", "node", &["-e", "console.log(1)"]))
        .await;
    assert_eq!((code, out.as_str()), (0, "1\n"));
}

#[tokio::test]
async fn a_vm_is_disposed_of_while_its_program_waits_for_the_client() {
    let (host, _) = waiting().await;
    let disposed = Instant::now();
    soon(host.vm.dispose()).await.unwrap();
    assert!(disposed.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_sidecar_whose_client_goes_ends_while_a_program_waits_for_it() {
    let (host, _) = waiting().await;
    let gone = Instant::now();
    assert_eq!(soon(host.client.close()).await.unwrap(), Some(0));
    assert!(gone.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn more_waits_than_a_vm_may_have_are_refused() {
    let silent = Silent::default();
    let mut host = Host::new(scene!(), silent.clone()).await;
    host.mount("/br", "{}", false).await;
    let text =
        b"try { require('fs').readFileSync('/br/x') } catch (error) { console.log(error.code) }";
    soon(host.vm.write_file("/tmp/p.cjs", text)).await.unwrap();
    for number in 0..64 {
        let id = format!("p{number}");
        let asked = program(&id, GuestRuntimeKind::JavaScript, "/tmp/p.cjs");
        soon(host.vm.execute(asked)).await.unwrap();
        soon(silent.0.notified()).await;
    }
    let asked = program("last", GuestRuntimeKind::JavaScript, "/tmp/p.cjs");
    let (code, out, err) = host.run(asked).await;
    assert_eq!((code, out.as_str()), (0, "EAGAIN\n"), "{err}");
    // The client's own requests are not kept waiting either.
    let refused = said(soon(host.vm.read_file("/br/x")).await);
    assert!(refused.starts_with("EAGAIN: "), "{refused}");
    soon(host.vm.dispose()).await.unwrap();
}
