//! Which request is answered where: what needs no VM here, in the order in which it came; the rest in the lane of its VM.

use tokio::sync::mpsc;
use tollgate_protocol::types::{
    AuthenticateRequest, AuthenticatedResponse, CreateVmRequest, EventPayload, ExtEnvelope,
    GuestRuntimeKind, OpenSessionRequest, OwnershipScope, RequestFrame, RequestPayload,
    ResponsePayload, SessionOpenedResponse, VmCreatedResponse, VmLifecycleEvent, VmLifecycleState,
};
use tollgate_protocol::vm::NAMESPACE;
use tollgate_protocol::{Asked, BRIDGE_VERSION, RefusalCode, SCHEMA_VERSION, exec};

use crate::answer::Answer;
use crate::calls::Calls;
use crate::control::{Caller, MOST_OF_EACH};
use crate::front::Front;
use crate::house::House;
use crate::lane::{Lane, Room, Work, deliver};
use crate::outbox::Outbox;
use crate::registry::{TransportId, needs};
use crate::rejection::Rejection;
use crate::service::Sidecar;
use crate::vm::config::VmConfig;
use crate::vm::{Making, Seed, Vm};

/// One client: where its frames go, and what was given out to it.
pub(crate) struct Client {
    sidecar: Sidecar,
    /// What its VMs have of the sidecar.
    house: House,
    /// The run that asks, where the client is a component.
    caller: Option<Caller>,
    transport: TransportId,
    outbox: Outbox,
    calls: Calls,
}

impl Client {
    pub(crate) fn new(sidecar: Sidecar, outbox: Outbox, calls: Calls) -> Self {
        let transport = sidecar.registry().transport();
        Self {
            house: sidecar.house().clone(),
            caller: None,
            sidecar,
            transport,
            outbox,
            calls,
        }
    }

    /// A client that is a component: it has no folders of the host, and its VMs are beneath what it may do itself.
    pub(crate) fn of_component(
        sidecar: Sidecar,
        outbox: Outbox,
        calls: Calls,
        caller: Caller,
    ) -> Self {
        let client = Self::new(sidecar, outbox, calls);
        Self {
            house: client.house.without_host_root(),
            caller: Some(caller),
            transport: client.sidecar.registry().transport_of(MOST_OF_EACH),
            ..client
        }
    }

    pub(crate) fn transport(&self) -> TransportId {
        self.transport
    }
}

/// Answers a client's requests until no more come.
pub(crate) async fn serve(
    client: Client,
    mut requests: mpsc::UnboundedReceiver<(RequestFrame, Room)>,
) {
    while let Some((frame, room)) = requests.recv().await {
        let (asked, payload) = frame.split();
        let answer = match client.place(&asked, &payload) {
            Err(rejection) => rejection.into(),
            Ok(Some(lane)) => {
                lane.take(Work {
                    asked,
                    payload,
                    outbox: client.outbox.clone(),
                    room,
                });
                continue;
            }
            Ok(None) => client.answer(&asked, payload).await,
        };
        if deliver(&client.outbox, asked, answer).await.is_err() {
            return;
        }
    }
}

impl Client {
    /// The VM whose lane a request belongs to; none for one that needs no VM.
    fn place(&self, asked: &Asked, payload: &RequestPayload) -> Result<Option<Lane>, Rejection> {
        match payload {
            RequestPayload::AuthenticateRequest(_)
            | RequestPayload::OpenSessionRequest(_)
            | RequestPayload::CreateVmRequest(_)
            | RequestPayload::HostFilesystemCallRequest(_)
            | RequestPayload::PersistenceLoadRequest(_)
            | RequestPayload::PersistenceFlushRequest(_) => Ok(None),
            RequestPayload::ExtEnvelope(asked) if asked.namespace != exec::NAMESPACE => Ok(None),
            RequestPayload::DisposeVmRequest(_)
            | RequestPayload::BootstrapRootFilesystemRequest(_)
            | RequestPayload::ConfigureVmRequest(_)
            | RequestPayload::RegisterHostCallbacksRequest(_)
            | RequestPayload::CreateLayerRequest
            | RequestPayload::SealLayerRequest(_)
            | RequestPayload::ImportSnapshotRequest(_)
            | RequestPayload::ExportSnapshotRequest(_)
            | RequestPayload::CreateOverlayRequest(_)
            | RequestPayload::GuestFilesystemCallRequest(_)
            | RequestPayload::SnapshotRootFilesystemRequest
            | RequestPayload::ExecuteRequest(_)
            | RequestPayload::WriteStdinRequest(_)
            | RequestPayload::CloseStdinRequest(_)
            | RequestPayload::KillProcessRequest(_)
            | RequestPayload::GetProcessSnapshotRequest
            | RequestPayload::FindListenerRequest(_)
            | RequestPayload::FindBoundUdpRequest(_)
            | RequestPayload::GetSignalStateRequest(_)
            | RequestPayload::GetZombieTimerCountRequest
            | RequestPayload::VmFetchRequest(_)
            | RequestPayload::ExtEnvelope(_) => {
                let lane = self.sidecar.registry().vm(self.transport, &asked.ownership);
                lane.map(Some)
            }
        }
    }

    /// Answers what needs no VM.
    async fn answer(&self, asked: &Asked, payload: RequestPayload) -> Answer {
        let scope = &asked.ownership;
        match payload {
            RequestPayload::AuthenticateRequest(request) => {
                self.authenticate(scope, &request).into()
            }
            RequestPayload::OpenSessionRequest(request) => self.open_session(scope, request).into(),
            RequestPayload::CreateVmRequest(request) => self.create_vm(scope, request).await.into(),
            RequestPayload::ExtEnvelope(request) => self.extension(scope, &request).await.into(),
            // Only a sidecar asks these. What needs a VM has gone to its lane.
            _ => Rejection::new(
                RefusalCode::UnsupportedDirection,
                "only a sidecar sends this request to its host",
            )
            .into(),
        }
    }

