//! VMs that outlive their client: the extension `tollgate.vm/1`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{ExtEnvelope, OwnershipScope, VmOwnership};
use tollgate_protocol::vm::{
    SnapshotEntry, SnapshotMade, VmAttached, VmCommand, VmEntry, VmListing, VmMade, VmReply,
};

use crate::dispatch::Client;
use crate::host::Moment;
use crate::lane::Lane;
use crate::registry::MOST_VMS;
use crate::rejection::Rejection;
use crate::service::Sidecar;
use crate::vm::config::VmConfig;
use crate::vm::{Making, Seed, Vm};

/// Snapshots that one sidecar keeps.
pub(crate) const MOST_SNAPSHOTS: usize = 1_024;
/// Bytes of the name of a VM or a snapshot.
pub(crate) const NAME_BYTES: usize = 64;
/// How long a VM lives without an attachment and without a program where nobody says.
pub(crate) const IDLE: Duration = Duration::from_secs(3_600);
/// The longest that can be said.
const LONGEST_IDLE: Duration = Duration::from_secs(366 * 24 * 3_600);
/// The shortest.
const SHORTEST_IDLE: Duration = Duration::from_millis(100);

struct Kept {
    number: u64,
    name: Option<String>,
    made: Moment,
    lane: Lane,
    /// When it was last seen with an attachment or a program.
    busy: Moment,
}

struct Snapshot {
    number: u64,
    name: Option<String>,
    vm_id: String,
    made: Moment,
    seed: Arc<Seed>,
}

#[derive(Default)]
struct Tables {
    last: u64,
    vms: BTreeMap<String, Kept>,
    snapshots: BTreeMap<String, Snapshot>,
}

/// Detached VMs, and the files that were kept of them.
#[derive(Default)]
pub(crate) struct Detached(Mutex<Tables>);

fn unknown(what: &str, id: &str) -> Rejection {
    let id: String = id.chars().take(NAME_BYTES).collect();
    Rejection::state(format!("unknown detached {what} {}", id.escape_debug()))
}

