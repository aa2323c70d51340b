//! What both schemas have: the life of a VM.

use std::collections::HashMap;
use std::sync::Arc;

use secure_exec_client::wire;
use wire::{
    EventPayload, GuestFilesystemOperation as Operation, GuestRuntimeKind, RequestPayload,
    ResponsePayload, SidecarRequestPayload, SidecarResponsePayload, VmLifecycleState,
};

use crate::support::{Ended, Vm, command, fs, program};

fn ended(stdout: &str, code: i32) -> Ended {
    Ended {
        stdout: stdout.to_owned(),
        stderr: String::new(),
        code,
    }
}

#[tokio::test]
async fn files_are_written_read_and_looked_at() {
    let vm = Vm::new().await;
    vm.does(wire::GuestFilesystemCallRequest {
        recursive: true,
        ..fs(Operation::Mkdir, "/work/deep")
    })
    .await;
    // `READ_DIR` is told in both schemas where there is nothing to tell.
    let listed = vm.does(fs(Operation::ReadDir, "/work/deep")).await;
    assert_eq!(listed.entries, Some(Vec::new()));
    vm.writes("/work/deep/a", "what was written").await;
    let read = vm.does(fs(Operation::ReadFile, "/work/deep/a")).await;
    assert_eq!(read.content.as_deref(), Some("what was written"));
    assert_eq!(read.encoding, Some(wire::RootFilesystemEntryEncoding::Utf8));
    let part = wire::GuestFilesystemCallRequest {
        offset: Some(5),
        len: Some(3),
        ..fs(Operation::Pread, "/work/deep/a")
    };
    assert_eq!(vm.does(part).await.content.as_deref(), Some("was"));
    let stat = vm
        .does(fs(Operation::Stat, "/work/deep/a"))
        .await
        .stat
        .unwrap();
    assert_eq!(
        (stat.size, stat.mode, stat.is_directory),
        (16, 0o100_644, false)
    );
    let destination_path = Some("/work/b".to_owned());
    vm.does(wire::GuestFilesystemCallRequest {
        destination_path,
        ..fs(Operation::Rename, "/work/deep/a")
    })
    .await;
    assert_eq!(
        vm.does(fs(Operation::Exists, "/work/deep/a")).await.exists,
        Some(false)
    );
    assert_eq!(
        vm.does(fs(Operation::Exists, "/work/b")).await.exists,
        Some(true)
    );
    let ResponsePayload::RejectedResponse(rejected) =
        vm.call(fs(Operation::ReadFile, "/none")).await
    else {
        panic!("a file that is not there is read");
    };
    assert_eq!(rejected.code, "kernel_error");
    assert!(
        rejected.message.starts_with("ENOENT"),
        "{}",
        rejected.message
    );
    // From the one request of the bootstrap to the snapshot of all.
    let entry = wire::RootFilesystemEntry {
        path: "/work/put".to_owned(),
        kind: wire::RootFilesystemEntryKind::File,
        mode: None,
        uid: None,
        gid: None,
        content: Some("put".to_owned()),
        encoding: None,
        target: None,
        executable: true,
    };
    let request = wire::BootstrapRootFilesystemRequest {
        entries: vec![entry],
    };
    let answer = vm
        .asks(RequestPayload::BootstrapRootFilesystemRequest(request))
        .await;
    let ResponsePayload::RootFilesystemBootstrappedResponse(put) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(put.entry_count, 1);
    let answer = vm.asks(RequestPayload::SnapshotRootFilesystemRequest).await;
    let ResponsePayload::RootFilesystemSnapshotResponse(snapshot) = answer else {
        panic!("{answer:?}")
    };
    let there = snapshot
        .entries
        .iter()
        .find(|entry| entry.path == "/work/put")
        .unwrap();
    assert_eq!(
        (there.mode, there.content.as_deref()),
        (Some(0o100_755), Some("put"))
    );
}

