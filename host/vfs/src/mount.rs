//! What can be mounted.

use std::fmt;
use std::sync::Arc;

use cap_std::fs::Dir;

use crate::backend::Directory;
use crate::memory::MemoryFs;
use crate::namespace::Mounted;
use crate::{MountError, host};

/// A filesystem to mount. Writable unless [`Mount::read_only`] says otherwise. A clone is the same one: a folder that is
/// opened once can be given to any number of runs.
#[derive(Clone)]
pub struct Mount {
    root: Arc<dyn Directory>,
    read_only: bool,
}

/// A tree that an overlay lies over, and never changes.
pub struct Layer {
    root: Arc<dyn Directory>,
}

impl Mount {
    /// A host directory, by the capability on it.
    ///
    /// # Errors
    /// [`MountError::KernelFilesystem`] for `proc`, `sysfs` and their like, which tell about the whole
    /// machine; [`MountError::Host`] if the capability can't be examined.
    pub fn host(directory: Dir, read_only: bool) -> Result<Self, MountError> {
        Ok(Self {
            root: host::open_root(directory, host::KernelFilesystems::Refuse)?,
            read_only,
        })
    }

    /// A host directory, even on a kernel filesystem, and with those that are mounted below it. Whoever
    /// calls this has been told so explicitly by the operator.
    ///
    /// # Errors
    /// [`MountError::Host`] if the capability can't be examined.
    pub fn host_forced(directory: Dir, read_only: bool) -> Result<Self, MountError> {
        Ok(Self {
            root: host::open_root(directory, host::KernelFilesystems::Allow)?,
            read_only,
        })
    }

    /// A memory filesystem. Several mounts of the same one share its content.
    #[must_use]
    pub fn memory(filesystem: MemoryFs) -> Self {
        Self {
            root: filesystem.root(),
            read_only: false,
        }
    }

    /// Layers, the uppermost first, beneath a memory filesystem that takes every change. What `upper`
    /// holds already hides what the layers have there; directories of the same path are merged.
    ///
    /// # Errors
    /// [`MountError::UpperInUse`] if `upper` is a layer or an upper already; [`MountError::Lower`] if a
    /// layer can't be read.
    pub fn overlay(lowers: Vec<Layer>, upper: MemoryFs) -> Result<Self, MountError> {
        upper.lay_over(lowers.into_iter().map(|layer| layer.root))?;
        Ok(Self::memory(upper))
    }

    /// The same mount, read-only or not.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    pub(crate) fn into_mounted(self) -> Mounted {
        Mounted {
            root: self.root,
            read_only: self.read_only,
        }
    }
}

impl Layer {
    /// A memory filesystem as a layer. It is frozen from now on: whatever would change it, by whatever
    /// mount, gives `ReadOnly`. One layer may lie beneath any number of overlays.
    #[must_use]
    pub fn memory(filesystem: MemoryFs) -> Self {
        filesystem.freeze();
        Self {
            root: filesystem.root(),
        }
    }

    /// A host directory as a layer. Nothing of ours writes to it; that nobody else does while the
    /// overlay lives is the operator's promise, and if it is broken, guests see a mixture of old and
    /// new, but nothing outside of the directory.
    ///
    /// # Errors
    /// As [`Mount::host`].
    pub fn host(directory: Dir) -> Result<Self, MountError> {
        Ok(Self {
            root: host::open_root(directory, host::KernelFilesystems::Refuse)?,
        })
    }
}

impl fmt::Debug for Mount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Mount").finish_non_exhaustive()
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Layer").finish_non_exhaustive()
    }
}