fn check_name(name: Option<&String>) -> Result<(), Rejection> {
    let is_fine = |name: &String| {
        (1..=NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
    };
    if name.is_none_or(is_fine) {
        return Ok(());
    }
    Err(Rejection::state(format!(
        "a name is 1 to {NAME_BYTES} bytes long, without control characters"
    )))
}

fn idle(ms: Option<u64>) -> Duration {
    let stated = ms.map_or(IDLE, Duration::from_millis);
    stated.clamp(SHORTEST_IDLE, LONGEST_IDLE)
}

fn age_ms(since: Moment) -> u64 {
    u64::try_from(since.age().as_millis()).unwrap_or(u64::MAX)
}

impl Detached {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // One entry is put in or taken out at a time.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lane(&self, vm_id: &str) -> Result<Lane, Rejection> {
        let tables = self.tables();
        let kept = tables.vms.get(vm_id).ok_or_else(|| unknown("VM", vm_id))?;
        Ok(kept.lane.clone())
    }

    fn keep(&self, name: Option<String>, lane: Lane) -> Result<(), Lane> {
        let mut tables = self.tables();
        if tables.vms.len() >= MOST_VMS {
            return Err(lane);
        }
        tables.last += 1;
        let kept = Kept {
            number: tables.last,
            name,
            made: Moment::now(),
            busy: Moment::now(),
            lane,
        };
        tables.vms.insert(kept.lane.vm.vm_id.clone(), kept);
        Ok(())
    }

    /// A VM is over.
    pub(crate) fn forget(&self, vm_id: &str) -> Option<Lane> {
        self.tables().vms.remove(vm_id).map(|kept| kept.lane)
    }

    /// A VM is attached to nobody any more.
    pub(crate) fn let_go(&self, vm_id: &str) {
        if let Some(kept) = self.tables().vms.get_mut(vm_id) {
            kept.lane.vm.events.detach();
            kept.busy = Moment::now();
        }
    }

    /// Forgets everything, and gives the VMs.
    pub(crate) fn close(&self) -> Vec<Lane> {
        let mut tables = self.tables();
        tables.snapshots.clear();
        std::mem::take(&mut tables.vms)
            .into_values()
            .map(|kept| kept.lane)
            .collect()
    }

    /// How long a VM is still waited for; none where it is not there any more.
    fn patience(&self, vm_id: &str, idle: Duration) -> Option<Duration> {
        let mut tables = self.tables();
        let kept = tables.vms.get_mut(vm_id)?;
        let vm = &kept.lane.vm;
        if vm.events.front().is_some() || vm.processes.count() > 0 {
            kept.busy = Moment::now();
        }
        Some(idle.saturating_sub(kept.busy.age()))
    }

    fn listing(&self) -> VmListing {
        let tables = self.tables();
        let mut vms: Vec<_> = tables.vms.values().collect();
        vms.sort_by_key(|kept| kept.number);
        let mut snapshots: Vec<_> = tables.snapshots.iter().collect();
        snapshots.sort_by_key(|(_, snapshot)| snapshot.number);
        VmListing {
            vms: vms
                .into_iter()
                .map(|kept| VmEntry {
                    vm_id: kept.lane.vm.vm_id.clone(),
                    name: kept.name.clone(),
                    age_ms: age_ms(kept.made),
                    programs: u32::try_from(kept.lane.vm.processes.count()).unwrap_or(u32::MAX),
                    attached: kept.lane.vm.events.front().is_some(),
                })
                .collect(),
            snapshots: snapshots
                .into_iter()
                .map(|(id, snapshot)| SnapshotEntry {
                    snapshot_id: id.clone(),
                    name: snapshot.name.clone(),
                    vm_id: snapshot.vm_id.clone(),
                    age_ms: age_ms(snapshot.made),
                })
                .collect(),
        }
    }

    fn snapshot(&self, vm_id: String, name: Option<String>) -> Result<String, Rejection> {
        let seed = Arc::new(self.lane(&vm_id)?.vm.seed()?);
        let mut tables = self.tables();
        if tables.snapshots.len() >= MOST_SNAPSHOTS {
            return Err(Rejection::state(format!(
                "the sidecar keeps {MOST_SNAPSHOTS} snapshots already"
            )));
        }
        tables.last += 1;
        let number = tables.last;
        let id = format!("snapshot-{number}");
        let snapshot = Snapshot {
            number,
            name,
            vm_id,
            made: Moment::now(),
            seed,
        };
        tables.snapshots.insert(id.clone(), snapshot);
        Ok(id)
    }

    /// What a VM begins with that is made of another one, or of a snapshot.
    fn source(&self, id: &str) -> Result<Seed, Rejection> {
        let snapshot = {
            let tables = self.tables();
            tables
                .snapshots
                .get(id)
                .map(|snapshot| Arc::clone(&snapshot.seed))
        };
        match snapshot {
            Some(seed) => seed.again(),
            None => self.lane(id)?.vm.seed(),
        }
    }
}

/// Ends a VM that nobody has had any use for.
async fn watch(sidecar: Sidecar, vm_id: String, idle: Duration) {
    while let Some(left) = sidecar.detached().patience(&vm_id, idle) {
        if left.is_zero() {
            sidecar.registry().remove_vm(&vm_id);
            if let Some(lane) = sidecar.detached().forget(&vm_id) {
                lane.vm.end().await;
            }
            return;
        }
        tokio::time::sleep(left).await;
    }
}

