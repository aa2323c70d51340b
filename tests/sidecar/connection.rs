//! 21 to 35: connections, and who may ask on whose behalf.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tollgate_client::types::{
    AuthenticateRequest, GuestRuntimeKind, OwnershipScope, RequestPayload, ResponsePayload,
    SessionOwnership, VmOwnership,
};
use tollgate_client::{Client, Error, Options, RefusalCode};
use tollgate_tests::scene;

use crate::support::{
    ALLOW, Raw, allowed, authenticate, bytes, connection_of, host, open_session, refused,
    session_of, sidecar, soon, vm_of,
};

fn says(name: &str, token: &str, protocol: u16, bridge: u32) -> RequestPayload {
    RequestPayload::AuthenticateRequest(AuthenticateRequest {
        client_name: name.to_owned(),
        auth_token: token.to_owned(),
        protocol_version: protocol,
        bridge_version: bridge,
    })
}

/// What a sidecar with these flags makes of it.
async fn authenticated(flags: &[&str], payload: RequestPayload) -> Result<ResponsePayload, Error> {
    let scene = scene!();
    fs::write(scene.path("token"), "the token\n").unwrap();
    fs::set_permissions(scene.path("token"), fs::Permissions::from_mode(0o600)).unwrap();
    let client = Client::spawn(sidecar(&scene, flags).into(), Options::default()).unwrap();
    soon(client.request(connection_of("hint"), payload)).await
}

#[tokio::test]
async fn s21_the_right_versions_are_taken() {
    let answer = authenticated(&[], says("n", "t", 7, 1)).await.unwrap();
    assert!(
        matches!(answer, ResponsePayload::AuthenticatedResponse(_)),
        "{answer:?}"
    );
}

fn names_both(message: &str) {
    assert!(
        message.contains("expected") && message.contains("got"),
        "{message}"
    );
}

#[tokio::test]
async fn s22_another_protocol_version_is_refused() {
    for version in [0, 6, 8, u16::MAX] {
        let answer = authenticated(&[], says("n", "", version, 1)).await;
        names_both(&refused(answer, RefusalCode::ProtocolVersionMismatch));
    }
}

#[tokio::test]
async fn s23_another_bridge_version_is_refused() {
    for version in [0, 2, u32::MAX] {
        let answer = authenticated(&[], says("n", "", 7, version)).await;
        names_both(&refused(answer, RefusalCode::BridgeVersionMismatch));
    }
}

#[tokio::test]
async fn s24_of_two_wrong_versions_the_protocols_is_named() {
    let answer = authenticated(&[], says("n", "", 8, 2)).await;
    refused(answer, RefusalCode::ProtocolVersionMismatch);
}

#[tokio::test]
async fn s25_a_wrong_token_is_refused_before_versions_are_looked_at() {
    let flags = ["--auth-token-file", "token"];
    for (token, protocol) in [("another", 7), ("", 7), ("another", 8), ("the token\n ", 7)] {
        let answer = authenticated(&flags, says("n", token, protocol, 1)).await;
        refused(answer, RefusalCode::Unauthorized);
    }
    authenticated(&flags, says("n", "the token", 7, 1))
        .await
        .unwrap();
}

#[tokio::test]
async fn s26_without_a_token_every_token_passes() {
    for token in ["", "any", "the token"] {
        authenticated(&[], says("", token, 7, 1)).await.unwrap();
    }
}

#[tokio::test]
async fn s27_authentication_needs_the_scope_of_a_connection() {
    let scene = scene!();
    let client = Client::spawn(sidecar(&scene, &[]).into(), Options::default()).unwrap();
    for scope in [session_of(), vm_of("vm-1")] {
        let answer = soon(client.request(scope, authenticate("n"))).await;
        refused(answer, RefusalCode::InvalidState);
    }
    soon(client.authenticate("n", "")).await.unwrap();
}

#[test]
fn s28_the_cap_that_is_announced_is_the_one_that_holds() {
    const CAP: u32 = 4096;
    // A request of exactly so many bytes.
    let of_size = |size: u32| {
        let empty = bytes(tollgate_protocol::request(
            1,
            connection_of(""),
            authenticate(""),
        ));
        // The length of a name of so many letters takes one byte more than that of none.
        let name = "n".repeat(size as usize - (empty.len() - 4) - 1);
        let frame = bytes(tollgate_protocol::request(
            1,
            connection_of(""),
            authenticate(&name),
        ));
        assert_eq!(frame.len(), size as usize + 4);
        frame
    };
    let mut raw = Raw::start(&["--max-frame-bytes", "4096"]);
    raw.send(&of_size(CAP));
    let answer = raw.answer();
    let ResponsePayload::AuthenticatedResponse(made) = answer.payload else {
        panic!("{answer:?}")
    };
    assert_eq!(made.max_frame_bytes, CAP);
    raw.send(&of_size(CAP + 1));
    raw.ends().is_fatal();
}

