//! The sidecar itself: what all of its clients share.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tollgate::Host;
use tollgate_plugins::runtimes::{PythonRunner, Runtimes};
use tollgate_protocol::FrameLimits;

use crate::bridges::Bridges;
use crate::detached::Detached;
use crate::fs::HostRoot;
use crate::house::House;
use crate::registry::{Registry, TransportId};
use crate::vm::Books;

/// What a sidecar calls itself where nobody says otherwise.
pub const DEFAULT_ID: &str = "secure-exec-sidecar";

/// How a sidecar is set up.
#[derive(Debug, Default)]
pub struct Options {
    /// What clients authenticate with; without one every text passes.
    pub auth_token: Option<String>,
    /// What one frame may take.
    pub frames: FrameLimits,
    /// Folders of the host that mounts may reach; none by default.
    pub host_root: HostRoot,
    /// What runs programs in Python; none refuses them.
    pub python: Option<PythonRunner>,
    /// What it asks of whoever embeds it.
    pub bridges: Bridges,
}

/// A sidecar: it serves clients, each over a stream of its own. Cheap to clone: every clone is the same sidecar.
///
/// Its VMs run under the host's ceiling, and are recorded in the host's log.
#[derive(Clone)]
pub struct Sidecar(Arc<Inner>);

struct Inner {
    auth_token: Option<String>,
    house: House,
    registry: Registry,
    detached: Detached,
    /// What has a permit of these is a client that leaves.
    leaving: Arc<Semaphore>,
}

/// Clients that leave at the same time, and are waited for.
const LEAVING: u32 = 1 << 20;

impl Books for Inner {
    fn strike(&self, vm_id: &str) -> bool {
        self.detached.forget(vm_id);
        self.registry.remove_vm(vm_id)
    }
}

impl std::fmt::Debug for Sidecar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sidecar").finish_non_exhaustive()
    }
}

impl Sidecar {
    /// A sidecar whose VMs live in `host`.
    #[must_use]
    pub fn new(host: Host, options: Options) -> Self {
        let Options {
            auth_token,
            frames,
            host_root,
            python,
            bridges,
        } = options;
        let runtimes = Runtimes::new(host.clone(), python);
        Self(Arc::new(Inner {
            auth_token,
            house: House::new(host, frames, host_root, runtimes, bridges),
            registry: Registry::default(),
            detached: Detached::default(),
            leaving: Arc::new(Semaphore::new(LEAVING as usize)),
        }))
    }

    pub(crate) fn house(&self) -> &House {
        &self.0.house
    }

    pub(crate) fn books(&self) -> Arc<dyn Books> {
        Arc::<Inner>::clone(&self.0)
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    pub(crate) fn detached(&self) -> &Detached {
        &self.0.detached
    }

    pub(crate) fn frame_limits(&self) -> FrameLimits {
        self.0.house.frame_limits()
    }

    pub(crate) fn id(&self) -> &'static str {
        DEFAULT_ID
    }

    /// Whether a client may come in with this token. The time that it takes tells nothing but the lengths.
    pub(crate) fn knows(&self, token: &str) -> bool {
        let Some(own) = &self.0.auth_token else {
            return true;
        };
        let differs = own
            .bytes()
            .zip(token.bytes())
            .fold(0, |differs, (own, given)| differs | (own ^ given));
        own.len() == token.len() && differs == 0
    }

    /// Ends every VM: the sidecar itself is about to end. When this returns, what runs that have ended had made is gone too, and
    /// the files of VMs that are kept are on the disk.
    pub async fn end(&self) {
        let mut lanes = self.registry().close();
        lanes.extend(self.detached().close());
        let ended = lanes.iter().map(|lane| lane.vm.end());
        futures_util::future::join_all(ended).await;
        let _all_are_gone = self.0.leaving.acquire_many(LEAVING).await;
        // Of those that were about to end already.
        self.house().keeper().settled().await;
        self.house().teller().settled().await;
    }

    /// Has [`Sidecar::end`] wait until this is dropped.
    pub(crate) fn leaving(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.leaving).try_acquire_owned().ok()
    }

    /// Ends all that came by a transport.
    pub(crate) async fn disconnect(&self, transport: TransportId) {
        let (kept, gone): (Vec<_>, Vec<_>) = self
            .registry()
            .disconnect(transport)
            .into_iter()
            .partition(|lane| lane.vm.detached);
        for lane in &kept {
            self.detached().let_go(&lane.vm.vm_id);
        }
        let ended = gone.iter().map(|lane| lane.vm.end());
        futures_util::future::join_all(ended).await;
    }
}
