//! The filesystem as a whole: one table, one lock, one clock.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::quota::{Quota, Usage};
use super::table::{ROOT, Table};
use crate::backend::Directory;
use crate::overlay::Lower;
use crate::stat::{Kept, ObjectId};
use crate::{FsError, MountError, Owner, Timestamp};

/// Where a memory filesystem gets the time from. Guests read it as file times, so that a run whose
/// clocks are fixed or denied wants its own here.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A filesystem in memory. Clones are the same filesystem.
#[derive(Clone)]
pub struct MemoryFs(Arc<Inner>);

struct Inner {
    /// Tells this filesystem's objects from those of any other in the process.
    identity: u64,
    clock: Clock,
    table: Mutex<Table>,
}

fn next_identity() -> u64 {
    static IDENTITIES: AtomicU64 = AtomicU64::new(1);
    IDENTITIES.fetch_add(1, Ordering::Relaxed)
}

impl MemoryFs {
    /// An empty filesystem.
    #[must_use]
    pub fn new(quota: Quota, clock: Clock) -> Self {
        let table = Table::new(quota, clock());
        Self::of(table, clock)
    }

    pub(super) fn of(table: Table, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            identity: next_identity(),
            clock,
            table: Mutex::new(table),
        }))
    }

    /// Gives the root the attributes of another folder.
    pub(crate) fn keep_root(&self, kept: Kept) -> Result<(), FsError> {
        self.with(|table| {
            table.node_mut(ROOT)?.keep(kept);
            Ok(())
        })
    }

    /// What it holds now.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.lock().usage()
    }

    /// What it may hold.
    #[must_use]
    pub fn quota(&self) -> Quota {
        self.lock().quota()
    }

    /// Makes this the owner of what is made from now on; [`Owner::GUEST`] at first.
    pub fn set_owner(&self, owner: Owner) {
        self.lock().set_owner(owner);
    }

    /// A filesystem of its own with the same content, quota and clock. It shares everything with this one; what either
    /// writes from now on, the other does not see. Forking takes as long for ten thousand files as for one.
    ///
    /// What was removed here and is still open is not in the fork, and open handles go on with this filesystem. The
    /// fork of a frozen filesystem can be written to.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.fork_with(self.quota(), Arc::clone(&self.0.clock))
    }

    /// As [`MemoryFs::fork`], with another quota and clock. Where the quota is smaller than what is there, nothing
    /// can be added until enough is removed.
    #[must_use]
    pub fn fork_with(&self, quota: Quota, clock: Clock) -> Self {
        let table = self.lock().fork(quota);
        Self::of(table, clock)
    }

    pub(crate) fn freeze(&self) {
        self.lock().freeze();
    }

    /// Overlays that a look may go through, one below the other.
    pub(crate) fn depth(&self) -> usize {
        self.lock().depth()
    }

    /// Puts directories beneath the root, uppermost first; `depth` is that of the deepest.
    pub(crate) fn lay_over(
        &self,
        layers: impl Iterator<Item = Arc<dyn Directory>>,
        depth: usize,
    ) -> Result<(), MountError> {
        // In this order, so that the lock is let go first on every way out: to drop a handle on this very
        // filesystem, which somebody may have given as its own layer, takes the lock.
        let lowers: Vec<Lower> = layers.map(Lower::root).collect();
        let mut table = self.lock();
        table.check_upper()?;
        table.lay_over(lowers, depth)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Table> {
        // Operations leave the table whole at every point where they could unwind, and a poisoned lock
        // would turn one guest's trouble into that of all who share the filesystem.
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One operation: all of it under the lock, and what it only looked at is forgotten at its end.
    pub(super) fn with<R>(
        &self,
        operation: impl FnOnce(&mut Table) -> Result<R, FsError>,
    ) -> Result<R, FsError> {
        let mut table = self.lock();
        let result = operation(&mut table);
        table.sweep();
        result
    }

    /// One operation that changes something.
    pub(super) fn edit<R>(
        &self,
        operation: impl FnOnce(&mut Table, Timestamp) -> Result<R, FsError>,
    ) -> Result<R, FsError> {
        let now = self.now();
        self.with(|table| {
            table.check_writable()?;
            operation(table, now)
        })
    }

    pub(super) fn object(&self, node: u64) -> ObjectId {
        ObjectId::Memory {
            filesystem: self.0.identity,
            node,
        }
    }
}

impl MemoryFs {
    /// Whether both are the same filesystem.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for MemoryFs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MemoryFs").finish_non_exhaustive()
    }
}
