//! What the sidecar asks of whoever embeds it, by the bridges of `tollgate_contract`.

mod component;
mod keeper;
mod permission;
mod teller;

use std::fmt;
use std::sync::Arc;

use tollgate_contract::{EventBridge, HostBridge, PermissionBridge, PersistenceBridge};

pub(crate) use component::CALL_MS;
pub use component::{ComponentBridge, NoBridge};
pub(crate) use keeper::{Claim, Keeper, PATIENCE_MS};
pub(crate) use permission::{DECIDING_MS, verdict};
pub(crate) use teller::{Teller, WAITING_EVENTS};

/// The bridges of a sidecar. Each may be there or not.
#[derive(Clone, Default)]
pub struct Bridges {
    /// What keeps the files of VMs; without it they end with their VM.
    pub persistence: Option<Persistence>,
    /// Who is asked where a policy says `ask`, before the VM's client; without it the client alone is.
    pub permissions: Option<Arc<dyn PermissionBridge>>,
    /// Who is told what happens; without it nobody is. The client is told what the protocol says in any case.
    pub events: Option<Arc<dyn EventBridge>>,
}

impl Bridges {
    /// Those that a sidecar asks of one that is all of them, which keeps files by these names.
    pub fn of(bridge: Arc<impl HostBridge + 'static>, keys: Keys) -> Self {
        Self {
            persistence: Some(Persistence {
                bridge: Arc::clone(&bridge) as Arc<dyn PersistenceBridge>,
                keys,
            }),
            permissions: Some(Arc::clone(&bridge) as Arc<dyn PermissionBridge>),
            events: Some(bridge),
        }
    }
}

impl fmt::Debug for Bridges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridges")
            .field("persistence", &self.persistence.is_some())
            .field("permissions", &self.permissions.is_some())
            .field("events", &self.events.is_some())
            .finish()
    }
}

/// What keeps the files of VMs, and by which names.
#[derive(Clone)]
pub struct Persistence {
    /// What keeps them.
    pub bridge: Arc<dyn PersistenceBridge>,
    /// By which names.
    pub keys: Keys,
}

/// What the files of a VM are called where they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// As the VM is: the first VM of a sidecar finds what the first one of the sidecar before had. For a sidecar with one
    /// client, for any other client's first VM is called the same.
    PerVm,
    /// Only VMs that outlive their client are kept: by who they belong to, and the name that they were given. One without
    /// a name is not kept.
    PerName {
        /// Who: whatever tells the clients of this sidecar from those of any other that keeps files in the same place.
        /// At most 128 bytes.
        owner: String,
    },
}
