//! The filesystem at `/` of a VM, and how it is made.

use tollgate_protocol::types::{
    MountPluginDescriptor, RootFilesystemDescriptor, RootFilesystemEntry,
    RootFilesystemLowerDescriptor as Lower, RootFilesystemMode as Mode,
};
use tollgate_vfs::{
    Clock, Entry, EntryKind, FsError, ImportError, Layer, MemoryFs, Mount, MountError, Owner,
    Quota, Timestamp,
};

use super::host::HostRoot;
use super::source::Source;
use super::{FsLimits, base, entries, path, saved};
use crate::Rejection;

/// A folder that guests read and nobody writes to but past the policy.
const PROTECTED: [&str; 2] = ["etc", "agentos"];

/// What a VM's filesystem begins with.
#[derive(Debug, Clone)]
pub enum RootSpec {
    /// Layers, and what is put on top of them.
    Layers(RootFilesystemDescriptor),
    /// What [`Filesystem::save`](super::Filesystem::save) gave, in place of layers.
    Saved {
        /// The saved text.
        blob: Vec<u8>,
        /// Whether it can be written to.
        mode: Mode,
        /// What is put on top of it.
        bootstrap_entries: Vec<RootFilesystemEntry>,
    },
    /// What a mount plugin serves, and nothing of the sidecar's own.
    Native {
        /// The plugin.
        plugin: MountPluginDescriptor,
        /// Whether writing fails with `EROFS`.
        read_only: bool,
    },
}

impl RootSpec {
    /// What `nativeRoot` says beside `rootFilesystem`.
    ///
    /// # Errors
    ///
    /// The plugin has no id, or there are layers or entries, which it could not take.
    pub fn native(
        plugin: MountPluginDescriptor,
        read_only: bool,
        beside: &RootFilesystemDescriptor,
    ) -> Result<Self, Rejection> {
        if plugin.id.trim().is_empty() {
            return Err(Rejection::state("nativeRoot.plugin.id must not be blank"));
        }
        if !beside.lowers.is_empty() || !beside.bootstrap_entries.is_empty() {
            return Err(Rejection::state(
                "nativeRoot cannot be combined with rootFilesystem.lowers or bootstrapEntries",
            ));
        }
        Ok(Self::Native { plugin, read_only })
    }
}

/// The filesystem at `/`.
pub(super) struct Root {
    /// What it is mounted as, read-only or not.
    pub(super) mount: Mount,
    /// The memory that is written to; none where the machine's folder is the root.
    pub(super) files: Option<MemoryFs>,
    pub(super) read_only: bool,
    /// The plugin that serves it, where it is not the sidecar's own.
    pub(super) native: Option<&'static str>,
    /// The folder that is mounted over itself, read-only.
    pub(super) protected: Mount,
}

impl Root {
    pub(super) fn new(
        spec: RootSpec,
        limits: &FsLimits,
        host_root: &HostRoot,
        clock: Clock,
    ) -> Result<Self, Rejection> {
        let files = || MemoryFs::new(limits.quota(), clock.clone());
        match spec {
            RootSpec::Layers(descriptor) => {
                let bootstrap = checked(&descriptor)?;
                let read_only = descriptor.mode == Mode::ReadOnly;
                Self::over(layers(descriptor, limits)?, files(), bootstrap, read_only)
            }
            RootSpec::Saved {
                blob,
                mode,
                bootstrap_entries,
            } => {
                let files = restored(&blob, limits, clock)?;
                files
                    .apply(ordered(bootstrap_entries)?)
                    .map_err(|error| entries::not_applied(&error))?;
                let mount = Mount::memory(files.clone());
                Self::finish(mount, Some(files), mode == Mode::ReadOnly, None)
            }
            RootSpec::Native { plugin, read_only } => {
                let source = Source::read(&plugin)?;
                let (mount, files) = match source.folder(host_root)? {
                    Some(folder) => (folder, None),
                    None => {
                        let files = files();
                        (Mount::memory(files.clone()), Some(files))
                    }
                };
                let read_only = read_only || source.is_read_only();
                Self::finish(mount, files, read_only, Some(source.id()))
            }
        }
    }

    /// A filesystem of its own with the same content.
    pub(super) fn fork(&self) -> Result<Self, Rejection> {
        let files = match &self.files {
            Some(files) => files.fork(),
            None => {
                return Err(Rejection::kernel(
                    "EINVAL",
                    "a folder of the machine cannot be forked",
                ));
            }
        };
        Self::finish(
            Mount::memory(files.clone()),
            Some(files),
            self.read_only,
            self.native,
        )
    }

    fn over(
        layers: Vec<Layer>,
        files: MemoryFs,
        bootstrap: Vec<Entry>,
        read_only: bool,
    ) -> Result<Self, Rejection> {
        let mount = Mount::overlay(layers, files.clone()).map_err(|error| not_laid(&error))?;
        files
            .apply(bootstrap)
            .map_err(|error| entries::not_applied(&error))?;
        Self::finish(mount, Some(files), read_only, None)
    }

