//! The guest that hands calls on, as something to ask.

use tollgate::interface::{ComponentNamedList, Lift, Lower};
use tollgate::policy::PolicyBuilder;
use tollgate::{Instance, InstanceError, RunControl};
use tollgate_protocol::types::{
    AnswerRefused, Callback, CreateVmRequest, Event, EventPayload, GuestFilesystemOperation,
    GuestRuntimeKind, OpenSessionRequest, OwnershipScope, RejectedResponse, RequestId,
    RequestPayload as Payload, ResponsePayload as Answer, SidecarPlacement, SidecarPlacementShared,
    SidecarResponsePayload,
};
use tollgate_tests::guests;

use crate::support::{House, connection, file_call, guest, session, soon, vm};

pub(crate) struct Relay {
    instance: Instance,
    pub(crate) control: RunControl,
}

pub(crate) fn authenticate(version: u16) -> Payload {
    Payload::AuthenticateRequest(tollgate_protocol::types::AuthenticateRequest {
        client_name: "tests".to_owned(),
        auth_token: String::new(),
        protocol_version: version,
        bridge_version: 1,
    })
}

pub(crate) fn open_session() -> Payload {
    Payload::OpenSessionRequest(OpenSessionRequest {
        placement: SidecarPlacement::SidecarPlacementShared(SidecarPlacementShared { pool: None }),
        metadata: Vec::new(),
    })
}

pub(crate) fn create_vm(config: &str) -> Payload {
    Payload::CreateVmRequest(CreateVmRequest {
        runtime: GuestRuntimeKind::WebAssembly,
        config: config.to_owned(),
    })
}

impl Relay {
    pub(crate) async fn of(house: &House, tell: impl FnOnce(&mut PolicyBuilder)) -> Self {
        let component = house.host.load(guest(guests::CONTROL_RELAY)).await.unwrap();
        let grants = house.grants(|policy| {
            // A relay lives as long as its test.
            policy.limit("host-call-bytes=64MiB,memory=512MiB").unwrap();
            tell(policy);
        });
        let control = RunControl::new();
        let options = house.options(&grants, &control);
        let instance = component.instantiate(options).await.unwrap();
        Self { instance, control }
    }

    pub(crate) fn run(&self) -> &str {
        self.instance.run()
    }

    pub(crate) async fn close(self) {
        let _how = self.instance.close().await;
    }

    /// Asks by a call.
    pub(crate) async fn ask(&mut self, scope: OwnershipScope, payload: Payload) -> Answer {
        soon(self.try_ask(scope, payload)).await.unwrap()
    }