    fn authenticate(
        &self,
        scope: &OwnershipScope,
        request: &AuthenticateRequest,
    ) -> Result<ResponsePayload, Rejection> {
        if !matches!(scope, OwnershipScope::ConnectionOwnership(_)) {
            return Err(needs("connection"));
        }
        if !self.sidecar.knows(&request.auth_token) {
            let fields = [("client", request.client_name.as_str())];
            let teller = self.sidecar.house().teller();
            teller.event("", "security.auth.failed", &fields);
            return Err(Rejection::new(
                RefusalCode::Unauthorized,
                "invalid auth token",
            ));
        }
        let mismatch = |code, what, expected: u64, got: u64| {
            let message = format!("{what} version mismatch: expected {expected}, got {got}");
            Rejection::new(code, message)
        };
        if request.protocol_version != SCHEMA_VERSION {
            return Err(mismatch(
                RefusalCode::ProtocolVersionMismatch,
                "protocol",
                SCHEMA_VERSION.into(),
                request.protocol_version.into(),
            ));
        }
        if request.bridge_version != BRIDGE_VERSION {
            return Err(mismatch(
                RefusalCode::BridgeVersionMismatch,
                "bridge",
                BRIDGE_VERSION.into(),
                request.bridge_version.into(),
            ));
        }
        let connection_id = self.sidecar.registry().connect(self.transport)?;
        Ok(ResponsePayload::AuthenticatedResponse(
            AuthenticatedResponse {
                sidecar_id: self.sidecar.id().to_owned(),
                connection_id,
                max_frame_bytes: self.sidecar.frame_limits().body_bytes,
            },
        ))
    }

    /// Where a session is to live, and the client's words about it, are for whoever has several sidecars.
    fn open_session(
        &self,
        scope: &OwnershipScope,
        _request: OpenSessionRequest,
    ) -> Result<ResponsePayload, Rejection> {
        let opened = self.sidecar.registry().open(self.transport, scope)?;
        Ok(ResponsePayload::SessionOpenedResponse(
            SessionOpenedResponse {
                session_id: opened.session_id,
                owner_connection_id: opened.connection_id,
            },
        ))
    }

    async fn create_vm(
        &self,
        scope: &OwnershipScope,
        request: CreateVmRequest,
    ) -> Result<Answer, Rejection> {
        let registry = self.sidecar.registry();
        let session = registry.session(self.transport, scope)?;
        let config = VmConfig::read(&request.config, self.outbox.frame_bytes())?;
        if request.runtime == GuestRuntimeKind::JavaScript {
            // While the client fills its VM.
            self.house.prepare_javascript();
        }
        let owner = registry.name_vm(session);
        let scope = OwnershipScope::VmOwnership(owner.clone());
        let frame_bytes = self.outbox.frame_bytes();
        let claim = match (&config.native_root, &self.caller) {
            // What is mounted there is kept by who mounts it, and all that a component makes ends with it.
            (Some(_), _) | (_, Some(_)) => None,
            (None, None) => self.house.keeper().claim(&owner.vm_id, None)?,
        };
        let mut seed = Seed::new(&self.house, frame_bytes, config, claim.as_ref()).await?;
        let mut client = owner.connection_id.clone();
        if let Some(caller) = &self.caller {
            seed.beneath(&caller.policy);
            client = caller.name(&client);
        }
        let making = Making {
            house: self.house.clone(),
            books: self.sidecar.books(),
            vm_id: owner.vm_id.clone(),
            client,
            frame_bytes,
            front: Some(self.front(scope.clone())),
            detached: false,
            claim,
        };
        let vm = Vm::create(making, seed).await?;
        let lane = Lane::open(vm);
        if let Err(lane) = registry.add_vm(&owner, lane) {
            let _told_by_the_log = lane.vm.end().await;
            return Err(Rejection::state("the session is gone"));
        }
        let lifecycle = |state| {
            let event = EventPayload::VmLifecycleEvent(VmLifecycleEvent { state });
            (scope.clone(), event)
        };
        Ok(Answer {
            payload: ResponsePayload::VmCreatedResponse(VmCreatedResponse { vm_id: owner.vm_id }),
            events: vec![
                lifecycle(VmLifecycleState::Creating),
                lifecycle(VmLifecycleState::Ready),
            ],
            then: None,
        })
    }

    /// This client, as a VM that is attached to it sees it.
    pub(crate) fn front(&self, scope: OwnershipScope) -> Front {
        Front {
            scope,
            outbox: self.outbox.clone(),
            calls: self.calls.clone(),
        }
    }

    pub(crate) fn sidecar(&self) -> &Sidecar {
        &self.sidecar
    }

    pub(crate) fn frame_bytes(&self) -> u32 {
        self.outbox.frame_bytes()
    }

    async fn extension(
        &self,
        scope: &OwnershipScope,
        request: &ExtEnvelope,
    ) -> Result<ResponsePayload, Rejection> {
        if request.namespace == NAMESPACE {
            if self.caller.is_some() {
                return Err(Rejection::new(
                    RefusalCode::Unsupported,
                    "detached VMs are not for components: all that one makes ends with it",
                ));
            }
            let answered = self.detached(scope, request).await?;
            return Ok(ResponsePayload::ExtEnvelope(answered));
        }
        Err(Rejection::new(
            RefusalCode::UnknownExtension,
            format!(
                "no extension has the namespace `{}`",
                request.namespace.escape_debug()
            ),
        ))
    }
}
