//! Several components and one sidecar: what belongs to one means nothing to another.

use tollgate_protocol::types::{
    DisposeReason, DisposeVmRequest, GuestFilesystemOperation as Op, OwnershipScope,
    RequestPayload as Payload, ResponsePayload as Answer,
};
use tollgate_tests::guests;

use crate::relay::{Relay, authenticate, code, create_vm, open_session};
use crate::support::{ALLOW, all, connection, file_call, house, session, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i82_the_names_of_others_open_nothing() {
    let house = house();
    let mut one = Relay::of(&house, all).await;
    let mut other = Relay::of(&house, all).await;
    let theirs = one.vm(ALLOW).await;
    one.write(&theirs, "/secret", "a secret").await;
    let own = other.vm(ALLOW).await;
    let OwnershipScope::VmOwnership(names) = &theirs else {
        panic!("a VM's");
    };
    let OwnershipScope::VmOwnership(own_names) = &own else {
        panic!("a VM's");
    };
    let read = || Payload::GuestFilesystemCallRequest(file_call(Op::ReadFile, "/secret", None));
    // All of their names, theirs beneath the own ones, and the own ones beneath theirs.
    let mut mixed = own_names.clone();
    mixed.vm_id.clone_from(&names.vm_id);
    let mut odd = names.clone();
    odd.connection_id.clone_from(&own_names.connection_id);
    for scope in [
        theirs.clone(),
        OwnershipScope::VmOwnership(mixed),
        OwnershipScope::VmOwnership(odd),
    ] {
        for payload in [
            read(),
            Payload::SnapshotRootFilesystemRequest,
            Payload::GetProcessSnapshotRequest,
            Payload::DisposeVmRequest(DisposeVmRequest {
                reason: DisposeReason::Requested,
            }),
        ] {
            let answer = other.ask(scope.clone(), payload).await;
            assert_eq!(code(&answer), "invalid_state", "{scope:?}");
            assert!(!format!("{answer:?}").contains("a secret"));
        }
    }
    let conn = connection(&names.connection_id);
    assert_eq!(
        code(&other.ask(conn, open_session()).await),
        "invalid_state"
    );
    let of = session(&names.connection_id, &names.session_id);
    assert_eq!(
        code(&other.ask(of, create_vm(ALLOW)).await),
        "invalid_state"
    );
    // It is all there still, for whose it is.
    let Answer::GuestFilesystemResultResponse(read) = one.ask(theirs.clone(), read()).await else {
        panic!("it is read");
    };
    assert_eq!(read.content.as_deref(), Some("a secret"));
    // Nor is one told of the other's.
    let mut told = 0;
    while let Some(event) = other.event_now().await {
        assert!(!format!("{:?}", event.ownership).contains(&format!("{:?}", names.vm_id)));
        told += 1;
    }
    assert_eq!(told, 2, "its own VM was made and is ready");
    one.close().await;
    // One that is gone takes nothing of the other's with it.
    house.until_disposed(1).await;
    let answer = other.ask(own, Payload::GetProcessSnapshotRequest).await;
    assert!(
        matches!(answer, Answer::ProcessSnapshotResponse(_)),
        "{answer:?}"
    );
    other.close().await;
    soon(house.sidecar.end()).await;
    assert_eq!(house.records("vm.disposed").len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_component_has_so_much_and_no_more() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm("{}").await;
    let OwnershipScope::VmOwnership(names) = &own else {
        panic!("a VM's");
    };
    let of = session(&names.connection_id, &names.session_id);
    for _ in 1..64 {
        let made = relay.ask(of.clone(), create_vm("{}")).await;
        assert!(matches!(made, Answer::VmCreatedResponse(_)), "{made:?}");
    }
    let Answer::RejectedResponse(refused) = relay.ask(of.clone(), create_vm("{}")).await else {
        panic!("there are too many");
    };
    assert_eq!(
        (refused.code.as_str(), refused.message.as_str()),
        ("invalid_state", "the client has 64 VMs already")
    );
    // One that goes makes room for another.
    let gone = Payload::DisposeVmRequest(DisposeVmRequest {
        reason: DisposeReason::Requested,
    });
    let answer = relay.ask(own.clone(), gone).await;
    assert!(
        matches!(answer, Answer::VmDisposedResponse(_)),
        "{answer:?}"
    );
    let made = relay.ask(of, create_vm("{}")).await;
    assert!(matches!(made, Answer::VmCreatedResponse(_)), "{made:?}");
    let conn = connection(&names.connection_id);
    for _ in 1..64 {
        let opened = relay.ask(conn.clone(), open_session()).await;
        assert!(
            matches!(opened, Answer::SessionOpenedResponse(_)),
            "{opened:?}"
        );
    }
    let answer = relay.ask(conn, open_session()).await;
    assert_eq!(code(&answer), "invalid_state");
    for _ in 1..64 {
        let made = relay.ask(connection("any"), authenticate(7)).await;
        assert!(matches!(made, Answer::AuthenticatedResponse(_)), "{made:?}");
    }
    let answer = relay.ask(connection("any"), authenticate(7)).await;
    assert_eq!(code(&answer), "invalid_state");
    relay.close().await;
    soon(house.sidecar.end()).await;
    assert_eq!(house.records("vm.disposed").len(), 65);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i82_a_hostile_component_forges_names_in_vain() {
    let house = house();
    let mut victim = Relay::of(&house, all).await;
    let own = victim.vm(ALLOW).await;
    let (outcome, said) = house.run(guests::CONTROL_HOSTILE, &["forge"]).await;
    assert!(outcome.result.is_ok(), "{outcome:?}");
    assert_eq!(said, "got 0\nrequest requires VM ownership scope\n");
    let answer = victim.ask(own, Payload::GetProcessSnapshotRequest).await;
    assert!(
        matches!(answer, Answer::ProcessSnapshotResponse(_)),
        "{answer:?}"
    );
    victim.close().await;
}
