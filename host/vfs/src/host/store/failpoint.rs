//! Where a flush can be killed. In tests only: elsewhere this is nothing.

/// A step was done: one that changed something on the disk.
#[cfg(not(test))]
pub(super) const fn reached() {}

/// A step was done. If it is the one that this process is to die at, it dies, as by `kill -9`.
#[cfg(test)]
pub(super) fn reached() {
    super::tests::step();
}
