//! Where the newer schema parts from this one: it tells nobody so, for its number on the wire is the same.

use secure_exec_client::wire;
use secure_exec_client::{ProtocolCodecError, TransportError};
use wire::{
    GuestFilesystemOperation as Operation, RequestPayload, ResponsePayload, WireFrameCodec,
};

use crate::support::{Vm, fs};

/// A listing has more members in the newer schema. Its client cannot read this one, and forgets the answer; everything after
/// it goes on.
#[tokio::test]
async fn a_listing_is_not_read_and_hurts_nothing_else() {
    let vm = Vm::new().await;
    vm.writes("/work/a", "text").await;
    let transport = std::sync::Arc::clone(&vm.sidecar.transport);
    let request = RequestPayload::GuestFilesystemCallRequest(fs(Operation::ReadDir, "/work"));
    let scope = vm.scope.clone();
    let listing = tokio::spawn(async move { transport.request_wire(scope, request).await });
    // A VM's answers come in order, so that the listing was there before the second of these.
    for _ in 0..2 {
        let read = vm.does(fs(Operation::ReadFile, "/work/a")).await;
        assert_eq!(read.content.as_deref(), Some("text"));
    }
    assert!(
        !listing.is_finished(),
        "the listing was read: {:?}",
        listing.await
    );
    listing.abort();
}

/// As this sidecar writes it: a name, and nothing behind it.
#[test]
fn why_a_listing_is_not_read() {
    let frame = wire::ProtocolFrame::ResponseFrame(wire::ResponseFrame {
        schema: wire::protocol_schema(),
        request_id: 1,
        ownership: wire::OwnershipScope::connection("conn-1"),
        payload: ResponsePayload::GuestFilesystemResultResponse(
            wire::GuestFilesystemResultResponse {
                operation: Operation::ReadDir,
                path: "/".to_owned(),
                content: None,
                encoding: None,
                entries: Some(vec![wire::GuestDirEntry {
                    name: "a".to_owned(),
                    is_directory: false,
                    is_symbolic_link: false,
                }]),
                stat: None,
                exists: None,
                target: None,
            },
        ),
    });
    let codec = WireFrameCodec::default();
    let mut bytes = codec.encode_message(&frame).unwrap();
    // What stands behind the name there: two flags, and three members that are absent.
    let flags = bytes.len() - 5..bytes.len() - 3;
    bytes.drain(flags);
    let read = codec.decode_message(&bytes);
    assert!(
        matches!(read, Err(ProtocolCodecError::DeserializeFailure(_))),
        "{read:?}"
    );
}

/// Requests that this schema has no number for are no frames of it, and end a sidecar as any such frame does.
#[tokio::test]
async fn requests_that_came_later_end_the_sidecar() {
    let content = Some("text".to_owned());
    let pwrite = wire::GuestFilesystemCallRequest {
        content,
        offset: Some(0),
        ..fs(Operation::Pwrite, "/a")
    };
    let kernel = wire::GuestKernelCallRequest {
        execution_id: "one".to_owned(),
        operation: "stat".to_owned(),
        payload: Vec::new(),
    };
    let resize = wire::ResizePtyRequest {
        process_id: "one".to_owned(),
        cols: 80,
        rows: 24,
    };
    let link = wire::LinkPackageRequest {
        package: wire::PackageDescriptor {
            dir: "/opt/package".to_owned(),
        },
    };
    for payload in [
        RequestPayload::GuestFilesystemCallRequest(pwrite),
        RequestPayload::GuestKernelCallRequest(kernel),
        RequestPayload::ResizePtyRequest(resize),
        RequestPayload::GetResourceSnapshotRequest,
        RequestPayload::LinkPackageRequest(link),
    ] {
        let vm = Vm::new().await;
        let Err(TransportError::Sidecar(said)) = vm.tries(payload.clone()).await else {
            panic!("{payload:?} is answered");
        };
        assert!(said.contains("disconnected"), "{said}");
    }
}
