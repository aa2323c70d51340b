//! What a client makes first: connections, and sessions of them.

use std::sync::Arc;

use tollgate_protocol::types::{
    AuthenticatedResponse, ConnectionOwnership, CreateVmRequest, ExtEnvelope, GuestRuntimeKind,
    OpenSessionRequest, OwnershipScope, RequestPayload, SessionOwnership, SidecarPlacement,
    SidecarPlacementShared, VmOwnership,
};

use crate::answered::answered;
use crate::error::Error;
use crate::events::{Events, WhenFull};
use crate::link::Link;
use crate::vm::Vm;

/// A connection: what sessions are opened on.
#[derive(Clone)]
pub struct Connection {
    link: Arc<Link>,
    made: AuthenticatedResponse,
}

impl Connection {
    pub(crate) fn new(link: Arc<Link>, made: AuthenticatedResponse) -> Self {
        Self { link, made }
    }

    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// What the sidecar calls it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.made.connection_id
    }

    /// What the sidecar is called.
    #[must_use]
    pub fn sidecar_id(&self) -> &str {
        &self.made.sidecar_id
    }

    /// How many bytes a frame may have, in both directions, without the four of its length.
    #[must_use]
    pub fn max_frame_bytes(&self) -> u32 {
        self.made.max_frame_bytes
    }

    /// On behalf of the connection.
    #[must_use]
    pub fn ownership(&self) -> OwnershipScope {
        OwnershipScope::ConnectionOwnership(ConnectionOwnership {
            connection_id: self.made.connection_id.clone(),
        })
    }

    /// What concerns the connection itself, from now on.
    #[must_use]
    pub fn events(&self) -> Events {
        self.link
            .events
            .subscribe(&self.ownership(), WhenFull::Wait)
    }

    /// Opens a session wherever there is room.
    ///
    /// # Errors
    ///
    /// As [`Connection::open_session_in`].
    pub async fn open_session(&self) -> Result<Session, Error> {
        let anywhere =
            SidecarPlacement::SidecarPlacementShared(SidecarPlacementShared { pool: None });
        self.open_session_in(anywhere, Vec::new()).await
    }

    /// Opens a session, with words of the embedder's own.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn open_session_in(
        &self,
        placement: SidecarPlacement,
        metadata: Vec<(String, String)>,
    ) -> Result<Session, Error> {
        let asked = RequestPayload::OpenSessionRequest(OpenSessionRequest {
            placement,
            metadata,
        });
        let answer = self.link.ask(self.ownership(), asked).await?;
        let opened = answered!(answer.payload, SessionOpenedResponse)?;
        Ok(Session {
            link: Arc::clone(&self.link),
            ownership: SessionOwnership {
                connection_id: self.made.connection_id.clone(),
                session_id: opened.session_id,
            },
        })
    }

    /// Says something to an extension, on behalf of the connection.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn ext(&self, envelope: ExtEnvelope) -> Result<ExtEnvelope, Error> {
        let asked = RequestPayload::ExtEnvelope(envelope);
        let answer = self.link.ask(self.ownership(), asked).await?;
        answered!(answer.payload, ExtEnvelope)
    }
}

/// A session: what VMs are made in. It lives as long as its connection.
#[derive(Clone)]
pub struct Session {
    link: Arc<Link>,
    ownership: SessionOwnership,
}

impl Session {
    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// What the sidecar calls it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.ownership.session_id
    }

    /// On behalf of the session.
    #[must_use]
    pub fn ownership(&self) -> OwnershipScope {
        OwnershipScope::SessionOwnership(self.ownership.clone())
    }

    /// Makes a VM. `config` is a JSON object; `{}` is a VM that may do nothing.
    ///
    /// A VM whose handle is dropped is not disposed of: [`Vm::dispose`] does that, or the end of the conversation.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn create_vm(&self, runtime: GuestRuntimeKind, config: &str) -> Result<Vm, Error> {
        let asked = RequestPayload::CreateVmRequest(CreateVmRequest {
            runtime,
            config: config.to_owned(),
        });
        let answer = self.link.ask(self.ownership(), asked).await?;
        let made = answered!(answer.payload, VmCreatedResponse)?;
        let ownership = VmOwnership {
            connection_id: self.ownership.connection_id.clone(),
            session_id: self.ownership.session_id.clone(),
            vm_id: made.vm_id,
        };
        Ok(Vm::new(Arc::clone(&self.link), ownership, answer.events))
    }
}