impl Client {
    /// Answers a command about detached VMs.
    pub(crate) async fn detached(
        &self,
        scope: &OwnershipScope,
        request: &ExtEnvelope,
    ) -> Result<ExtEnvelope, Rejection> {
        let command = VmCommand::open(request)
            .map_err(|error| Rejection::state(format!("the payload is no vm-command: {error}")))?;
        let detached = self.sidecar().detached();
        let registry = self.sidecar().registry();
        if let VmCommand::AttachVmCommand(asked) = command {
            return Ok(self.attach(scope, asked.vm_id)?.envelope());
        }
        let connection = registry.connection(self.transport(), scope)?;
        let reply = match command {
            VmCommand::CreateVmCommand(asked) => {
                let config = VmConfig::read(&asked.config, self.frame_bytes())?;
                let seed = Seed::new(self.sidecar(), self.frame_bytes(), config)?;
                self.make(connection, seed, asked.name, idle(asked.idle_ms))
                    .await?
            }
            VmCommand::ForkVmCommand(asked) => {
                let seed = detached.source(&asked.source)?;
                self.make(connection, seed, asked.name, idle(asked.idle_ms))
                    .await?
            }
            VmCommand::ListVmsCommand => VmReply::VmListing(detached.listing()),
            // Answered above, with the scope that it needs.
            VmCommand::AttachVmCommand(asked) => self.attach(scope, asked.vm_id)?,
            VmCommand::DetachVmCommand(asked) => {
                detached.lane(&asked.vm_id)?;
                if !registry.is_attached_to(&asked.vm_id, connection) {
                    return Err(Rejection::state(format!(
                        "VM {} is not attached to this connection",
                        asked.vm_id.escape_debug()
                    )));
                }
                registry.remove_vm(&asked.vm_id);
                detached.let_go(&asked.vm_id);
                VmReply::VmDone
            }
            VmCommand::SnapshotVmCommand(asked) => {
                check_name(asked.name.as_ref())?;
                let snapshot_id = detached.snapshot(asked.vm_id, asked.name)?;
                VmReply::SnapshotMade(SnapshotMade { snapshot_id })
            }
            VmCommand::RemoveVmCommand(asked) => self.remove(&asked.id).await?,
        };
        Ok(reply.envelope())
    }

    async fn make(
        &self,
        connection: &str,
        seed: Seed,
        name: Option<String>,
        idle: Duration,
    ) -> Result<VmReply, Rejection> {
        check_name(name.as_ref())?;
        let vm_id = self.sidecar().registry().next_vm();
        let making = Making {
            sidecar: self.sidecar().clone(),
            vm_id: vm_id.clone(),
            client: connection.to_owned(),
            frame_bytes: self.frame_bytes(),
            front: None,
            detached: true,
        };
        let lane = Lane::open(Vm::create(making, seed).await?);
        if let Err(lane) = self.sidecar().detached().keep(name, lane) {
            lane.vm.end().await;
            return Err(Rejection::state(format!(
                "the sidecar has {MOST_VMS} detached VMs already"
            )));
        }
        tokio::spawn(watch(self.sidecar().clone(), vm_id.clone(), idle));
        Ok(VmReply::VmMade(VmMade { vm_id }))
    }

    fn attach(&self, scope: &OwnershipScope, vm_id: String) -> Result<VmReply, Rejection> {
        let registry = self.sidecar().registry();
        let session = registry.session(self.transport(), scope)?;
        let lane = self.sidecar().detached().lane(&vm_id)?;
        let owner = VmOwnership {
            connection_id: session.connection_id.clone(),
            session_id: session.session_id.clone(),
            vm_id: vm_id.clone(),
        };
        let vm = Arc::clone(&lane.vm);
        registry.add_vm(&owner, lane).map_err(|_lane| {
            Rejection::new(
                RefusalCode::Conflict,
                format!("VM {vm_id} is attached to another session"),
            )
        })?;
        let front = self.front(OwnershipScope::VmOwnership(owner));
        if vm.events.attach(front).is_err() {
            registry.remove_vm(&vm_id);
            return Err(unknown("VM", &vm_id));
        }
        Ok(VmReply::VmAttached(VmAttached {
            vm_id,
            cwd: vm.cwd.clone(),
        }))
    }

    async fn remove(&self, id: &str) -> Result<VmReply, Rejection> {
        let detached = self.sidecar().detached();
        if detached.tables().snapshots.remove(id).is_some() {
            return Ok(VmReply::VmDone);
        }
        let lane = detached
            .forget(id)
            .ok_or_else(|| unknown("VM or snapshot", id))?;
        self.sidecar().registry().remove_vm(id);
        lane.vm.end().await;
        Ok(VmReply::VmDone)
    }
}
