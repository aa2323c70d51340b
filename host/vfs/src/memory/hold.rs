//! Holding a node.

use super::filesystem::MemoryFs;
use super::table::Table;

/// Keeps a node alive after its last name is gone.
pub(super) struct Hold {
    pub(super) filesystem: MemoryFs,
    pub(super) number: u64,
}

impl Hold {
    /// Takes hold of a node. Never let a hold drop under the lock: dropping takes it.
    pub(super) fn take(filesystem: &MemoryFs, table: &mut Table, number: u64) -> Self {
        table.pin(number);
        Self {
            filesystem: filesystem.clone(),
            number,
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut table = self.filesystem.lock();
        table.unpin(self.number);
        table.sweep();
    }
}
