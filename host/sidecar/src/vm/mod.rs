//! A VM: files, programs and callbacks under one policy, with one client.

pub(crate) mod config;
mod configure;
mod create;
mod grants;
mod handle;
pub(crate) mod limits;
mod prompt;
mod warnings;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tollgate::capability::net::Sockets;
use tollgate::engine::Gate;
use tollgate::{Grants, Principal};
use tollgate_contract::events::LifecycleState;
use tollgate_policy::Tier;
use tollgate_protocol::RefusalCode;

pub(crate) use self::create::{Making, Seed};
use self::grants::Governed;
pub(crate) use self::grants::{Kind, tier};
pub(crate) use self::prompt::{Above, Prompt};
use self::warnings::Warnings;
use crate::bridges::Claim;
use crate::callbacks::Toolkits;
use crate::front::Events;
use crate::fs::{Filesystem, Layers, Leave};
use crate::house::House;
use crate::names::Names;
use crate::ports::PortTable;
use crate::process::Processes;
use crate::rejection::Rejection;
use crate::vm::config::VmConfig;

/// How long the programs of a VM that is given up may take to end. Each is ended at once; this is for what is in the middle
/// of a call.
const LAST_STEPS: Duration = Duration::from_millis(200);

/// Where VMs are found by their names.
pub(crate) trait Books: Send + Sync {
    /// Strikes a VM out: nobody finds it any more. Says whether it was there.
    fn strike(&self, vm_id: &str) -> bool;
}

/// A VM.
pub(crate) struct Vm {
    pub(crate) vm_id: String,
    /// Whether it outlives its client.
    pub(crate) detached: bool,
    pub(crate) house: House,
    books: Arc<dyn Books>,
    pub(crate) config: VmConfig,
    pub(crate) cwd: String,
    pub(crate) files: Filesystem,
    pub(crate) events: Arc<Events>,
    pub(crate) processes: Processes,
    pub(crate) toolkits: Arc<Mutex<Toolkits>>,
    pub(crate) ports: Arc<PortTable>,
    /// The places of all sockets of its programs.
    pub(crate) sockets: Sockets,
    /// Names of its own.
    pub(crate) names: Option<Arc<Names>>,
    pub(crate) prompt: Prompt,
    /// Ends what waits for the client on the VM's behalf.
    over: Leave,
    warnings: Warnings,
    layers: Layers,
    governed: Mutex<Governed>,
    /// How much of the VM a command gets, where its name was told.
    tiers: Mutex<HashMap<String, Tier>>,
    /// The client itself, as the log has it; none once the VM is over.
    client: Mutex<Option<Principal>>,
    /// Where its files are kept when it ends; none once they are, or where they are not.
    claim: Mutex<Option<Claim>>,
}

/// How a VM ended.
pub(crate) struct Closed {
    /// Whether every program ended in time.
    pub(crate) all_ended: bool,
    /// Whether its files are kept, where they are to be.
    pub(crate) kept: Result<(), Rejection>,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is in these is replaced or changed in one step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a request to a VM that is over is told.
fn over(vm: &Vm) -> Rejection {
    Rejection::unknown_vm(&vm.vm_id)
}

impl Vm {
    /// The gate that the client's own acts pass.
    pub(crate) fn gate(&self) -> Result<Gate, Rejection> {
        let client = locked(&self.client);
        let client = client.as_ref().ok_or_else(|| over(self))?;
        Ok(client.gate().clone())
    }

    /// What a program is granted.
    pub(crate) fn grants(&self, kind: Kind, tier: Tier) -> Result<Grants, Rejection> {
        locked(&self.governed).grants(self.house.host(), kind, tier)
    }

    /// How much of the VM a command gets, by its name or the name of its file.
    pub(crate) fn command_tier(&self, command: &str) -> Tier {
        let tiers = locked(&self.tiers);
        let base = command.rsplit('/').next().unwrap_or(command);
        let told = tiers.get(command).or_else(|| tiers.get(base));
        told.copied().unwrap_or(Tier::Full)
    }

    /// Whether the VM is about to end, or over.
    pub(crate) fn is_over(&self) -> bool {
        self.over.is_left()
    }

    /// Ends the VM with all that runs in it, for a client that is gone or not told any more.
    ///
    /// It ends whether or not this is waited for: a sidecar that is told to end while a client leaves keeps its files.
    ///
    /// # Errors
    ///
    /// Its files are to be kept, and are not.
    pub(crate) async fn end(self: &Arc<Self>) -> Result<(), Rejection> {
        self.events.stop();
        let vm = Arc::clone(self);
        let closing = tokio::spawn(async move { vm.close("connection closed").await.kept });
        closing.await.unwrap_or_else(|_the_runtime_ends| {
            Err(Rejection::state("the sidecar is about to end"))
        })
    }

    /// Ends all programs, keeps the files, and ends the VM's part of the log.
    async fn close(&self, why: &str) -> Closed {
        self.over.leave();
        let all_ended = self.processes.end_all(LAST_STEPS).await;
        let kept = self.keep().await;
        let client = locked(&self.client).take();
        if let Some(client) = client {
            let outcome = if all_ended { "ok" } else { "failed" };
            client.end(why, outcome).await;
        }
        let teller = self.house.teller();
        teller.lifecycle(&self.vm_id, LifecycleState::Terminated);
        Closed { all_ended, kept }
    }

    /// Puts the files where they are found again.
    async fn keep(&self) -> Result<(), Rejection> {
        let Some(claim) = locked(&self.claim).take() else {
            return Ok(());
        };
        let files = self.files.clone();
        // Writing a large text takes a while.
        let saved = tokio::task::spawn_blocking(move || files.save()).await;
        let saved = saved
            .map_err(|_the_runtime_ends| Rejection::state("the sidecar is about to end"))
            .and_then(|saved| saved)
            .map_err(|why| Rejection::new(RefusalCode::BridgeError, why.message));
        let kept = match saved {
            Ok(saved) => claim.flush(saved).await,
            Err(why) => Err(why),
        };
        if let Ok(gate) = self.gate() {
            let outcome = if kept.is_ok() { "ok" } else { "failed" };
            // A log that has failed says so wherever it is asked.
            let _told_by_the_log = gate.note("vm.kept", &self.vm_id, outcome).await;
        }
        kept
    }
}
