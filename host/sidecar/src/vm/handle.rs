//! The requests of a VM.

use std::sync::Arc;

use tollgate::engine::{Rate, Traffic, Verdict};
use tollgate_policy::{NetworkTarget, NetworkVerb, Operation, ProcessVerb, Transport};
use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{
    BoundUdpSnapshotResponse, EventPayload, LayerCreatedResponse, LayerSealedResponse,
    ListenerSnapshotResponse, OverlayCreatedResponse, ProcessSnapshotResponse, RequestPayload,
    ResponsePayload, RootFilesystemBootstrappedResponse, RootFilesystemSnapshotResponse,
    SignalStateResponse, SnapshotExportedResponse, SnapshotImportedResponse, VmDisposedResponse,
    VmLifecycleEvent, VmLifecycleState, ZombieTimerCountResponse,
};

use super::Vm;
use crate::answer::Answer;
use crate::denial;
use crate::rejection::Rejection;

impl Vm {
    /// Answers one request. They come one after the other.
    pub(crate) async fn request(self: &Arc<Self>, payload: RequestPayload) -> Answer {
        let answer = self.answer(payload).await;
        self.warn().await;
        answer
    }

    async fn answer(self: &Arc<Self>, payload: RequestPayload) -> Answer {
        match payload {
            RequestPayload::DisposeVmRequest(_) => self.dispose().await.into(),
            RequestPayload::BootstrapRootFilesystemRequest(request) => self
                .files
                .bootstrap(request.entries)
                .map(|entry_count| {
                    ResponsePayload::RootFilesystemBootstrappedResponse(
                        RootFilesystemBootstrappedResponse { entry_count },
                    )
                })
                .into(),
            RequestPayload::ConfigureVmRequest(request) => self.configure(request).await.into(),
            RequestPayload::RegisterHostCallbacksRequest(request) => self.register(request).into(),
            RequestPayload::CreateLayerRequest => self
                .layers
                .create()
                .map(|layer_id| {
                    ResponsePayload::LayerCreatedResponse(LayerCreatedResponse { layer_id })
                })
                .into(),
            RequestPayload::SealLayerRequest(request) => self
                .layers
                .seal(&request.layer_id)
                .map(|layer_id| {
                    ResponsePayload::LayerSealedResponse(LayerSealedResponse { layer_id })
                })
                .into(),
            RequestPayload::ImportSnapshotRequest(request) => self
                .layers
                .import(request.entries)
                .map(|layer_id| {
                    ResponsePayload::SnapshotImportedResponse(SnapshotImportedResponse { layer_id })
                })
                .into(),
            RequestPayload::ExportSnapshotRequest(request) => {
                let entries = self.layers.export(&request.layer_id);
                let exported = |entries| {
                    ResponsePayload::SnapshotExportedResponse(SnapshotExportedResponse {
                        layer_id: request.layer_id,
                        entries,
                    })
                };
                entries.map(exported).into()
            }
            RequestPayload::CreateOverlayRequest(request) => self
                .layers
                .overlay(request.upper_layer_id.as_deref(), &request.lower_layer_ids)
                .map(|layer_id| {
                    ResponsePayload::OverlayCreatedResponse(OverlayCreatedResponse { layer_id })
                })
                .into(),
            RequestPayload::GuestFilesystemCallRequest(request) => {
                let called = match self.gate() {
                    Ok(gate) => self.files.call(&gate, request).await,
                    Err(rejection) => Err(rejection),
                };
                called
                    .map(ResponsePayload::GuestFilesystemResultResponse)
                    .into()
            }
            RequestPayload::SnapshotRootFilesystemRequest => self
                .files
                .snapshot_root()
                .map(|entries| {
                    ResponsePayload::RootFilesystemSnapshotResponse(
                        RootFilesystemSnapshotResponse { entries },
                    )
                })
                .into(),
            RequestPayload::ExecuteRequest(request) => self.execute(request).await.into(),
            RequestPayload::WriteStdinRequest(request) => self.processes.write(request).into(),
            RequestPayload::CloseStdinRequest(request) => self.processes.close(request).into(),
            RequestPayload::KillProcessRequest(request) => self.kill(request).await.into(),
            RequestPayload::GetProcessSnapshotRequest => {
                let listed = || {
                    let processes = self.processes.list();
                    ResponsePayload::ProcessSnapshotResponse(ProcessSnapshotResponse { processes })
                };
                let operation = Operation::Process {
                    verb: ProcessVerb::Inspect,
                };
                let import = "tollgate:sidecar/control#get-process-snapshot";
                let allowed = self.inspect(import, &operation, "process").await;
                allowed.map(|()| listed()).into()
            }
            RequestPayload::FindListenerRequest(request) => {
                let import = "tollgate:sidecar/control#find-listener";
                let allowed = self
                    .inspect_socket(
                        import,
                        Transport::Tcp,
                        request.host.as_deref(),
                        request.port,
                    )
                    .await;
                allowed
                    .map(|()| {
                        let listener = self.listener(&request);
                        ResponsePayload::ListenerSnapshotResponse(ListenerSnapshotResponse {
                            listener,
                        })
                    })
                    .into()
            }
            RequestPayload::FindBoundUdpRequest(request) => {
                let import = "tollgate:sidecar/control#find-bound-udp";
                let allowed = self
                    .inspect_socket(
                        import,
                        Transport::Udp,
                        request.host.as_deref(),
                        request.port,
                    )
                    .await;
                // Nothing in a VM binds a UDP socket.
                let socket = None;
                allowed
                    .map(|()| {
                        ResponsePayload::BoundUdpSnapshotResponse(BoundUdpSnapshotResponse {
                            socket,
                        })
                    })
                    .into()
            }
            RequestPayload::GetSignalStateRequest(request) => {
                let handlers = self.processes.signal_state(&request.process_id);
                ResponsePayload::SignalStateResponse(SignalStateResponse {
                    process_id: request.process_id,
                    handlers,
                })
                .into()
            }
            RequestPayload::GetZombieTimerCountRequest => {
                // A program that has ended is waited for by the sidecar itself.
                ResponsePayload::ZombieTimerCountResponse(ZombieTimerCountResponse { count: 0 })
                    .into()
            }
            // These go elsewhere before they come here.
            RequestPayload::VmFetchRequest(request) => self.fetch(request).await,
            RequestPayload::AuthenticateRequest(_)
            | RequestPayload::OpenSessionRequest(_)
            | RequestPayload::CreateVmRequest(_)
            | RequestPayload::HostFilesystemCallRequest(_)
            | RequestPayload::PersistenceLoadRequest(_)
            | RequestPayload::PersistenceFlushRequest(_)
            | RequestPayload::ExtEnvelope(_) => {
                Rejection::state("the request concerns no VM").into()
            }
        }
    }

