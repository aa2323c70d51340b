//! One table of requests, good and bad, asked by frames and by calls: the answers are the same.

use std::collections::BTreeSet;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tollgate_protocol::types::{
    BootstrapRootFilesystemRequest, CloseStdinRequest, ConfigureVmRequest, CreateOverlayRequest,
    DisposeReason, DisposeVmRequest, ExportSnapshotRequest, ExtEnvelope, FilesystemOperation,
    FindBoundUdpRequest, FindListenerRequest, GetSignalStateRequest,
    GuestFilesystemOperation as Op, GuestRuntimeKind, HostFilesystemCallRequest,
    ImportSnapshotRequest, KillProcessRequest, MountDescriptor, MountPluginDescriptor,
    OwnershipScope, PersistenceFlushRequest, PersistenceLoadRequest, ProtocolFrame,
    RegisterHostCallbacksRequest, RegisteredHostCallbackDefinition, RequestPayload as Payload,
    ResponsePayload as Answer, RootFilesystemEntry, RootFilesystemEntryEncoding,
    RootFilesystemEntryKind, RootFilesystemMode, SealLayerRequest, VmFetchRequest,
    WriteStdinRequest,
};
use tollgate_protocol::{FrameDecoder, FrameLimits, Side, encode, request};
use tollgate_tests::guests;

use crate::relay::{Relay, authenticate, create_vm, open_session};
use crate::support::{ALLOW, all, connection, file_call, guest, house, program, session, soon, vm};

/// A client by frames.
struct Framed {
    stream: DuplexStream,
    decoder: FrameDecoder,
    last: i64,
}

impl Framed {
    async fn ask(&mut self, scope: OwnershipScope, payload: Payload) -> Answer {
        self.last += 1;
        let limits = FrameLimits::default();
        let frame = encode(&request(self.last, scope, payload).into(), limits).unwrap();
        self.stream.write_all(&frame).await.unwrap();
        let mut piece = vec![0; 64 << 10];
        loop {
            match self.decoder.frame().unwrap() {
                Some(ProtocolFrame::ResponseFrame(answer)) => {
                    assert_eq!(answer.request_id, self.last);
                    return answer.payload;
                }
                Some(_) => continue,
                None => {}
            }
            let read = soon(self.stream.read(&mut piece)).await.unwrap();
            assert_ne!(read, 0, "the sidecar has ended");
            self.decoder.push(&piece[..read]);
        }
    }
}

fn entry(path: &str, content: &str) -> RootFilesystemEntry {
    RootFilesystemEntry {
        path: path.to_owned(),
        kind: RootFilesystemEntryKind::File,
        mode: Some(0o644),
        uid: None,
        gid: None,
        content: Some(content.to_owned()),
        encoding: None,
        target: None,
        executable: false,
    }
}

fn configure(mounts: Vec<MountDescriptor>) -> Payload {
    Payload::ConfigureVmRequest(ConfigureVmRequest {
        mounts,
        software: Vec::new(),
        permissions: None,
        module_access_cwd: None,
        instructions: vec!["be brief".to_owned()],
        projected_modules: Vec::new(),
        command_permissions: Vec::new(),
        loopback_exempt_ports: Vec::new(),
    })
}

fn toolkit(name: &str) -> Payload {
    let definition = RegisteredHostCallbackDefinition {
        description: "Adds".to_owned(),
        input_schema: r#"{"type":"object"}"#.to_owned(),
        timeout_ms: None,
        examples: Vec::new(),
    };
    Payload::RegisterHostCallbacksRequest(RegisterHostCallbacksRequest {
        name: name.to_owned(),
        description: "Adds".to_owned(),
        command_aliases: vec![name.to_owned()],
        registry_command_aliases: Vec::new(),
        callbacks: vec![("add".to_owned(), definition)],
    })
}

fn file(operation: Op, path: &str, content: Option<&str>) -> Payload {
    let call = file_call(operation, path, content.map(str::to_owned));
    Payload::GuestFilesystemCallRequest(call)
}

fn kill(process: &str, signal: &str) -> Payload {
    Payload::KillProcessRequest(KillProcessRequest {
        process_id: process.to_owned(),
        signal: signal.to_owned(),
    })
}

fn stdin(process: &str) -> Payload {
    Payload::WriteStdinRequest(WriteStdinRequest {
        process_id: process.to_owned(),
        chunk: b"a line\n".to_vec(),
    })
}

fn ext(namespace: &str) -> Payload {
    Payload::ExtEnvelope(ExtEnvelope {
        namespace: namespace.to_owned(),
        payload: vec![1, 2, 3],
    })
}

fn layer(id: &str) -> String {
    id.to_owned()
}

