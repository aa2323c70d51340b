//! `tollgate:sidecar/control`: a function for each request, each decided and recorded as `control.call` of its name.

use tollgate::interface::{
    Admitted, Ask, ComponentNamedList, Denial, Failed, Interface, Lift, Lower,
};
use tollgate_policy::{Operation, Scope};
use tollgate_protocol::types::{
    AuthenticatedResponse, BoundUdpSnapshotResponse, ExtEnvelope, FilesystemResultResponse,
    GuestFilesystemResultResponse, HostCallbacksRegisteredResponse, LayerCreatedResponse,
    LayerSealedResponse, ListenerSnapshotResponse, OverlayCreatedResponse, OwnershipScope,
    PersistenceFlushedResponse, PersistenceStateResponse, ProcessKilledResponse,
    ProcessSnapshotResponse, ProcessStartedResponse, RejectedResponse, RequestPayload as Payload,
    ResponsePayload, RootFilesystemBootstrappedResponse, RootFilesystemSnapshotResponse,
    SessionOpenedResponse, SignalStateResponse, SnapshotExportedResponse, SnapshotImportedResponse,
    StdinClosedResponse, StdinWrittenResponse, VmConfiguredResponse, VmCreatedResponse,
    VmDisposedResponse, VmFetchResponse, ZombieTimerCountResponse,
};
use tollgate_protocol::{RefusalCode, Response};

use super::plane::Plane;
use crate::rejection::Rejection;

/// What is called over and over: equal calls in a row may share a record.
const OFTEN: [&str; 7] = [
    "guest-filesystem-call",
    "write-stdin",
    "get-process-snapshot",
    "find-listener",
    "find-bound-udp",
    "get-signal-state",
    "get-zombie-timer-count",
];

pub(super) fn control() -> Interface {
    let mut told = Interface::new("tollgate:sidecar/control@1.0.0");
    told.words("make VMs, run programs in them, and use their files");
    connections(&mut told);
    files(&mut told);
    programs(&mut told);
    refused(&mut told);
    told
}

/// Who asks, and which VMs there are.
fn connections(told: &mut Interface) {
    asks::<(OwnershipScope, _), AuthenticatedResponse>(
        told,
        "authenticate",
        |(ownership, request)| (ownership, Payload::AuthenticateRequest(request)),
    );
    asks::<(OwnershipScope, _), SessionOpenedResponse>(
        told,
        "open-session",
        |(ownership, request)| (ownership, Payload::OpenSessionRequest(request)),
    );
    asks::<(OwnershipScope, _), VmCreatedResponse>(told, "create-vm", |(ownership, request)| {
        (ownership, Payload::CreateVmRequest(request))
    });
    asks::<(OwnershipScope, _), VmDisposedResponse>(told, "dispose-vm", |(ownership, request)| {
        (ownership, Payload::DisposeVmRequest(request))
    });
    asks::<(OwnershipScope, _), VmConfiguredResponse>(
        told,
        "configure-vm",
        |(ownership, request)| (ownership, Payload::ConfigureVmRequest(request)),
    );
    asks::<(OwnershipScope, _), HostCallbacksRegisteredResponse>(
        told,
        "register-host-callbacks",
        |(ownership, request)| (ownership, Payload::RegisterHostCallbacksRequest(request)),
    );
    asks::<(OwnershipScope, _), ExtEnvelope>(told, "ext", |(ownership, request)| {
        (ownership, Payload::ExtEnvelope(request))
    });
}

/// Files of a VM, and layers.
fn files(told: &mut Interface) {
    asks::<(OwnershipScope, _), RootFilesystemBootstrappedResponse>(
        told,
        "bootstrap-root-filesystem",
        |(ownership, request)| (ownership, Payload::BootstrapRootFilesystemRequest(request)),
    );
    asks::<(OwnershipScope,), LayerCreatedResponse>(told, "create-layer", |(ownership,)| {
        (ownership, Payload::CreateLayerRequest)
    });
    asks::<(OwnershipScope, _), LayerSealedResponse>(told, "seal-layer", |(ownership, request)| {
        (ownership, Payload::SealLayerRequest(request))
    });
    asks::<(OwnershipScope, _), SnapshotImportedResponse>(
        told,
        "import-snapshot",
        |(ownership, request)| (ownership, Payload::ImportSnapshotRequest(request)),
    );
    asks::<(OwnershipScope, _), SnapshotExportedResponse>(
        told,
        "export-snapshot",
        |(ownership, request)| (ownership, Payload::ExportSnapshotRequest(request)),
    );
    asks::<(OwnershipScope, _), OverlayCreatedResponse>(
        told,
        "create-overlay",
        |(ownership, request)| (ownership, Payload::CreateOverlayRequest(request)),
    );
    asks::<(OwnershipScope, _), GuestFilesystemResultResponse>(
        told,
        "guest-filesystem-call",
        |(ownership, request)| (ownership, Payload::GuestFilesystemCallRequest(request)),
    );
    asks::<(OwnershipScope,), RootFilesystemSnapshotResponse>(
        told,
        "snapshot-root-filesystem",
        |(ownership,)| (ownership, Payload::SnapshotRootFilesystemRequest),
    );
}