    pub(crate) async fn try_ask(
        &mut self,
        scope: OwnershipScope,
        payload: Payload,
    ) -> Result<Answer, InstanceError> {
        match payload {
            Payload::AuthenticateRequest(request) => {
                self.call(
                    "authenticate",
                    (scope, request),
                    Answer::AuthenticatedResponse,
                )
                .await
            }
            Payload::OpenSessionRequest(request) => {
                self.call(
                    "open-session",
                    (scope, request),
                    Answer::SessionOpenedResponse,
                )
                .await
            }
            Payload::CreateVmRequest(request) => {
                self.call("create-vm", (scope, request), Answer::VmCreatedResponse)
                    .await
            }
            Payload::DisposeVmRequest(request) => {
                self.call("dispose-vm", (scope, request), Answer::VmDisposedResponse)
                    .await
            }
            Payload::BootstrapRootFilesystemRequest(request) => {
                self.call(
                    "bootstrap-root-filesystem",
                    (scope, request),
                    Answer::RootFilesystemBootstrappedResponse,
                )
                .await
            }
            Payload::ConfigureVmRequest(request) => {
                self.call(
                    "configure-vm",
                    (scope, request),
                    Answer::VmConfiguredResponse,
                )
                .await
            }
            Payload::RegisterHostCallbacksRequest(request) => {
                self.call(
                    "register-host-callbacks",
                    (scope, request),
                    Answer::HostCallbacksRegisteredResponse,
                )
                .await
            }
            Payload::CreateLayerRequest => {
                self.call("create-layer", (scope,), Answer::LayerCreatedResponse)
                    .await
            }
            Payload::SealLayerRequest(request) => {
                self.call("seal-layer", (scope, request), Answer::LayerSealedResponse)
                    .await
            }
            Payload::ImportSnapshotRequest(request) => {
                self.call(
                    "import-snapshot",
                    (scope, request),
                    Answer::SnapshotImportedResponse,
                )
                .await
            }
            Payload::ExportSnapshotRequest(request) => {
                self.call(
                    "export-snapshot",
                    (scope, request),
                    Answer::SnapshotExportedResponse,
                )
                .await
            }
            Payload::CreateOverlayRequest(request) => {
                self.call(
                    "create-overlay",
                    (scope, request),
                    Answer::OverlayCreatedResponse,
                )
                .await
            }
            Payload::GuestFilesystemCallRequest(request) => {
                self.call(
                    "guest-filesystem-call",
                    (scope, request),
                    Answer::GuestFilesystemResultResponse,
                )
                .await
            }
            Payload::SnapshotRootFilesystemRequest => {
                self.call(
                    "snapshot-root-filesystem",
                    (scope,),
                    Answer::RootFilesystemSnapshotResponse,
                )
                .await
            }
            Payload::ExecuteRequest(request) => {
                self.call("execute", (scope, request), Answer::ProcessStartedResponse)
                    .await
            }
            Payload::WriteStdinRequest(request) => {
                self.call(
                    "write-stdin",
                    (scope, request),
                    Answer::StdinWrittenResponse,
                )
                .await
            }
            Payload::CloseStdinRequest(request) => {
                self.call("close-stdin", (scope, request), Answer::StdinClosedResponse)
                    .await
            }
            Payload::KillProcessRequest(request) => {
                self.call(
                    "kill-process",
                    (scope, request),
                    Answer::ProcessKilledResponse,
                )
                .await
            }
            Payload::GetProcessSnapshotRequest => {
                self.call(
                    "get-process-snapshot",
                    (scope,),
                    Answer::ProcessSnapshotResponse,
                )
                .await
            }
            Payload::FindListenerRequest(request) => {
                self.call(
                    "find-listener",
                    (scope, request),
                    Answer::ListenerSnapshotResponse,
                )
                .await
            }
            Payload::FindBoundUdpRequest(request) => {
                self.call(
                    "find-bound-udp",
                    (scope, request),
                    Answer::BoundUdpSnapshotResponse,
                )
                .await
            }
            Payload::GetSignalStateRequest(request) => {
                self.call(
                    "get-signal-state",
                    (scope, request),
                    Answer::SignalStateResponse,
                )
                .await
            }
            Payload::GetZombieTimerCountRequest => {
                self.call(
                    "get-zombie-timer-count",
                    (scope,),
                    Answer::ZombieTimerCountResponse,
                )
                .await
            }
            Payload::HostFilesystemCallRequest(request) => {
                self.call(
                    "host-filesystem-call",
                    (scope, request),
                    Answer::FilesystemResultResponse,
                )
                .await
            }
            Payload::PersistenceLoadRequest(request) => {
                self.call(
                    "persistence-load",
                    (scope, request),
                    Answer::PersistenceStateResponse,
                )
                .await
            }
            Payload::PersistenceFlushRequest(request) => {
                self.call(
                    "persistence-flush",
                    (scope, request),
                    Answer::PersistenceFlushedResponse,
                )
                .await
            }
            Payload::VmFetchRequest(request) => {
                self.call("vm-fetch", (scope, request), Answer::VmFetchResponse)
                    .await
            }
            Payload::ExtEnvelope(request) => {
                self.call("ext", (scope, request), Answer::ExtEnvelope)
                    .await
            }
        }
    }

