//! What can be mounted.

use std::fmt;
use std::sync::Arc;

use cap_std::fs::Dir;

use crate::backend::{Directory, Step};
use crate::devices::DeviceDir;
use crate::entry::{Entry, ExportError, ExportLimits, ImportError};
use crate::memory::{MemoryFs, Quota};
use crate::namespace::Mounted;
use crate::remote::{Remote, RemoteDir, Server};
use crate::save::{self, TreeError};
use crate::stat::Kept;
use crate::{Digest, Entropy, FsError, MountError, Timestamp, export, host};

/// A filesystem to mount. Writable unless [`Mount::read_only`] says otherwise. A clone is the same one: a folder that is
/// opened once can be given to any number of runs.
#[derive(Clone)]
pub struct Mount {
    root: Arc<dyn Directory>,
    read_only: bool,
}

/// A tree that does not change any more: what overlays lie over, what is kept under a digest, what a VM is started
/// from. A clone is the same layer.
#[derive(Clone)]
pub struct Layer {
    root: Arc<dyn Directory>,
    depth: usize,
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
        lay_over(&upper, lowers)?;
        Ok(Self::memory(upper))
    }

    /// The devices that every program counts on: `null`, `zero`, `random` and `urandom`, and the names of the standard
    /// streams. What reads as chance comes from `entropy`, which is asked for each read.
    #[must_use]
    pub fn devices(entropy: Entropy) -> Self {
        Self {
            root: Arc::new(DeviceDir::new(entropy)),
            read_only: false,
        }
    }

    /// A filesystem that somebody else serves: each use of it asks, on the calling thread. Mounts of one `number` are the
    /// same filesystem to whoever compares files. Nothing is asked before something is used.
    #[must_use]
    pub fn remote(remote: Arc<dyn Remote>, number: u64) -> Self {
        Self {
            root: Arc::new(RemoteDir::root(Server { remote, number })),
            read_only: false,
        }
    }

    /// A folder of the mount as a mount of its own, wherever it is moved to later. The names lead down from the root, and
    /// no link is followed.
    ///
    /// # Errors
    /// `NoEntry` and `NotDirectory`, also for a link on the way; and what the backend says.
    pub fn below(&self, names: &[&str]) -> Result<Self, FsError> {
        let mut root = Arc::clone(&self.root);
        for name in names {
            root = match root.enter(name)? {
                Step::Directory(directory) => directory,
                Step::Link(_) => return Err(FsError::NotDirectory),
            };
        }
        Ok(Self {
            root,
            read_only: self.read_only,
        })
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
            depth: filesystem.depth(),
        }
    }

    /// What a memory filesystem holds at this moment. The filesystem goes on; nothing is copied.
    #[must_use]
    pub fn snapshot(filesystem: &MemoryFs) -> Self {
        Self::memory(filesystem.fork())
    }

    /// A tree that is told as a list. Every time in it is `at`, so that the same list gives the same digest.
    ///
    /// # Errors
    /// [`ImportError`] for the first entry that is no good, comes twice, or goes beyond the quota.
    pub fn import(
        entries: impl IntoIterator<Item = Entry>,
        quota: Quota,
        at: Timestamp,
    ) -> Result<Self, ImportError> {
        let filesystem = MemoryFs::new(quota, Arc::new(move || at));
        filesystem.import(entries)?;
        Ok(Self::memory(filesystem))
    }

    /// Layers, the uppermost first, as one: of two that have a file, the first shows.
    ///
    /// # Errors
    /// As [`Mount::overlay`].
    pub fn overlay(layers: Vec<Self>) -> Result<Self, MountError> {
        let nothing = Timestamp {
            seconds: 0,
            nanos: 0,
        };
        let upper = MemoryFs::new(Quota::default(), Arc::new(move || nothing));
        let root = layers.first().map(|layer| layer.root.stat_self());
        lay_over(&upper, layers)?;
        if let Some(root) = root {
            root.and_then(|found| upper.keep_root(Kept::of(&found.stat)))
                .map_err(MountError::Lower)?;
        }
        Ok(Self::memory(upper))
    }

    /// All that it holds, as a list: the root first, then depth first, the names of a folder in the order of their
    /// bytes. A file with two names is told twice.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn entries(&self, limits: &ExportLimits) -> Result<Vec<Entry>, ExportError> {
        export::entries(Arc::clone(&self.root), limits)
    }

    /// The layer's identity: equal for layers whose names, contents, modes, owners and times of the last change of
    /// content are equal, however they came about.
    ///
    /// # Errors
    /// [`TreeError`], where [`crate::Store::keep`] would fail too.
    pub fn digest(&self) -> Result<Digest, TreeError> {
        save::digest(&self.root)
    }

    pub(crate) fn root(&self) -> &Arc<dyn Directory> {
        &self.root
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
            depth: 0,
        })
    }
}

fn lay_over(upper: &MemoryFs, layers: Vec<Layer>) -> Result<(), MountError> {
    let depth = layers.iter().map(|layer| layer.depth).max().unwrap_or(0);
    upper.lay_over(layers.into_iter().map(|layer| layer.root), depth)
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
