//! A client that is a component: which run it is.

use std::sync::Arc;

use tollgate_policy::Effective;

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

impl Caller {
    /// What the log calls the client of a connection.
    pub(crate) fn name(&self, connection: &str) -> String {
        format!("{connection}@{}", self.run)
    }
}