/// Programs, and their servers.
fn programs(told: &mut Interface) {
    asks::<(OwnershipScope, _), ProcessStartedResponse>(told, "execute", |(ownership, request)| {
        (ownership, Payload::ExecuteRequest(request))
    });
    asks::<(OwnershipScope, _), StdinWrittenResponse>(
        told,
        "write-stdin",
        |(ownership, request)| (ownership, Payload::WriteStdinRequest(request)),
    );
    asks::<(OwnershipScope, _), StdinClosedResponse>(
        told,
        "close-stdin",
        |(ownership, request)| (ownership, Payload::CloseStdinRequest(request)),
    );
    asks::<(OwnershipScope, _), ProcessKilledResponse>(
        told,
        "kill-process",
        |(ownership, request)| (ownership, Payload::KillProcessRequest(request)),
    );
    asks::<(OwnershipScope,), ProcessSnapshotResponse>(
        told,
        "get-process-snapshot",
        |(ownership,)| (ownership, Payload::GetProcessSnapshotRequest),
    );
    asks::<(OwnershipScope, _), ListenerSnapshotResponse>(
        told,
        "find-listener",
        |(ownership, request)| (ownership, Payload::FindListenerRequest(request)),
    );
    asks::<(OwnershipScope, _), BoundUdpSnapshotResponse>(
        told,
        "find-bound-udp",
        |(ownership, request)| (ownership, Payload::FindBoundUdpRequest(request)),
    );
    asks::<(OwnershipScope, _), SignalStateResponse>(
        told,
        "get-signal-state",
        |(ownership, request)| (ownership, Payload::GetSignalStateRequest(request)),
    );
    asks::<(OwnershipScope,), ZombieTimerCountResponse>(
        told,
        "get-zombie-timer-count",
        |(ownership,)| (ownership, Payload::GetZombieTimerCountRequest),
    );
    asks::<(OwnershipScope, _), VmFetchResponse>(told, "vm-fetch", |(ownership, request)| {
        (ownership, Payload::VmFetchRequest(request))
    });
}

/// What only a sidecar asks, and is refused.
fn refused(told: &mut Interface) {
    asks::<(OwnershipScope, _), FilesystemResultResponse>(
        told,
        "host-filesystem-call",
        |(ownership, request)| (ownership, Payload::HostFilesystemCallRequest(request)),
    );
    asks::<(OwnershipScope, _), PersistenceStateResponse>(
        told,
        "persistence-load",
        |(ownership, request)| (ownership, Payload::PersistenceLoadRequest(request)),
    );
    asks::<(OwnershipScope, _), PersistenceFlushedResponse>(
        told,
        "persistence-flush",
        |(ownership, request)| (ownership, Payload::PersistenceFlushRequest(request)),
    );
}

/// What a function answers: as the frame does.
type Answered<A> = Result<A, RejectedResponse>;

fn asks<P, A>(
    told: &mut Interface,
    function: &'static str,
    request: fn(P) -> (OwnershipScope, Payload),
) where
    P: ComponentNamedList + Lift + Send + Sync + 'static,
    A: Response + Send + Sync + 'static,
    (Answered<A>,): ComponentNamedList + Lower,
{
    let ask = Ask::same(Operation::Control { verb: function });
    let is_often = OFTEN.contains(&function);
    let ask = if is_often { ask.often() } else { ask };
    let code = RefusalCode::KernelError;
    told.function(
        function,
        ask,
        Denial::with(code.as_str(), move |_: &P| (Err(denied(function)),)),
        move |admitted, parameters: P| {
            let (ownership, payload) = request(parameters);
            Box::pin(async move {
                let answer = answer(admitted, ownership, payload).await;
                let answer = answer.unwrap_or_else(ResponsePayload::from);
                match answer.into_answer::<A>() {
                    Ok(answer) => Ok((Ok(answer),)),
                    Err(rejected) => Err(Failed::answer(code_of(&rejected), (Err(rejected),))),
                }
            })
        },
    );
}

async fn answer(
    admitted: Admitted<'_>,
    ownership: OwnershipScope,
    payload: Payload,
) -> Result<ResponsePayload, Rejection> {
    let Some(plane) = Plane::of(&admitted.calling) else {
        return Err(Rejection::new(
            RefusalCode::Unsupported,
            "no sidecar serves this run",
        ));
    };
    plane.ask(ownership, payload, admitted.traffic).await
}

/// How a refusal is called in the record.
fn code_of(rejected: &RejectedResponse) -> &'static str {
    let code = rejected.known_code();
    code.unwrap_or(RefusalCode::BridgeError).as_str()
}

fn denied(function: &str) -> RejectedResponse {
    let scope = Scope::Control;
    let why = format!("EACCES: permission denied, {function}: blocked by {scope}.call policy");
    RejectedResponse::new(RefusalCode::KernelError, &why)
}
