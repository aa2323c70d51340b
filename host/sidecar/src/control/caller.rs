//! A client that is a component: which run it is, and how much it has.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tollgate_policy::Effective;

use crate::rejection::Rejection;

/// Connections that one component has at once, and sessions, and VMs.
pub(crate) const MOST_OF_EACH: usize = 64;

/// The run that a component is.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// What the log calls it.
    pub(crate) run: String,
    /// What it may do itself.
    pub(crate) policy: Arc<Effective>,
}

/// A component as client. What it was given lives as long as it does, but for its VMs.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) caller: Caller,
    connections: AtomicUsize,
    sessions: AtomicUsize,
}

fn room(has: usize, what: &str) -> Result<(), Rejection> {
    if has < MOST_OF_EACH {
        return Ok(());
    }
    Err(Rejection::state(format!(
        "a component has {MOST_OF_EACH} {what} at most"
    )))
}

impl Component {
    pub(crate) fn new(caller: Caller) -> Self {
        Self {
            caller,
            connections: AtomicUsize::new(0),
            sessions: AtomicUsize::new(0),
        }
    }

    /// Takes a place for a connection.
    pub(crate) fn connection(&self) -> Result<(), Rejection> {
        room(
            self.connections.fetch_add(1, Ordering::Relaxed),
            "connections",
        )
    }

    /// Takes a place for a session.
    pub(crate) fn session(&self) -> Result<(), Rejection> {
        room(self.sessions.fetch_add(1, Ordering::Relaxed), "sessions")
    }

    /// Whether there is a place for one more VM, where it has so many.
    pub(crate) fn vm(has: usize) -> Result<(), Rejection> {
        room(has, "VMs")
    }

    /// What the log calls the client of a connection.
    pub(crate) fn name(&self, connection: &str) -> String {
        format!("{connection}@{}", self.caller.run)
    }
}
