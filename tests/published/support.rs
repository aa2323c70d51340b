//! A sidecar that the published client started, and a VM in it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secure_exec_client::{SidecarTransport, TransportError, wire};
use secure_exec_vm_config::CreateVmConfig;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::broadcast::Receiver;
use wire::{EventPayload, OwnershipScope, RequestPayload, ResponsePayload};

/// The name by which the client looks for a sidecar on `PATH`.
pub(crate) const NAME: &str = "secure-exec-sidecar";

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a link of the name [`NAME`] to the binary.
pub(crate) fn link() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join(NAME);
    let binary =
        std::env::var_os("TOLLGATE_BINARY").expect("TOLLGATE_BINARY says where the binary is");
    std::os::unix::fs::symlink(binary, &link).unwrap();
    (folder, link)
}

/// A sidecar that was started through a link, with a session in it.
pub(crate) struct Sidecar {
    pub(crate) transport: Arc<SidecarTransport>,
    pub(crate) connection: String,
    pub(crate) session: String,
    _link: TempDir,
}

/// A VM, and what is told of it.
pub(crate) struct Vm {
    pub(crate) sidecar: Sidecar,
    pub(crate) scope: OwnershipScope,
    events: Receiver<(OwnershipScope, EventPayload)>,
}

/// What a program did.
#[derive(Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what)
        .await
        .expect("something comes")
}

/// Authenticates as versions of the protocol and of the bridge.
pub(crate) async fn authenticates(
    transport: &SidecarTransport,
    protocol_version: u16,
    bridge_version: u32,
) -> ResponsePayload {
    let request = wire::AuthenticateRequest {
        client_name: "published".to_owned(),
        auth_token: "token".to_owned(),
        protocol_version,
        bridge_version,
    };
    let request = RequestPayload::AuthenticateRequest(request);
    let asked = transport.request_wire(OwnershipScope::connection("hint"), request);
    within(asked).await.unwrap()
}

impl Sidecar {
    pub(crate) async fn start() -> Self {
        let (folder, link) = link();
        let path = link.to_str().unwrap().to_owned();
        let transport = SidecarTransport::spawn(Some(path)).await.unwrap();
        let answer = authenticates(&transport, wire::PROTOCOL_VERSION, 1).await;
        let ResponsePayload::AuthenticatedResponse(authenticated) = answer else {
            panic!("{answer:?}");
        };
        transport.set_max_frame_bytes(authenticated.max_frame_bytes as usize);
        let request = wire::OpenSessionRequest {
            placement: wire::SidecarPlacement::SidecarPlacementShared(
                wire::SidecarPlacementShared { pool: None },
            ),
            metadata: HashMap::new(),
        };
        let connection = authenticated.connection_id;
        let scope = OwnershipScope::connection(&connection);
        let asked = transport.request_wire(scope, RequestPayload::OpenSessionRequest(request));
        let answer = within(asked).await.unwrap();
        let ResponsePayload::SessionOpenedResponse(opened) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(opened.owner_connection_id, connection);
        Self {
            transport,
            connection,
            session: opened.session_id,
            _link: folder,
        }
    }

    /// Asks for a VM of this configuration.
    pub(crate) async fn creates(&self, config: String) -> ResponsePayload {
        let request = wire::CreateVmRequest {
            runtime: wire::GuestRuntimeKind::JavaScript,
            config,
        };
        let scope = OwnershipScope::session(&self.connection, &self.session);
        let request = RequestPayload::CreateVmRequest(request);
        within(self.transport.request_wire(scope, request))
            .await
            .unwrap()
    }
}

/// Everything allowed, as the client's own types write it.
pub(crate) fn allowed() -> CreateVmConfig {
    let scopes = ["fs", "network", "childProcess", "process", "env", "binding"];
    let permissions: Value = scopes
        .iter()
        .map(|scope| ((*scope).to_owned(), json!("allow")))
        .collect();
    serde_json::from_value(json!({ "permissions": permissions })).unwrap()
}

impl Vm {
    pub(crate) async fn new() -> Self {
        let sidecar = Sidecar::start().await;
        let events = sidecar.transport.subscribe_wire_events();
        let config = serde_json::to_string(&allowed()).unwrap();
        let answer = sidecar.creates(config).await;
        let ResponsePayload::VmCreatedResponse(created) = answer else {
            panic!("{answer:?}");
        };
        let scope = OwnershipScope::vm(&sidecar.connection, &sidecar.session, created.vm_id);
        let mut vm = Self {
            sidecar,
            scope,
            events,
        };
        assert_eq!(vm.state().await, wire::VmLifecycleState::Creating);
        assert_eq!(vm.state().await, wire::VmLifecycleState::Ready);
        vm
    }

