//! Where a flush can be killed, and what it has done. In tests only: elsewhere this is nothing.

/// What changed on the disk, or was carried to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A file was made, under a temporary name.
    Made,
    /// Bytes were written to it.
    Written,
    /// Its content was carried to the disk.
    Carried,
    /// It got its own name.
    Named,
    /// A name was removed.
    Removed,
    /// The names of a folder were carried to the disk.
    Synced,
}

/// A step was done, to this name in this folder.
#[cfg(not(test))]
pub(super) const fn reached(_: Step, _: &str, _: &str) {}

/// A step was done. If it is the one that this process is to die at, it dies, as by `kill -9`.
#[cfg(test)]
pub(super) fn reached(step: Step, folder: &str, name: &str) {
    super::tests::reached(step, folder, name);
}