#[tokio::test]
async fn layers_are_sealed_and_laid_over_each_other() {
    let vm = Vm::new().await;
    let ResponsePayload::LayerCreatedResponse(made) =
        vm.asks(RequestPayload::CreateLayerRequest).await
    else {
        panic!("no layer is made");
    };
    let seal = RequestPayload::SealLayerRequest(wire::SealLayerRequest {
        layer_id: made.layer_id.clone(),
    });
    let ResponsePayload::LayerSealedResponse(sealed) = vm.asks(seal).await else {
        panic!("it is not sealed")
    };
    assert_ne!(sealed.layer_id, made.layer_id);
    let old = wire::ExportSnapshotRequest {
        layer_id: made.layer_id,
    };
    assert_eq!(
        vm.refused(RequestPayload::ExportSnapshotRequest(old)).await,
        "invalid_state"
    );
    let over = wire::CreateOverlayRequest {
        mode: wire::RootFilesystemMode::Ephemeral,
        upper_layer_id: None,
        lower_layer_ids: vec![sealed.layer_id],
    };
    let ResponsePayload::OverlayCreatedResponse(over) =
        vm.asks(RequestPayload::CreateOverlayRequest(over)).await
    else {
        panic!("nothing is laid over it");
    };
    let export = RequestPayload::ExportSnapshotRequest(wire::ExportSnapshotRequest {
        layer_id: over.layer_id,
    });
    let ResponsePayload::SnapshotExportedResponse(export) = vm.asks(export).await else {
        panic!("it has no entries")
    };
    assert_eq!(
        export.entries.first().map(|entry| entry.path.as_str()),
        Some("/")
    );
}

/// The members that came later stand at the end, where they change nothing for those before them.
#[tokio::test]
async fn a_vm_is_configured() {
    let vm = Vm::new().await;
    let allow = wire::PatternPermissionScope::PermissionMode(wire::PermissionMode::Allow);
    let rule = wire::FsPermissionRule {
        mode: wire::PermissionMode::Deny,
        operations: vec!["*".to_owned()],
        paths: vec!["/work/secret".to_owned()],
    };
    let rules = wire::FsPermissionRuleSet {
        default: Some(wire::PermissionMode::Allow),
        rules: vec![rule],
    };
    let request = wire::ConfigureVmRequest {
        mounts: vec![wire::MountDescriptor {
            guest_path: "/memory".to_owned(),
            read_only: true,
            plugin: wire::MountPluginDescriptor {
                id: "memory".to_owned(),
                config: "{}".to_owned(),
            },
        }],
        software: Vec::new(),
        permissions: Some(wire::PermissionsPolicy {
            fs: Some(wire::FsPermissionScope::FsPermissionRuleSet(rules)),
            network: Some(allow.clone()),
            child_process: Some(allow.clone()),
            process: Some(allow.clone()),
            env: Some(allow.clone()),
            binding: Some(allow),
        }),
        module_access_cwd: None,
        instructions: Vec::new(),
        projected_modules: Vec::new(),
        command_permissions: HashMap::from([(
            "tool".to_owned(),
            wire::WasmPermissionTier::ReadOnly,
        )]),
        loopback_exempt_ports: vec![4_000],
        packages: vec![wire::PackageDescriptor {
            dir: "/opt/package".to_owned(),
        }],
        packages_mount_at: "/opt/packages".to_owned(),
    };
    let answer = vm.asks(RequestPayload::ConfigureVmRequest(request)).await;
    let ResponsePayload::VmConfiguredResponse(configured) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (configured.applied_mounts, configured.applied_software),
        (1, 0)
    );
    for (path, errno) in [("/memory/a", "EROFS"), ("/work/secret", "EACCES")] {
        let content = Some("text".to_owned());
        let call = wire::GuestFilesystemCallRequest {
            content,
            ..fs(Operation::WriteFile, path)
        };
        let ResponsePayload::RejectedResponse(rejected) = vm.call(call).await else {
            panic!("{path} is written")
        };
        assert!(rejected.message.starts_with(errno), "{}", rejected.message);
    }
    // A folder of the machine is linked into no VM.
    assert_eq!(
        vm.does(fs(Operation::Exists, "/opt/packages")).await.exists,
        Some(false)
    );
}