    /// What comes to a request, which may be that nobody answers any more.
    pub(crate) async fn tries(
        &self,
        payload: RequestPayload,
    ) -> Result<ResponsePayload, TransportError> {
        within(
            self.sidecar
                .transport
                .request_wire(self.scope.clone(), payload),
        )
        .await
    }

    pub(crate) async fn asks(&self, payload: RequestPayload) -> ResponsePayload {
        self.tries(payload).await.unwrap()
    }

    /// The code with which a request is refused.
    pub(crate) async fn refused(&self, payload: RequestPayload) -> String {
        match self.asks(payload).await {
            ResponsePayload::RejectedResponse(rejected) => rejected.code,
            other => panic!("{other:?}"),
        }
    }

    /// The next thing that is told of this VM.
    pub(crate) async fn event(&mut self) -> EventPayload {
        loop {
            let (scope, payload) = within(self.events.recv()).await.unwrap();
            if scope == self.scope {
                return payload;
            }
        }
    }

    pub(crate) async fn state(&mut self) -> wire::VmLifecycleState {
        match self.event().await {
            EventPayload::VmLifecycleEvent(event) => event.state,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn call(&self, call: wire::GuestFilesystemCallRequest) -> ResponsePayload {
        self.asks(RequestPayload::GuestFilesystemCallRequest(call))
            .await
    }

    /// What a call gives that is not refused.
    pub(crate) async fn does(
        &self,
        call: wire::GuestFilesystemCallRequest,
    ) -> wire::GuestFilesystemResultResponse {
        match self.call(call).await {
            ResponsePayload::GuestFilesystemResultResponse(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn writes(&self, path: &str, content: &str) {
        let content = Some(content.to_owned());
        self.does(wire::GuestFilesystemCallRequest {
            content,
            ..fs(wire::GuestFilesystemOperation::WriteFile, path)
        })
        .await;
    }

    pub(crate) async fn starts(&self, execute: wire::ExecuteRequest) {
        match self.asks(RequestPayload::ExecuteRequest(execute)).await {
            ResponsePayload::ProcessStartedResponse(_) => {}
            other => panic!("{other:?}"),
        }
    }

    /// What a program wrote until it ended.
    pub(crate) async fn ends(&mut self, process: &str) -> Ended {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        loop {
            match self.event().await {
                EventPayload::ProcessOutputEvent(output) if output.process_id == process => {
                    match output.channel {
                        wire::StreamChannel::Stdout => stdout.extend(output.chunk),
                        wire::StreamChannel::Stderr => stderr.extend(output.chunk),
                    }
                }
                EventPayload::ProcessExitedEvent(exited) if exited.process_id == process => {
                    let [stdout, stderr] =
                        [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
                    return Ended {
                        stdout,
                        stderr,
                        code: exited.exit_code,
                    };
                }
                _ => {}
            }
        }
    }

    /// What a program wrote so far, once it contains `text`.
    pub(crate) async fn says(&mut self, process: &str, text: &str) -> String {
        let mut said = String::new();
        while !said.contains(text) {
            match self.event().await {
                EventPayload::ProcessOutputEvent(output) if output.process_id == process => {
                    said += std::str::from_utf8(&output.chunk).unwrap();
                }
                EventPayload::ProcessExitedEvent(exited) => panic!("{exited:?} after {said:?}"),
                _ => {}
            }
        }
        said
    }
}

/// A call with a path and nothing else.
pub(crate) fn fs(
    operation: wire::GuestFilesystemOperation,
    path: &str,
) -> wire::GuestFilesystemCallRequest {
    wire::GuestFilesystemCallRequest {
        operation,
        path: path.to_owned(),
        destination_path: None,
        target: None,
        content: None,
        encoding: None,
        recursive: false,
        mode: None,
        uid: None,
        gid: None,
        atime_ms: None,
        mtime_ms: None,
        len: None,
        offset: None,
    }
}

/// `process` runs the file at a path in the VM.
pub(crate) fn program(
    process: &str,
    runtime: wire::GuestRuntimeKind,
    path: &str,
) -> wire::ExecuteRequest {
    wire::ExecuteRequest {
        process_id: process.to_owned(),
        command: None,
        runtime: Some(runtime),
        entrypoint: Some(path.to_owned()),
        args: Vec::new(),
        env: HashMap::new(),
        cwd: None,
        wasm_permission_tier: None,
    }
}

/// `process` runs a command.
pub(crate) fn command(process: &str, command: &str, args: &[&str]) -> wire::ExecuteRequest {
    wire::ExecuteRequest {
        command: Some(command.to_owned()),
        runtime: None,
        entrypoint: None,
        args: args.iter().map(|word| (*word).to_owned()).collect(),
        ..program(process, wire::GuestRuntimeKind::JavaScript, "")
    }
}
