//! VMs that outlive their client, and files that were kept of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tollgate_protocol::vm::{SnapshotEntry, VmEntry, VmListing};

use crate::host::Moment;
use crate::lane::Lane;
use crate::registry::MOST_VMS;
use crate::rejection::Rejection;
use crate::vm::Seed;

/// Snapshots that one sidecar keeps.
pub(crate) const MOST_SNAPSHOTS: usize = 1_024;
/// Bytes of the name of a VM or a snapshot.
pub(crate) const NAME_BYTES: usize = 64;
/// How long a VM lives without an attachment and without a program where nobody says, in milliseconds.
pub(crate) const IDLE_MS: u64 = 3_600_000;
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

pub(crate) fn unknown(what: &str, id: &str) -> Rejection {
    let id: String = id.chars().take(NAME_BYTES).collect();
    Rejection::state(format!("unknown detached {what} {}", id.escape_debug()))
}

pub(crate) fn check_name(name: Option<&String>) -> Result<(), Rejection> {
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

pub(crate) fn idle(ms: Option<u64>) -> Duration {
    let stated = Duration::from_millis(ms.unwrap_or(IDLE_MS));
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

    pub(crate) fn lane(&self, vm_id: &str) -> Result<Lane, Rejection> {
        let tables = self.tables();
        let kept = tables.vms.get(vm_id).ok_or_else(|| unknown("VM", vm_id))?;
        Ok(kept.lane.clone())
    }

    pub(crate) fn keep(&self, name: Option<String>, lane: Lane) -> Result<(), Lane> {
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

    /// Forgets a snapshot. Says whether there was one.
    pub(crate) fn forget_snapshot(&self, id: &str) -> bool {
        self.tables().snapshots.remove(id).is_some()
    }

    /// How long a VM is still waited for; none where it is not there any more.
    pub(crate) fn patience(&self, vm_id: &str, idle: Duration) -> Option<Duration> {
        let mut tables = self.tables();
        let kept = tables.vms.get_mut(vm_id)?;
        let vm = &kept.lane.vm;
        if vm.events.front().is_some() || vm.processes.count() > 0 {
            kept.busy = Moment::now();
        }
        Some(idle.saturating_sub(kept.busy.age()))
    }

    pub(crate) fn listing(&self) -> VmListing {
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

    pub(crate) fn snapshot(
        &self,
        vm_id: String,
        name: Option<String>,
    ) -> Result<String, Rejection> {
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
    pub(crate) fn source(&self, id: &str) -> Result<Seed, Rejection> {
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