    /// Ends the VM for good. What its programs still said is part of the answer.
    async fn dispose(&self) -> Result<Answer, Rejection> {
        if !self.books.strike(&self.vm_id) {
            return Err(super::over(self));
        }
        let front = self.events.front();
        self.events.keep();
        let closed = self.close("disposed").await;
        let kept = self.events.stop();
        closed.kept?;
        if !closed.all_ended {
            return Err(Rejection::execution(
                "a program of the VM did not end in time; the VM is gone all the same",
            ));
        }
        let scope = front.ok_or_else(|| super::over(self))?.scope;
        let lifecycle = |state| EventPayload::VmLifecycleEvent(VmLifecycleEvent { state });
        let events = std::iter::once(lifecycle(VmLifecycleState::Disposing))
            .chain(kept)
            .chain(std::iter::once(lifecycle(VmLifecycleState::Disposed)))
            .map(|event| (scope.clone(), event))
            .collect();
        Ok(Answer {
            payload: ResponsePayload::VmDisposedResponse(VmDisposedResponse {
                vm_id: self.vm_id.clone(),
            }),
            events,
            then: None,
        })
    }

    /// Tells the client which limits are near.
    pub(crate) async fn warn(&self) {
        let most = self.config.limits.resources.max_processes;
        let live = self.processes.live() as u64;
        let processes = most.map(|most| (live, most));
        self.warnings.look(processes, self.files.fill()).await;
    }

    /// Why an operation of the client's own is denied: `blocked by fs.read policy`.
    pub(crate) fn denial(&self, operation: &Operation<'_>, capability: &str) -> String {
        match self.gate() {
            Ok(gate) => denial::why(&gate, operation, capability),
            Err(_over) => format!("blocked by {capability} policy"),
        }
    }

    /// Asks the policy whether the client may look.
    async fn inspect(
        &self,
        import: &'static str,
        operation: &Operation<'_>,
        scope: &str,
    ) -> Result<(), Rejection> {
        if self.permitted(import, operation).await? {
            return Ok(());
        }
        let resource = operation.resource();
        let why = self.denial(operation, &format!("{scope}.inspect"));
        Err(Rejection::execution(format!(
            "EACCES: permission denied, {resource}: {why}"
        )))
    }

    async fn inspect_socket(
        &self,
        import: &'static str,
        transport: Transport,
        host: Option<&str>,
        port: Option<u16>,
    ) -> Result<(), Rejection> {
        let target = NetworkTarget {
            transport,
            host: Some(host.unwrap_or("*")),
            addr: None,
            port,
        };
        let operation = Operation::Network {
            verb: NetworkVerb::Inspect,
            target,
        };
        self.inspect(import, &operation, "network").await
    }

    /// Decides about something that the client does, and records it.
    pub(crate) async fn permitted(
        &self,
        import: &'static str,
        operation: &Operation<'_>,
    ) -> Result<bool, Rejection> {
        let gate = self.gate()?;
        let unrecorded = |error| {
            Rejection::new(
                RefusalCode::IoError,
                format!("it cannot be recorded: {error}"),
            )
        };
        let verdict = gate.enter(import, operation, Rate::Single).await;
        let (allowed, call) = match verdict.map_err(unrecorded)? {
            Verdict::Permitted(_permit, call) => (true, call),
            Verdict::Denied(call) => (false, call),
        };
        let outcome = if allowed { "ok" } else { "denied" };
        call.finish(outcome, Traffic::default())
            .await
            .map_err(unrecorded)?;
        Ok(allowed)
    }
}
