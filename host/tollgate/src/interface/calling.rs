//! Who calls a function of an embedder's interface.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use tollgate_bridge::{Attached, Guest};
use tollgate_engine::{Gate, GuestState as _};
use tollgate_policy::Effective;

/// The run whose guest calls, and what it has.
#[derive(Clone)]
pub struct Calling {
    pub(super) gate: Gate,
    state: Option<Arc<dyn Any + Send + Sync>>,
    attached: Attached,
}

impl fmt::Debug for Calling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calling")
            .field("run", &self.run())
            .finish_non_exhaustive()
    }
}

impl Calling {
    pub(super) fn of(guest: &Guest) -> Self {
        Self {
            gate: guest.gate().clone(),
            state: guest.state().cloned(),
            attached: guest.attached().clone(),
        }
    }

    /// What the run is called in the log.
    #[must_use]
    pub fn run(&self) -> &str {
        self.gate.audit().name()
    }

    /// What the run may do at this moment. Deciding by it leaves no record: what is to be decided about is what the function asks for.
    #[must_use]
    pub fn policy(&self) -> Arc<Effective> {
        self.gate.policy()
    }

    /// What the run was given with [`RunOptions::state`](crate::RunOptions::state), if it is an `S`.
    #[must_use]
    pub fn state<S: Send + Sync + 'static>(&self) -> Option<Arc<S>> {
        Arc::clone(self.state.as_ref()?).downcast().ok()
    }

    /// What the run was given with [`RunOptions::attach`](crate::RunOptions::attach), or what was kept for it.
    #[must_use]
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.attached.get()
    }

    /// What is kept for this run, one thing of each type: made at the first call, gone with the guest.
    pub fn keep<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        self.attached.get_or_put(make)
    }
}
