//! What the sidecar asks of whoever embeds it, by the bridges of `tollgate_contract`.

mod keeper;

use std::fmt;
use std::sync::Arc;

use tollgate_contract::PersistenceBridge;

pub(crate) use keeper::{Claim, Keeper, PATIENCE_MS};

/// The bridges of a sidecar. Each may be there or not.
#[derive(Clone, Default)]
pub struct Bridges {
    /// What keeps the files of VMs; without it they end with their VM.
    pub persistence: Option<Persistence>,
}

impl fmt::Debug for Bridges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridges")
            .field("persistence", &self.persistence.is_some())
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