    async fn call<A, R>(
        &mut self,
        function: &str,
        arguments: A,
        answer: fn(R) -> Answer,
    ) -> Result<Answer, InstanceError>
    where
        A: ComponentNamedList + Lower + Send + Sync + 'static,
        R: Send + Sync + 'static,
        (Result<R, RejectedResponse>,): ComponentNamedList + Lift,
    {
        let name = format!("tollgate:sidecar/control@1.0.0#{function}");
        let (result,): (Result<R, RejectedResponse>,) =
            self.instance.call(&name, arguments).await?;
        Ok(result.map_or_else(Answer::RejectedResponse, answer))
    }

    async fn fetched<A, R>(&mut self, function: &str, arguments: A) -> Result<R, InstanceError>
    where
        A: ComponentNamedList + Lower + Send + Sync + 'static,
        (R,): ComponentNamedList + Lift + Send + Sync + 'static,
        R: Send + Sync + 'static,
    {
        let name = format!("tollgate:relay/fetched@1.0.0#{function}");
        let (result,): (R,) = self.instance.call(&name, arguments).await?;
        Ok(result)
    }

    pub(crate) async fn event(&mut self) -> Result<Event, InstanceError> {
        self.fetched("take-event", ()).await
    }

    pub(crate) async fn event_now(&mut self) -> Option<Event> {
        soon(self.fetched("event-now", ())).await.unwrap()
    }

    pub(crate) async fn question(&mut self) -> Callback {
        soon(self.fetched("take-question", ())).await.unwrap()
    }

    pub(crate) async fn ready(&mut self) -> (bool, bool) {
        soon(self.fetched("ready", ())).await.unwrap()
    }

    pub(crate) async fn answer(
        &mut self,
        question: RequestId,
        payload: SidecarResponsePayload,
    ) -> Result<(), AnswerRefused> {
        let answered = self.fetched("answer", (question, payload));
        soon(answered).await.unwrap()
    }

    /// A connection, a session and a VM.
    pub(crate) async fn vm(&mut self, config: &str) -> OwnershipScope {
        let Answer::AuthenticatedResponse(made) =
            self.ask(connection("hint"), authenticate(7)).await
        else {
            panic!("it is let in");
        };
        let conn = made.connection_id;
        let Answer::SessionOpenedResponse(opened) =
            self.ask(connection(&conn), open_session()).await
        else {
            panic!("a session is opened");
        };
        let of = opened.session_id;
        match self.ask(session(&conn, &of), create_vm(config)).await {
            Answer::VmCreatedResponse(made) => vm(&conn, &of, &made.vm_id),
            other => panic!("{other:?}"),
        }
    }

    /// Writes a file of text.
    pub(crate) async fn write(&mut self, scope: &OwnershipScope, path: &str, text: &str) {
        let call = file_call(
            GuestFilesystemOperation::WriteFile,
            path,
            Some(text.to_owned()),
        );
        let payload = Payload::GuestFilesystemCallRequest(call);
        let answer = self.ask(scope.clone(), payload).await;
        assert!(
            matches!(answer, Answer::GuestFilesystemResultResponse(_)),
            "{answer:?}"
        );
    }

    /// What a program writes and ends with.
    pub(crate) async fn until_ended(&mut self, process: &str) -> (String, i32) {
        let mut written = Vec::new();
        loop {
            match soon(self.event()).await.unwrap().payload {
                EventPayload::ProcessOutputEvent(output) if output.process_id == process => {
                    written.extend(output.chunk);
                }
                EventPayload::ProcessExitedEvent(exited) if exited.process_id == process => {
                    return (String::from_utf8(written).unwrap(), exited.exit_code);
                }
                _ => {}
            }
        }
    }
}

/// The code of a refusal.
#[track_caller]
pub(crate) fn code(answer: &Answer) -> &str {
    match answer {
        Answer::RejectedResponse(rejected) => &rejected.code,
        other => panic!("it is not refused: {other:?}"),
    }
}