    fn finish(
        mount: Mount,
        files: Option<MemoryFs>,
        read_only: bool,
        native: Option<&'static str>,
    ) -> Result<Self, Rejection> {
        let protected = protected(&mount, files.as_ref());
        Ok(Self {
            mount: mount.read_only(read_only),
            files,
            read_only,
            native,
            protected: protected.read_only(true),
        })
    }
}

/// The folder as it lies in the root. A root without it (its `/etc` is a file, or the machine's) gets an empty one.
fn protected(root: &Mount, files: Option<&MemoryFs>) -> Mount {
    if let Ok(there) = root.below(&PROTECTED) {
        return there;
    }
    let entry = Entry {
        path: format!("/{}", PROTECTED.join("/")),
        kind: EntryKind::Directory,
        mode: 0o755,
        owner: Owner::ROOT,
    };
    let made = files.map(|files| files.apply([entry]));
    match (made, root.below(&PROTECTED)) {
        (Some(Ok(_)), Ok(there)) => there,
        _ => {
            let epoch = Timestamp {
                seconds: 0,
                nanos: 0,
            };
            let nothing = MemoryFs::new(Quota::default(), std::sync::Arc::new(move || epoch));
            Mount::memory(nothing)
        }
    }
}

/// The entries of a configuration, ordered so that folders come before what lies in them.
fn checked(descriptor: &RootFilesystemDescriptor) -> Result<Vec<Entry>, Rejection> {
    for lower in &descriptor.lowers {
        if let Lower::SnapshotRootFilesystemLower(snapshot) = lower {
            snapshot.entries.iter().try_for_each(entries::check)?;
        }
    }
    ordered(descriptor.bootstrap_entries.clone())
}

/// Entries that are put on top.
fn ordered(given: Vec<RootFilesystemEntry>) -> Result<Vec<Entry>, Rejection> {
    given.iter().try_for_each(entries::check)?;
    let mut bootstrap = taken(given)?;
    bootstrap.sort_by(|one, other| {
        let depth = |entry: &Entry| entry.path.matches('/').count();
        (depth(one), &one.path).cmp(&(depth(other), &other.path))
    });
    Ok(bootstrap)
}

/// Entries as the filesystem takes them, without those of folders that are made anew for each VM.
pub(super) fn taken(given: Vec<RootFilesystemEntry>) -> Result<Vec<Entry>, Rejection> {
    let mut taken = Vec::with_capacity(given.len());
    for entry in given {
        let entry = entries::read(entry)?;
        if !path::is_synthesised(&entry.path) {
            taken.push(entry);
        }
    }
    Ok(taken)
}

fn layers(
    descriptor: RootFilesystemDescriptor,
    limits: &FsLimits,
) -> Result<Vec<Layer>, Rejection> {
    let refused = |error: ImportError| entries::not_imported(&error);
    let mut layers = Vec::new();
    for lower in descriptor.lowers {
        layers.push(match lower {
            Lower::SnapshotRootFilesystemLower(snapshot) => {
                imported(taken(snapshot.entries)?, limits).map_err(refused)?
            }
            Lower::BundledBaseFilesystemLower => base::bundled().map_err(refused)?,
        });
    }
    if !descriptor.disable_default_base_layer {
        layers.push(base::bundled().map_err(refused)?);
    } else if layers.is_empty() {
        layers.push(base::minimal().map_err(refused)?);
    }
    Ok(layers)
}

/// A list of entries as a layer, within what a VM may hold.
pub(super) fn imported(given: Vec<Entry>, limits: &FsLimits) -> Result<Layer, ImportError> {
    let epoch = Timestamp {
        seconds: 0,
        nanos: 0,
    };
    Layer::import(given, limits.quota(), epoch)
}

/// What was saved, as files that count as the VM's own: a VM that is kept again and again does not grow by what it may write
/// each time. Where it came to more than the VM may write, because it came from layers, it is there all the same, and nothing
/// can be added until enough is removed.
fn restored(blob: &[u8], limits: &FsLimits, clock: Clock) -> Result<MemoryFs, Rejection> {
    let saved = saved::read(blob, limits)?;
    let epoch = Timestamp {
        seconds: 0,
        nanos: 0,
    };
    let quota = limits.quota();
    // The text has an end, and so has what is in it.
    let enough = Quota {
        bytes: u64::MAX,
        inodes: u64::MAX,
        entries: u64::MAX,
    };
    let files = MemoryFs::new(enough, std::sync::Arc::new(move || epoch));
    files
        .apply(saved)
        .map_err(|error| entries::not_imported(&error))?;
    Ok(files.fork_with(quota, clock))
}

pub(super) fn not_laid(error: &MountError) -> Rejection {
    match error {
        MountError::TooManyLayers => Rejection::state(error.to_string()),
        MountError::Lower(why) | MountError::Host(why) => super::errno::kernel(*why, "mount", "/"),
        MountError::KernelFilesystem { .. }
        | MountError::GuestPath { .. }
        | MountError::Duplicate { .. }
        | MountError::UpperInUse => super::errno::kernel(FsError::Invalid, "mount", "/"),
    }
}