#[tokio::test]
async fn programs_run_are_fed_and_are_ended() {
    let mut vm = Vm::new().await;
    vm.writes(
        "/hello.js",
        "console.log('hello', process.argv[2]); console.error('aside'); process.exitCode = 3;",
    )
    .await;
    let args = vec!["you".to_owned()];
    vm.starts(wire::ExecuteRequest {
        args,
        ..program("one", GuestRuntimeKind::JavaScript, "/hello.js")
    })
    .await;
    assert_eq!(
        vm.ends("one").await,
        Ended {
            stderr: "aside\n".to_owned(),
            ..ended("hello you\n", 3)
        }
    );
    vm.starts(command("two", "node", &["-e", "console.log(1 + 1)"]))
        .await;
    assert_eq!(vm.ends("two").await, ended("2\n", 0));

    vm.writes(
        "/echo.js",
        "process.stdin.on('data', (piece) => process.stdout.write(piece)); console.log('reads');",
    )
    .await;
    vm.starts(program("three", GuestRuntimeKind::JavaScript, "/echo.js"))
        .await;
    vm.says("three", "reads").await;
    let chunk = b"fed\n".to_vec();
    let write = wire::WriteStdinRequest {
        process_id: "three".to_owned(),
        chunk,
    };
    let ResponsePayload::StdinWrittenResponse(written) =
        vm.asks(RequestPayload::WriteStdinRequest(write)).await
    else {
        panic!("nothing is taken");
    };
    assert_eq!(written.accepted_bytes, 4);
    let close = wire::CloseStdinRequest {
        process_id: "three".to_owned(),
    };
    vm.asks(RequestPayload::CloseStdinRequest(close)).await;
    assert_eq!(vm.ends("three").await, ended("fed\n", 0));

    vm.writes(
        "/wait.js",
        "console.log('waits'); setInterval(() => {}, 1000);",
    )
    .await;
    for (signal, code) in [("SIGTERM", 143), ("9", 137)] {
        vm.starts(program("four", GuestRuntimeKind::JavaScript, "/wait.js"))
            .await;
        vm.says("four", "waits").await;
        let ResponsePayload::ProcessSnapshotResponse(there) =
            vm.asks(RequestPayload::GetProcessSnapshotRequest).await
        else {
            panic!("nobody says what runs");
        };
        let runs = there
            .processes
            .iter()
            .find(|process| process.process_id == "four")
            .unwrap();
        assert_eq!(runs.status, wire::ProcessSnapshotStatus::Running);
        let kill = wire::KillProcessRequest {
            process_id: "four".to_owned(),
            signal: signal.to_owned(),
        };
        let answer = vm.asks(RequestPayload::KillProcessRequest(kill)).await;
        assert!(
            matches!(answer, ResponsePayload::ProcessKilledResponse(_)),
            "{answer:?}"
        );
        assert_eq!(vm.ends("four").await.code, code);
    }
}

/// `(module (memory (export "memory") 1) (func (export "_start")))`, and with `unreachable` in it.
#[tokio::test]
async fn webassembly_out_of_the_vms_files_runs() {
    let mut vm = Vm::new().await;
    for (text, code) in [
        (
            "AGFzbQEAAAABBAFgAAADAgEABQMBAAEHEwIGX3N0YXJ0AAAGbWVtb3J5AgAKBAECAAs=",
            0,
        ),
        (
            "AGFzbQEAAAABBAFgAAADAgEABQMBAAEHEwIGX3N0YXJ0AAAGbWVtb3J5AgAKBQEDAAAL",
            1,
        ),
    ] {
        let call = wire::GuestFilesystemCallRequest {
            content: Some(text.to_owned()),
            encoding: Some(wire::RootFilesystemEntryEncoding::Base64),
            ..fs(Operation::WriteFile, "/module.wasm")
        };
        vm.does(call).await;
        vm.starts(program(
            "one",
            GuestRuntimeKind::WebAssembly,
            "/module.wasm",
        ))
        .await;
        assert_eq!(vm.ends("one").await.code, code);
    }
}

#[tokio::test]
async fn its_functions_are_commands_of_the_vm() {
    let mut vm = Vm::new().await;
    let answer: secure_exec_client::WireSidecarCallback = Arc::new(|payload, _| {
        Box::pin(async move {
            let SidecarRequestPayload::HostCallbackRequest(call) = payload else {
                panic!("{payload:?}")
            };
            let input: serde_json::Value = serde_json::from_str(&call.input).unwrap();
            assert_eq!(call.callback_key, "calc:double");
            let result = input["n"].as_f64().unwrap() * 2.0;
            Ok(SidecarResponsePayload::HostCallbackResultResponse(
                wire::HostCallbackResultResponse {
                    invocation_id: call.invocation_id,
                    result: Some(result.to_string()),
                    error: None,
                },
            ))
        })
    });
    vm.sidecar
        .transport
        .register_wire_callback("host_callback", answer);
    let input = r#"{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]}"#;
    let definition = wire::RegisteredHostCallbackDefinition {
        description: "Twice a number".to_owned(),
        input_schema: input.to_owned(),
        timeout_ms: Some(5_000),
        examples: Vec::new(),
    };
    let request = wire::RegisterHostCallbacksRequest {
        name: "calc".to_owned(),
        description: "Numbers".to_owned(),
        command_aliases: vec!["calc".to_owned()],
        registry_command_aliases: Vec::new(),
        callbacks: HashMap::from([("double".to_owned(), definition)]),
    };
    let again = RequestPayload::RegisterHostCallbacksRequest(request.clone());
    let registered = vm
        .asks(RequestPayload::RegisterHostCallbacksRequest(request))
        .await;
    let ResponsePayload::HostCallbacksRegisteredResponse(registered) = registered else {
        panic!("{registered:?}")
    };
    assert_eq!(registered.command_count, 1);
    assert_eq!(vm.refused(again).await, "conflict");
    vm.starts(command("one", "calc", &["double", "--n", "21"]))
        .await;
    let Ended { stdout, code, .. } = vm.ends("one").await;
    let said: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (said, code),
        (serde_json::json!({ "ok": true, "result": 42 }), 0)
    );
}

