//! 36 to 47: the life of a VM.

use tollgate_client::RefusalCode;
use tollgate_client::types::{
    DisposeReason, DisposeVmRequest, EventPayload, RequestPayload, VmLifecycleState,
};
use tollgate_tests::guests;

use crate::support::{ALLOW, Watch, allowed, host, refused, run, soon, start};

#[tokio::test]
async fn s36_an_empty_configuration_makes_a_vm() {
    host().await.vm("{}").await;
}

#[tokio::test]
async fn s37_an_unknown_member_is_refused() {
    let host = host().await;
    for config in [
        r#"{"surprise":true}"#,
        r#"{"permissions":{"fs":"allow","surprise":"allow"}}"#,
        r#"{"limits":{"resources":{"surprise":1}}}"#,
        r#"{"rootFilesystem":{"bootstrapEntries":[{"path":"/f","kind":"file","surprise":1}]}}"#,
    ] {
        refused::<()>(Err(host.no_vm(config).await), RefusalCode::InvalidState);
    }
}

#[tokio::test]
async fn s38_a_configuration_that_is_no_json_is_refused() {
    let host = host().await;
    for config in ["", "nonsense", "{", "[]", "1", "{} {}"] {
        refused::<()>(Err(host.no_vm(config).await), RefusalCode::InvalidState);
    }
}

const MADE: [VmLifecycleState; 2] = [VmLifecycleState::Creating, VmLifecycleState::Ready];

#[tokio::test]
async fn s39_a_vm_that_is_made_is_told_of_twice() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    vm.dispose().await.unwrap();
    while watch.next().await.is_some() {}
    assert_eq!(watch.states()[..2], MADE);
    let ended = [VmLifecycleState::Disposing, VmLifecycleState::Disposed];
    assert_eq!(watch.states()[2..], ended);
    assert_eq!(watch.seen.len(), 4, "{:?}", watch.seen);
}

#[test]
fn s40_a_vm_that_is_refused_is_not_told_of() {
    let mut raw = crate::support::Raw::with_vm();
    let asked = RequestPayload::CreateVmRequest(tollgate_client::types::CreateVmRequest {
        runtime: tollgate_client::types::GuestRuntimeKind::Python,
        config: "nonsense".to_owned(),
    });
    raw.ask(crate::support::session_of(), asked);
    let end = raw.end();
    assert_eq!((end.code, end.stdout), (Some(0), Vec::new()));
}

#[tokio::test]
async fn s41_a_vm_that_is_disposed_of_is_told_of_from_its_end_to_its_end() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::ENDLESS_SLEEP, &[]).await;
    watch.wrote("p1", "asleep").await;
    watch.seen.clear();
    soon(vm.dispose()).await.unwrap();
    while watch.next().await.is_some() {}
    let of_life = |event: &EventPayload, wanted| matches!(event, EventPayload::VmLifecycleEvent(event) if event.state == wanted);
    assert!(
        of_life(&watch.seen[0], VmLifecycleState::Disposing),
        "{:?}",
        watch.seen
    );
    let last = watch.seen.last().unwrap();
    assert!(
        of_life(last, VmLifecycleState::Disposed),
        "{:?}",
        watch.seen
    );
}

#[tokio::test]
async fn s42_programs_that_end_with_their_vm_are_told_of_in_between() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    for process in ["p1", "p2"] {
        start(&vm, process, guests::ENDLESS_SLEEP, &[]).await;
        watch.wrote(process, "asleep").await;
    }
    watch.seen.clear();
    soon(vm.dispose()).await.unwrap();
    while watch.next().await.is_some() {}
    let mut exits: Vec<_> = watch.seen[1..watch.seen.len() - 1]
        .iter()
        .map(|event| match event {
            EventPayload::ProcessExitedEvent(event) => (event.process_id.as_str(), event.exit_code),
            other => panic!("{other:?}"),
        })
        .collect();
    exits.sort_unstable();
    assert_eq!(exits, [("p1", 143), ("p2", 143)]);
}

#[tokio::test]
async fn s43_a_vm_is_disposed_of_once() {
    let (_host, vm) = allowed().await;
    vm.dispose().await.unwrap();
    refused(vm.dispose().await, RefusalCode::InvalidState);
}

#[tokio::test]
async fn s44_a_vm_that_was_disposed_of_is_unknown() {
    let (_host, vm) = allowed().await;
    vm.dispose().await.unwrap();
    let gone = [
        vm.exists("/").await.map(drop),
        vm.create_layer().await.map(drop),
        vm.process_snapshot().await.map(drop),
        vm.kill("p1", "TERM").await,
        vm.snapshot_root().await.map(drop),
    ];
    for answer in gone {
        let message = refused(answer, RefusalCode::InvalidState);
        assert!(message.contains("unknown sidecar VM"), "{message}");
    }
}

#[tokio::test]
async fn s45_other_vms_go_on_when_one_is_disposed_of_or_its_guest_breaks() {
    let host = host().await;
    let (one, other) = (host.vm(ALLOW).await, host.vm(ALLOW).await);
    assert_ne!(run(&one, guests::TRAP, &[]).await.code, 0);
    let mut watch = Watch::over(&other);
    start(&other, "p1", guests::CAT, &[]).await;
    one.dispose().await.unwrap();
    other.write_stdin("p1", b"still here").await.unwrap();
    other.close_stdin("p1").await.unwrap();
    let ended = watch.ended("p1").await;
    assert_eq!(ended.expect(0).stdout, "still here");
}

#[tokio::test]
async fn s46_a_vm_is_disposed_of_whatever_the_reason() {
    let host = host().await;
    for reason in [
        DisposeReason::Requested,
        DisposeReason::ConnectionClosed,
        DisposeReason::HostShutdown,
    ] {
        let vm = host.vm(ALLOW).await;
        let mut watch = Watch::over(&vm);
        let asked = RequestPayload::DisposeVmRequest(DisposeVmRequest { reason });
        vm.request(asked).await.unwrap();
        while watch.next().await.is_some() {}
        assert_eq!(watch.states().last(), Some(&VmLifecycleState::Disposed));
    }
    // None of them ends anything else.
    host.vm("{}").await;
}

#[tokio::test]
async fn s47_the_end_of_its_input_ends_the_process_with_vms_and_programs_in_it() {
    let (host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start(&vm, "p1", guests::ENDLESS_SLEEP, &[]).await;
    watch.wrote("p1", "asleep").await;
    start(&vm, "p2", guests::ENDLESS, &[]).await;
    let began = std::time::Instant::now();
    assert_eq!(soon(host.client.close()).await, Ok(Some(0)));
    assert!(began.elapsed() < std::time::Duration::from_secs(10));
}
