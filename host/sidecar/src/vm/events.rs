//! Where the events of a VM go: to its client as they happen; while it is disposed of, into its last answer; nowhere once the
//! client is gone.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tollgate_protocol::event;
use tollgate_protocol::types::{EventPayload, OwnershipScope};

use crate::outbox::{Gone, Outbox};

#[derive(Debug)]
enum Way {
    Told(Outbox),
    Kept(Vec<EventPayload>),
    Nowhere,
}

/// The events of one VM.
#[derive(Debug)]
pub(crate) struct Events {
    scope: OwnershipScope,
    way: Mutex<Way>,
}

impl Events {
    pub(crate) fn new(scope: OwnershipScope, outbox: Outbox) -> Self {
        Self {
            scope,
            way: Mutex::new(Way::Told(outbox)),
        }
    }

    pub(crate) fn scope(&self) -> &OwnershipScope {
        &self.scope
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        // Replaced or appended to, each in one step.
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the client, when it has room for it.
    pub(crate) async fn tell(&self, payload: EventPayload) -> Result<(), Gone> {
        let outbox = match &mut *self.way() {
            Way::Told(outbox) => outbox.clone(),
            Way::Kept(kept) => {
                kept.push(payload);
                return Ok(());
            }
            Way::Nowhere => return Err(Gone),
        };
        outbox.tell(event(self.scope.clone(), payload)).await
    }

    /// Keeps what happens from now on: it belongs to the answer that is being made. What programs write meanwhile is
    /// bounded by what waits of their output.
    pub(crate) fn keep(&self) {
        let mut way = self.way();
        if matches!(*way, Way::Told(_)) {
            *way = Way::Kept(Vec::new());
        }
    }

    /// What was kept. Whatever happens now is told to nobody.
    pub(crate) fn stop(&self) -> Vec<EventPayload> {
        match std::mem::replace(&mut *self.way(), Way::Nowhere) {
            Way::Kept(kept) => kept,
            Way::Told(_) | Way::Nowhere => Vec::new(),
        }
    }
}
