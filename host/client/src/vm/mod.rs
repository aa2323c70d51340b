//! A VM, and what can be asked of it.

mod exec;
mod files;
mod layers;
mod programs;

use std::sync::{Arc, Mutex, PoisonError};

use tollgate_protocol::types::{
    ConfigureVmRequest, DisposeReason, DisposeVmRequest, ExtEnvelope,
    HostCallbacksRegisteredResponse, OwnershipScope, RegisterHostCallbacksRequest, RequestPayload,
    ResponsePayload, VmConfiguredResponse, VmOwnership,
};

pub use self::programs::{command, program};
use crate::answered::answered;
use crate::error::Error;
use crate::events::{Events, WhenFull};
use crate::link::Link;

/// A VM. A handle is cheap to copy, and all copies are the same VM.
#[derive(Clone)]
pub struct Vm {
    link: Arc<Link>,
    of: Arc<Made>,
}

struct Made {
    ownership: VmOwnership,
    /// What happened since the VM was made, until somebody takes it.
    events: Mutex<Option<Events>>,
}

impl Vm {
    pub(crate) fn new(link: Arc<Link>, ownership: VmOwnership, events: Option<Events>) -> Self {
        let of = Arc::new(Made {
            ownership,
            events: Mutex::new(events),
        });
        Self { link, of }
    }

    /// What the sidecar calls it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.of.ownership.vm_id
    }

    /// On behalf of the VM.
    #[must_use]
    pub fn ownership(&self) -> OwnershipScope {
        OwnershipScope::VmOwnership(self.of.ownership.clone())
    }

    /// What happens in the VM. The first that takes it hears everything since the VM was made (as far as there was room
    /// for it: nobody waits while nobody listens); a later one what comes from then on.
    #[must_use]
    pub fn events(&self) -> Events {
        let first = {
            let mut first = self
                .of
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            first.take()
        };
        match first {
            Some(events) => events.when_full(WhenFull::Wait),
            None => self
                .link
                .events
                .subscribe(&self.ownership(), WhenFull::Wait),
        }
    }

    /// Asks anything on behalf of the VM, and gives the answer that goes with it.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; a refusal is [`Error::Rejected`].
    pub async fn request(&self, payload: RequestPayload) -> Result<ResponsePayload, Error> {
        let answer = self.link.ask(self.ownership(), payload).await?;
        match answer.payload {
            ResponsePayload::RejectedResponse(refusal) => Err(refusal.into()),
            payload => Ok(payload),
        }
    }

    /// Says anew what belongs to the VM.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn configure(
        &self,
        asked: ConfigureVmRequest,
    ) -> Result<VmConfiguredResponse, Error> {
        let answer = self
            .request(RequestPayload::ConfigureVmRequest(asked))
            .await?;
        answered!(answer, VmConfiguredResponse)
    }

    /// Offers functions to the guests of the VM. The client's [`Handler`](crate::Handler) is called.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn register_host_callbacks(
        &self,
        asked: RegisterHostCallbacksRequest,
    ) -> Result<HostCallbacksRegisteredResponse, Error> {
        let asked = RequestPayload::RegisterHostCallbacksRequest(asked);
        answered!(self.request(asked).await?, HostCallbacksRegisteredResponse)
    }

    /// Says something to an extension, on behalf of the VM.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn ext(&self, envelope: ExtEnvelope) -> Result<ExtEnvelope, Error> {
        let answer = self.request(RequestPayload::ExtEnvelope(envelope)).await?;
        answered!(answer, ExtEnvelope)
    }

    /// Ends the VM with everything that runs in it. Its events end once they have said so.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn dispose(&self) -> Result<(), Error> {
        let reason = DisposeReason::Requested;
        let asked = RequestPayload::DisposeVmRequest(DisposeVmRequest { reason });
        answered!(self.request(asked).await?, VmDisposedResponse).map(drop)
    }
}