#[test]
fn s29_the_name_of_a_connection_is_not_the_hint() {
    let mut raw = Raw::start(&[]);
    for hint in ["conn-7", "", "hint"] {
        let answer = raw.ask(connection_of(hint), authenticate("n"));
        let ResponsePayload::AuthenticatedResponse(made) = answer.payload else {
            panic!("{answer:?}")
        };
        assert_ne!(made.connection_id, hint);
        assert_eq!(answer.ownership, connection_of(&made.connection_id));
    }
}

#[tokio::test]
async fn s30_a_connection_that_was_never_made_may_nothing() {
    let (host, vm) = allowed().await;
    let mut of_vm = match vm.ownership() {
        OwnershipScope::VmOwnership(of) => of,
        other => panic!("{other:?}"),
    };
    of_vm.connection_id = "conn-9".to_owned();
    let of_session = SessionOwnership {
        connection_id: "conn-9".to_owned(),
        session_id: of_vm.session_id.clone(),
    };
    let create = RequestPayload::CreateVmRequest(tollgate_client::types::CreateVmRequest {
        runtime: GuestRuntimeKind::Python,
        config: "{}".to_owned(),
    });
    for (scope, payload) in [
        (connection_of("conn-9"), open_session()),
        (OwnershipScope::SessionOwnership(of_session), create),
        (
            OwnershipScope::VmOwnership(of_vm),
            RequestPayload::CreateLayerRequest,
        ),
    ] {
        let message = refused(
            host.client.request(scope, payload).await,
            RefusalCode::InvalidState,
        );
        assert!(message.contains("has not authenticated"), "{message}");
    }
}

#[tokio::test]
async fn s31_a_second_authentication_makes_another_connection() {
    let host = host().await;
    let other = host.client.authenticate("again", "").await.unwrap();
    assert_ne!(other.id(), host.connection.id());
    for connection in [&other, &host.connection] {
        connection.open_session().await.unwrap();
    }
}

#[tokio::test]
async fn s32_a_session_of_another_connection_may_not_be_used() {
    let host = host().await;
    let other = host.client.authenticate("again", "").await.unwrap();
    let scope = OwnershipScope::SessionOwnership(SessionOwnership {
        connection_id: other.id().to_owned(),
        session_id: host.session.id().to_owned(),
    });
    let create = RequestPayload::CreateVmRequest(tollgate_client::types::CreateVmRequest {
        runtime: GuestRuntimeKind::Python,
        config: "{}".to_owned(),
    });
    let message = refused(
        host.client.request(scope, create).await,
        RefusalCode::InvalidState,
    );
    assert!(message.contains("not owned"), "{message}");
}

#[tokio::test]
async fn s33_a_vm_of_another_session_may_not_be_used() {
    let (host, vm) = allowed().await;
    let other = host.connection.open_session().await.unwrap();
    let scope = OwnershipScope::VmOwnership(VmOwnership {
        connection_id: host.connection.id().to_owned(),
        session_id: other.id().to_owned(),
        vm_id: vm.id().to_owned(),
    });
    let asked = host
        .client
        .request(scope, RequestPayload::CreateLayerRequest);
    let message = refused(asked.await, RefusalCode::InvalidState);
    assert!(message.contains("not owned"), "{message}");
}

#[tokio::test]
async fn s34_a_session_or_vm_that_was_never_made_is_unknown() {
    let (host, vm) = allowed().await;
    let (connection_id, session_id) = (host.connection.id().to_owned(), "session-9".to_owned());
    let scope = OwnershipScope::VmOwnership(VmOwnership {
        connection_id: connection_id.clone(),
        session_id,
        vm_id: vm.id().to_owned(),
    });
    let asked = host
        .client
        .request(scope, RequestPayload::CreateLayerRequest);
    let message = refused(asked.await, RefusalCode::InvalidState);
    assert!(message.contains("unknown sidecar session"), "{message}");
    let scope = OwnershipScope::VmOwnership(VmOwnership {
        connection_id,
        session_id: host.session.id().to_owned(),
        vm_id: "vm-9".to_owned(),
    });
    let asked = host
        .client
        .request(scope, RequestPayload::CreateLayerRequest);
    let message = refused(asked.await, RefusalCode::InvalidState);
    assert!(message.contains("unknown sidecar VM"), "{message}");
}

#[tokio::test]
async fn s35_a_request_of_a_vm_needs_the_scope_of_a_vm() {
    let host = host().await;
    let _vm = host.vm(ALLOW).await;
    for scope in [host.session.ownership(), host.connection.ownership()] {
        let asked = host
            .client
            .request(scope, RequestPayload::CreateLayerRequest);
        refused(asked.await, RefusalCode::InvalidState);
    }
}
