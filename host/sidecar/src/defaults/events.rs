//! The last events, for who wants to look.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tollgate_contract::events::{
    DiagnosticRecord, LifecycleEventRecord, LogRecord, StructuredEventRecord,
};
use tollgate_contract::{BridgeError, EventBridge, async_trait};

/// Events that are kept.
pub(crate) const KEPT_EVENTS: usize = 4_096;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Something for programs.
    Structured(StructuredEventRecord),
    /// Something for whoever looks for a fault.
    Diagnostic(DiagnosticRecord),
    /// A line for people.
    Log(LogRecord),
    /// A VM is otherwise than before.
    Lifecycle(LifecycleEventRecord),
}

#[derive(Debug, Default)]
struct Ring {
    events: VecDeque<Happened>,
    lost: u64,
}

/// Keeps the last 4,096 events, and counts those that went before somebody looked. Clones are the same. What is to be kept for
/// good is in the audit log.
#[derive(Debug, Clone, Default)]
pub struct RecentEvents(Arc<Mutex<Ring>>);

impl RecentEvents {
    /// Takes what happened since this was last asked, in its order, and how much of it is missing before that.
    #[must_use]
    pub fn take(&self) -> (Vec<Happened>, u64) {
        let mut ring = self.ring();
        let lost = std::mem::take(&mut ring.lost);
        (ring.events.drain(..).collect(), lost)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // Put in or taken out one by one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, happened: Happened) {
        let mut ring = self.ring();
        if ring.events.len() >= KEPT_EVENTS {
            ring.events.pop_front();
            ring.lost = ring.lost.saturating_add(1);
        }
        ring.events.push_back(happened);
    }
}

#[async_trait]
impl EventBridge for RecentEvents {
    async fn emit_structured_event(&self, event: StructuredEventRecord) -> Result<(), BridgeError> {
        self.keep(Happened::Structured(event));
        Ok(())
    }

    async fn emit_diagnostic(&self, event: DiagnosticRecord) -> Result<(), BridgeError> {
        self.keep(Happened::Diagnostic(event));
        Ok(())
    }

    async fn emit_log(&self, event: LogRecord) -> Result<(), BridgeError> {
        self.keep(Happened::Log(event));
        Ok(())
    }

    async fn emit_lifecycle(&self, event: LifecycleEventRecord) -> Result<(), BridgeError> {
        self.keep(Happened::Lifecycle(event));
        Ok(())
    }
}