#[tokio::test]
async fn a_server_in_the_vm_is_found_and_fetched_from() {
    let mut vm = Vm::new().await;
    let server = "require('http').createServer((request, response) => response.end(request.method + request.url)) \
                  .listen(4000, () => console.log('serves'));";
    vm.writes("/serve.js", server).await;
    vm.starts(program("one", GuestRuntimeKind::JavaScript, "/serve.js"))
        .await;
    vm.says("one", "serves").await;
    let find = wire::FindListenerRequest {
        host: None,
        port: Some(4_000),
        path: None,
    };
    let ResponsePayload::ListenerSnapshotResponse(found) =
        vm.asks(RequestPayload::FindListenerRequest(find)).await
    else {
        panic!("nobody says who listens");
    };
    assert_eq!(
        found.listener.map(|found| (found.process_id, found.port)),
        Some(("one".to_owned(), Some(4_000)))
    );
    let fetch = wire::VmFetchRequest {
        port: 4_000,
        method: "POST".to_owned(),
        path: "/there".to_owned(),
        headers_json: "{}".to_owned(),
        body: None,
    };
    let nobody = wire::VmFetchRequest {
        port: 4_001,
        ..fetch.clone()
    };
    let ResponsePayload::VmFetchResponse(fetched) =
        vm.asks(RequestPayload::VmFetchRequest(fetch)).await
    else {
        panic!("nothing is fetched");
    };
    let fetched: serde_json::Value = serde_json::from_str(&fetched.response_json).unwrap();
    assert_eq!(
        (&fetched["status"], &fetched["body"]),
        (&200.into(), &"UE9TVC90aGVyZQ==".into())
    );
    assert_eq!(
        vm.refused(RequestPayload::VmFetchRequest(nobody)).await,
        "execution_error"
    );
}

#[tokio::test]
async fn what_no_sidecar_serves_is_refused_and_a_vm_goes_once() {
    let mut vm = Vm::new().await;
    let host = wire::HostFilesystemCallRequest {
        operation: wire::FilesystemOperation::Read,
        path: "/".to_owned(),
        payload_size_bytes: 0,
    };
    let load = wire::PersistenceLoadRequest {
        key: "key".to_owned(),
    };
    let flush = wire::PersistenceFlushRequest {
        key: "key".to_owned(),
        payload_size_bytes: 0,
    };
    for payload in [
        RequestPayload::HostFilesystemCallRequest(host),
        RequestPayload::PersistenceLoadRequest(load),
        RequestPayload::PersistenceFlushRequest(flush),
    ] {
        assert_eq!(vm.refused(payload).await, "unsupported_direction");
    }
    let ext = wire::ExtEnvelope {
        namespace: "dev.example".to_owned(),
        payload: Vec::new(),
    };
    assert_eq!(
        vm.refused(RequestPayload::ExtEnvelope(ext)).await,
        "unknown_extension"
    );
    let dispose = || {
        RequestPayload::DisposeVmRequest(wire::DisposeVmRequest {
            reason: wire::DisposeReason::Requested,
        })
    };
    let answer = vm.asks(dispose()).await;
    assert!(
        matches!(answer, ResponsePayload::VmDisposedResponse(_)),
        "{answer:?}"
    );
    for state in [VmLifecycleState::Disposing, VmLifecycleState::Disposed] {
        assert_eq!(
            vm.event().await,
            EventPayload::VmLifecycleEvent(wire::VmLifecycleEvent { state })
        );
    }
    assert_eq!(vm.refused(dispose()).await, "invalid_state");
}