/// What is asked of a VM. Nothing of what is answered depends on when it is asked.
fn of_a_vm() -> Vec<Payload> {
    let mut wasm = file_call(Op::WriteFile, "/workspace/cat.wasm", None);
    wasm.content = Some(base64(&guest(guests::CAT)));
    wasm.encoding = Some(RootFilesystemEntryEncoding::Base64);
    let started = |process: &str, path: &str| {
        Payload::ExecuteRequest(program(process, GuestRuntimeKind::WebAssembly, path))
    };
    let mount = |id: &str, config: &str| MountDescriptor {
        guest_path: "/mnt".to_owned(),
        read_only: false,
        plugin: MountPluginDescriptor {
            id: id.to_owned(),
            config: config.to_owned(),
        },
    };
    vec![
        Payload::BootstrapRootFilesystemRequest(BootstrapRootFilesystemRequest {
            entries: vec![entry("/workspace/b.txt", "boot")],
        }),
        Payload::BootstrapRootFilesystemRequest(BootstrapRootFilesystemRequest {
            entries: vec![entry("../b", "boot")],
        }),
        configure(Vec::new()),
        configure(vec![mount("memory", "{}")]),
        configure(vec![mount("host_dir", r#"{"hostPath":"/etc"}"#)]),
        configure(vec![mount("no-such", "{}")]),
        toolkit("calc"),
        toolkit("calc"),
        toolkit("Not A Name"),
        file(Op::WriteFile, "/workspace/a.txt", Some("written")),
        file(Op::ReadFile, "/workspace/a.txt", None),
        file(Op::ReadFile, "/workspace/none", None),
        file(Op::ReadFile, "/workspace/b.txt", None),
        file(Op::Exists, "/workspace/none", None),
        file(Op::Mkdir, "/a/b/c", None),
        file(Op::RemoveFile, "/workspace", None),
        file(Op::WriteFile, "/workspace/x", None),
        Payload::CreateLayerRequest,
        Payload::ImportSnapshotRequest(ImportSnapshotRequest {
            entries: vec![entry("/f", "of a layer")],
        }),
        Payload::SealLayerRequest(SealLayerRequest {
            layer_id: layer("layer-1"),
        }),
        Payload::SealLayerRequest(SealLayerRequest {
            layer_id: layer("none"),
        }),
        Payload::ExportSnapshotRequest(ExportSnapshotRequest {
            layer_id: layer("layer-2"),
        }),
        Payload::ExportSnapshotRequest(ExportSnapshotRequest {
            layer_id: layer("none"),
        }),
        Payload::CreateOverlayRequest(CreateOverlayRequest {
            mode: RootFilesystemMode::Ephemeral,
            upper_layer_id: None,
            lower_layer_ids: vec![layer("layer-2")],
        }),
        Payload::CreateOverlayRequest(CreateOverlayRequest {
            mode: RootFilesystemMode::ReadOnly,
            upper_layer_id: Some(layer("none")),
            lower_layer_ids: Vec::new(),
        }),
        Payload::SnapshotRootFilesystemRequest,
        Payload::GuestFilesystemCallRequest(wasm),
        started("p1", "/workspace/cat.wasm"),
        started("p1", "/workspace/cat.wasm"),
        started("p2", "/workspace/none.wasm"),
        started("p3", "/workspace/a.txt"),
        stdin("p1"),
        stdin("none"),
        Payload::GetProcessSnapshotRequest,
        kill("p1", "0"),
        kill("p1", "SIGNONE"),
        kill("none", "SIGTERM"),
        Payload::FindListenerRequest(FindListenerRequest {
            host: None,
            port: Some(80),
            path: None,
        }),
        Payload::FindBoundUdpRequest(FindBoundUdpRequest {
            host: None,
            port: None,
        }),
        Payload::GetSignalStateRequest(GetSignalStateRequest {
            process_id: "p1".to_owned(),
        }),
        Payload::GetZombieTimerCountRequest,
        Payload::VmFetchRequest(VmFetchRequest {
            port: 80,
            method: "GET".to_owned(),
            path: "/".to_owned(),
            headers_json: "{}".to_owned(),
            body: None,
        }),
        Payload::VmFetchRequest(VmFetchRequest {
            port: 80,
            method: "GET".to_owned(),
            path: "/".to_owned(),
            headers_json: "[".to_owned(),
            body: None,
        }),
        Payload::CloseStdinRequest(CloseStdinRequest {
            process_id: "p1".to_owned(),
        }),
        Payload::CloseStdinRequest(CloseStdinRequest {
            process_id: "none".to_owned(),
        }),
        Payload::DisposeVmRequest(DisposeVmRequest {
            reason: DisposeReason::Requested,
        }),
    ]
}

fn of_no_vm() -> Vec<Payload> {
    vec![
        Payload::HostFilesystemCallRequest(HostFilesystemCallRequest {
            operation: FilesystemOperation::Read,
            path: "/".to_owned(),
            payload_size_bytes: 1,
        }),
        Payload::PersistenceLoadRequest(PersistenceLoadRequest {
            key: "k".to_owned(),
        }),
        Payload::PersistenceFlushRequest(PersistenceFlushRequest {
            key: "k".to_owned(),
            payload_size_bytes: 1,
        }),
        ext("acme.none/1"),
        ext(""),
    ]
}

/// Everything, in the order in which it is asked: as it should be, and on behalf of whom it should not be.
fn table() -> Vec<(OwnershipScope, Payload)> {
    let (conn, of, own) = (
        connection("conn-1"),
        session("conn-1", "session-1"),
        vm("conn-1", "session-1", "vm-1"),
    );
    let mut table = vec![
        (conn.clone(), open_session()),
        (of.clone(), create_vm("{}")),
        (of.clone(), authenticate(7)),
        (conn.clone(), authenticate(6)),
        (connection("any"), authenticate(7)),
        (connection("conn-2"), open_session()),
        (of.clone(), open_session()),
        (conn.clone(), open_session()),
        (session("conn-1", "session-2"), create_vm(ALLOW)),
        (session("conn-9", "session-1"), create_vm(ALLOW)),
        (conn.clone(), create_vm(ALLOW)),
        (of.clone(), create_vm("{")),
        (of.clone(), create_vm(r#"{"unheardOf":1}"#)),
        (of.clone(), create_vm("[]")),
        (of.clone(), create_vm(ALLOW)),
        (of.clone(), create_vm("{}")),
    ];
    for payload in of_a_vm() {
        for scope in [
            conn.clone(),
            of.clone(),
            vm("conn-1", "session-1", "vm-9"),
            vm("conn-1", "session-9", "vm-1"),
            vm("conn-9", "session-1", "vm-1"),
            // One that may do nothing.
            vm("conn-1", "session-1", "vm-2"),
            own.clone(),
        ] {
            let is_last = matches!(payload, Payload::DisposeVmRequest(_));
            table.push((scope.clone(), payload.clone()));
            if is_last {
                table.push((scope, Payload::GetProcessSnapshotRequest));
            }
        }
    }
    for payload in of_no_vm() {
        table.extend([&conn, &of, &own].map(|scope| (scope.clone(), payload.clone())));
    }
    table
}

/// What says when it happened says nothing here.
fn timeless(mut answer: Answer) -> Answer {
    if let Answer::ProcessSnapshotResponse(listed) = &mut answer {
        listed
            .processes
            .sort_by(|one, other| one.process_id.cmp(&other.process_id));
    }
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_function_answers_as_the_frame_does() {
    let (by_frames, by_calls) = (house(), house());
    let (stream, theirs) = duplex(1 << 20);
    let sidecar = by_frames.sidecar.clone();
    let serving = tokio::spawn(async move {
        let (input, output) = tokio::io::split(theirs);
        sidecar.serve(input, output).await
    });
    let mut framed = Framed {
        stream,
        decoder: FrameDecoder::new(Side::Sidecar, FrameLimits::default()),
        last: 0,
    };
    let mut relay = Relay::of(&by_calls, all).await;

    let (mut asked, mut answered, mut refused) = (BTreeSet::new(), BTreeSet::new(), 0);
    for (scope, payload) in table() {
        let framed = framed.ask(scope.clone(), payload.clone()).await;
        let called = relay.ask(scope.clone(), payload.clone()).await;
        assert_eq!(
            timeless(called),
            timeless(framed.clone()),
            "{scope:?} {payload:?}"
        );
        asked.insert(payload.name());
        match framed {
            Answer::RejectedResponse(_) => refused += 1,
            other => {
                answered.insert(other.name());
            }
        }
        while relay.event_now().await.is_some() {}
    }
    // Each of the 28 was asked, and all but those that are always refused were answered as well.
    assert_eq!(asked.len(), 28, "{asked:?}");
    assert_eq!(answered.len(), 28 - 5, "{answered:?}");
    assert!(refused > 200, "{refused}");
    drop(framed);
    soon(serving).await.unwrap().unwrap();
    relay.close().await;
    soon(by_calls.sidecar.end()).await;
}

/// What does not fit a frame fits no call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_a_frame_fits_no_call() {
    let house = crate::support::house_with(tollgate_sidecar::Options {
        frames: FrameLimits::of(64 << 10),
        ..tollgate_sidecar::Options::default()
    });
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    let large = "x".repeat(65_000);
    let answer = relay
        .ask(own.clone(), file(Op::WriteFile, "/a", Some(&large)))
        .await;
    assert!(
        matches!(answer, Answer::GuestFilesystemResultResponse(_)),
        "{answer:?}"
    );
    // One question that is too large.
    let larger = "x".repeat(66_000);
    let answer = relay
        .ask(own.clone(), file(Op::WriteFile, "/b", Some(&larger)))
        .await;
    assert_eq!(crate::relay::code(&answer), "frame_too_large");
    // Several files whose list is too large for an answer.
    for name in ["/c", "/d"] {
        let answer = relay
            .ask(own.clone(), file(Op::WriteFile, name, Some(&large)))
            .await;
        assert!(
            matches!(answer, Answer::GuestFilesystemResultResponse(_)),
            "{answer:?}"
        );
    }
    let answer = relay.ask(own, Payload::SnapshotRootFilesystemRequest).await;
    assert_eq!(crate::relay::code(&answer), "frame_too_large");
    relay.close().await;
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
