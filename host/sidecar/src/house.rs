//! What all VMs of a sidecar share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tollgate::Host;
use tollgate_contract::PermissionBridge;
use tollgate_plugins::runtimes::Runtimes;
use tollgate_protocol::FrameLimits;

use crate::bridges::{Bridges, Keeper, Teller};
use crate::fs::{HostRoot, Waits};

/// What all VMs of a sidecar share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct House(Arc<Inner>, HostRoot);

struct Inner {
    host: Host,
    frames: FrameLimits,
    runtimes: Runtimes,
    /// Whether somebody has the engine of JavaScript loaded before it is needed.
    prepared: AtomicBool,
    waits: Waits,
    keeper: Keeper,
    permissions: Option<Arc<dyn PermissionBridge>>,
    teller: Teller,
}

impl House {
    pub(crate) fn new(
        host: Host,
        frames: FrameLimits,
        host_root: HostRoot,
        runtimes: Runtimes,
        bridges: Bridges,
    ) -> Self {
        let Bridges {
            persistence,
            permissions,
            events,
        } = bridges;
        let inner = Inner {
            host,
            frames,
            runtimes,
            prepared: AtomicBool::new(false),
            waits: Waits::default(),
            keeper: Keeper::new(persistence),
            permissions,
            teller: Teller::new(events),
        };
        Self(Arc::new(inner), host_root)
    }

    /// The same house, of which no folder of the host is seen.
    pub(crate) fn without_host_root(&self) -> Self {
        Self(Arc::clone(&self.0), HostRoot::default())
    }

    pub(crate) fn host(&self) -> &Host {
        &self.0.host
    }

    pub(crate) fn runtimes(&self) -> &Runtimes {
        &self.0.runtimes
    }

    /// Loads the engine of JavaScript, once, beside whatever else goes on. Where it cannot be loaded, whoever needs it is told.
    pub(crate) fn prepare_javascript(&self) {
        if self.0.prepared.swap(true, Ordering::Relaxed) {
            return;
        }
        let house = self.clone();
        tokio::spawn(async move { house.runtimes().javascript().await.is_ok() });
    }

    pub(crate) fn host_root(&self) -> &HostRoot {
        &self.1
    }

    pub(crate) fn frame_limits(&self) -> FrameLimits {
        self.0.frames
    }

    pub(crate) fn keeper(&self) -> &Keeper {
        &self.0.keeper
    }

    pub(crate) fn permissions(&self) -> Option<Arc<dyn PermissionBridge>> {
        self.0.permissions.clone()
    }

    pub(crate) fn teller(&self) -> &Teller {
        &self.0.teller
    }

    pub(crate) fn waits(&self) -> &Waits {
        &self.0.waits
    }
}
