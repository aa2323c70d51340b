//! Where the events of a VM go: to the client that it is attached to, as they happen; while it is disposed of, into its last
//! answer; nowhere where it is attached to none, or its client is gone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tollgate_protocol::event;
use tollgate_protocol::types::{EventPayload, OwnershipScope};

use crate::calls::Calls;
use crate::outbox::{Gone, Outbox};

/// A client's session, as a VM sees it.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    pub(crate) scope: OwnershipScope,
    pub(crate) outbox: Outbox,
    pub(crate) calls: Calls,
}

/// Bytes of one program's output that are kept while its VM is disposed of: what waits of it at most, and as much again of what
/// it says when it is told to end. What it writes beyond them is for nobody.
pub(crate) const LAST_BYTES: usize = 512 << 10;

/// What belongs to the last answer.
#[derive(Debug, Default)]
struct Kept {
    events: Vec<EventPayload>,
    /// Bytes of output, by program.
    written: HashMap<String, usize>,
}

impl Kept {
    fn push(&mut self, payload: EventPayload) {
        if let EventPayload::ProcessOutputEvent(output) = &payload {
            let written = self.written.entry(output.process_id.clone()).or_default();
            *written = written.saturating_add(output.chunk.len());
            if *written > LAST_BYTES {
                return;
            }
        }
        self.events.push(payload);
    }
}

#[derive(Debug)]
enum Way {
    Told(Front),
    /// Attached to nobody: what happens is told to nobody, and goes on.
    Unheard,
    Kept(Kept),
    Nowhere,
}

/// The events of one VM.
#[derive(Debug)]
pub(crate) struct Events(Mutex<Way>);

impl Events {
    pub(crate) fn new(front: Option<Front>) -> Self {
        Self(Mutex::new(front.map_or(Way::Unheard, Way::Told)))
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        // Replaced or appended to, each in one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom the VM is attached to.
    pub(crate) fn front(&self) -> Option<Front> {
        match &*self.way() {
            Way::Told(front) => Some(front.clone()),
            Way::Unheard | Way::Kept(_) | Way::Nowhere => None,
        }
    }

    /// Attaches the VM, where it is not over.
    pub(crate) fn attach(&self, front: Front) -> Result<(), Gone> {
        let mut way = self.way();
        match *way {
            Way::Told(_) | Way::Unheard => {
                *way = Way::Told(front);
                Ok(())
            }
            Way::Kept(_) | Way::Nowhere => Err(Gone),
        }
    }

    /// Lets go of it.
    pub(crate) fn detach(&self) {
        let mut way = self.way();
        if matches!(*way, Way::Told(_)) {
            *way = Way::Unheard;
        }
    }

    /// Tells the client, when it has room for it.
    pub(crate) async fn tell(&self, payload: EventPayload) -> Result<(), Gone> {
        let front = match &mut *self.way() {
            Way::Told(front) => front.clone(),
            Way::Unheard => return Ok(()),
            Way::Kept(kept) => {
                kept.push(payload);
                return Ok(());
            }
            Way::Nowhere => return Err(Gone),
        };
        let told = front.outbox.tell(event(front.scope, payload)).await;
        // A client that let go of the VM in the meantime is no reason for its programs to end.
        match (told, &*self.way()) {
            (Err(Gone), Way::Unheard) => Ok(()),
            (told, _) => told,
        }
    }

    /// Keeps what happens from now on: it belongs to the answer that is being made. Of what each program writes meanwhile
    /// [`LAST_BYTES`] are kept.
    pub(crate) fn keep(&self) {
        let mut way = self.way();
        if matches!(*way, Way::Told(_) | Way::Unheard) {
            *way = Way::Kept(Kept::default());
        }
    }

    /// What was kept. Whatever happens now is told to nobody.
    pub(crate) fn stop(&self) -> Vec<EventPayload> {
        match std::mem::replace(&mut *self.way(), Way::Nowhere) {
            Way::Kept(kept) => kept.events,
            Way::Told(_) | Way::Unheard | Way::Nowhere => Vec::new(),
        }
    }
}
