//! Host directories: the only place of this crate that reaches the host.
//!
//! Authority comes in as a capability ([`cap_std::fs::Dir`]); from there on, every system call takes an
//! open directory and **one name**, and none follows a link. No path of the host's is ever built, kept
//! or told.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this folder is where host files are reached: beneath a mount, by handle and name"
)]

mod dir;
mod error;
mod file;
mod kernel;
mod listing;
mod metadata;
mod store;

use std::sync::Arc;

use cap_std::fs::Dir;
use rustix::fd::OwnedFd;

pub(crate) use kernel::KernelFilesystems;
pub use store::{
    ByteStore, Collected, Flushed, Kept, MAX_KEPT_BYTES, MAX_KEY_BYTES, MAX_LABEL_BYTES, MAX_REFS,
    Store, StoreError,
};

use crate::MountError;
use crate::backend::Directory;

/// Takes a capability on a directory as the root of a mount or layer.
pub(crate) fn open_root(
    directory: Dir,
    kernel_filesystems: KernelFilesystems,
) -> Result<Arc<dyn Directory>, MountError> {
    let descriptor = OwnedFd::from(directory.into_std_file());
    if kernel_filesystems == KernelFilesystems::Refuse
        && let Some(kind) = kernel::kind(&descriptor).map_err(MountError::Host)?
    {
        return Err(MountError::KernelFilesystem { kind });
    }
    let root = dir::HostDir::root(descriptor, kernel_filesystems).map_err(MountError::Host)?;
    Ok(Arc::new(root))
}
