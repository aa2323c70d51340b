//! What is mounted in a VM beside its root.

use std::collections::BTreeSet;
use std::sync::Arc;

use tollgate_policy::Effective;
use tollgate_protocol::types::MountDescriptor;
use tollgate_vfs::{
    Clock, Entry, EntryKind, FsError, MemoryFs, Mount, MountError, Owner, Tree, TreeBuilder,
};

use super::bridge::{self, Bridge, BridgeMount, Leave};
use super::errno;
use super::host::{Closed, HostRoot};
use super::path::{self, normalise};
use super::root::Root;
use super::source::{self, Source};
use super::{FsLimits, MAX_MOUNTS, devices, entries, proc};
use crate::Rejection;

/// Where the packages of a client's project are seen.
const PACKAGES: &str = "/root/node_modules";
const PROC: &str = "/proc";
const DEV: &str = "/dev";
const PROTECTED: &str = "/etc/agentos";

/// What a configuration of mounts came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Filesystems that are mounted now, with those for packages, without the root and those of the sidecar's own.
    pub mounts: u32,
}

/// The mounts of a client, and what `/proc` says of them.
pub(super) struct Table {
    mounts: Vec<Placed>,
    proc: Mount,
}

struct Placed {
    place: String,
    mount: Given,
    source: &'static str,
    read_only: bool,
}

/// What is mounted.
enum Given {
    /// The same for everybody.
    Shared(Mount),
    /// Served by the client, who is waited for by one program at a time.
    Bridge(BridgeMount),
}

impl Placed {
    fn is_inside(&self, outer: &str) -> bool {
        let rest = self.place.strip_prefix(outer);
        rest.is_some_and(|rest| rest.starts_with('/'))
            || path::is_synthesised(&self.place)
            || self.place.starts_with(PROTECTED)
    }

    /// The mount for somebody who waits until `leave`.
    fn mount(&self, leave: &Leave) -> Mount {
        let mount = match &self.mount {
            Given::Shared(mount) => mount.clone(),
            Given::Bridge(bridge) => bridge::mount(bridge, leave),
        };
        mount.read_only(self.read_only)
    }
}

impl Table {
    /// Nothing but the root.
    pub(super) fn empty(root: &Root, clock: Clock) -> Result<Self, Rejection> {
        Self::of(Vec::new(), root, clock)
    }

    /// What a client wants mounted.
    pub(super) fn read(
        given: Vec<MountDescriptor>,
        module_access_cwd: Option<&str>,
        (root, host_root): (&Root, &HostRoot),
        bridge: Option<&Bridge>,
        limits: &FsLimits,
        clock: Clock,
    ) -> Result<Self, Rejection> {
        let mut reading = Reading {
            host_root,
            bridge,
            // One memory for all memory mounts, so that together they hold no more than the limit.
            memory: MemoryFs::new(limits.quota(), Arc::clone(&clock)),
            taken: BTreeSet::from([PROC, DEV, PROTECTED].map(str::to_owned)),
            mounts: Vec::new(),
        };
        for descriptor in given {
            reading.mount(&descriptor)?;
        }
        if let Some(cwd) = module_access_cwd {
            reading.packages(cwd)?;
        }
        Self::of(reading.mounts, root, clock)
    }

    fn of(mounts: Vec<Placed>, root: &Root, clock: Clock) -> Result<Self, Rejection> {
        let first = proc::Told {
            source: root.native.unwrap_or("root"),
            place: "/",
            read_only: root.read_only,
        };
        let told = mounts.iter().map(|placed| proc::Told {
            source: placed.source,
            place: &placed.place,
            read_only: placed.read_only,
        });
        let told: Vec<_> = std::iter::once(first).chain(told).collect();
        let proc = proc::mount(&told, clock).map_err(|error| entries::not_applied(&error))?;
        Ok(Self { mounts, proc })
    }

    /// Makes the folders in the root that something is mounted at, where there is nothing: they stay when it is unmounted, and
    /// what lies beside them can be written to. A root that is not written to shows them all the same.
    pub(super) fn make_points(&self, root: &Root) -> Result<(), Rejection> {
        let (Some(files), false) = (&root.files, root.read_only) else {
            return Ok(());
        };
        for placed in &self.mounts {
            let names: Vec<&str> = placed.place.split('/').skip(1).collect();
            let is_inside = self
                .mounts
                .iter()
                .any(|outer| placed.is_inside(&outer.place));
            let is_missing = || matches!(root.mount.below(&names), Err(FsError::NoEntry));
            if is_inside || !is_missing() {
                continue;
            }
            let point = Entry {
                path: placed.place.clone(),
                kind: EntryKind::Directory,
                mode: 0o755,
                owner: Owner::ROOT,
            };
            let made = files.apply([point]);
            made.map_err(|error| entries::not_applied(&error))?;
        }
        Ok(())
    }

    pub(super) fn applied(&self) -> Applied {
        Applied {
            mounts: u32::try_from(self.mounts.len()).unwrap_or(u32::MAX),
        }
    }

    /// What a client mounted: the plugin that serves it, and its place in the guest's tree.
    pub(super) fn told(&self) -> Vec<(&'static str, String)> {
        let told = self.mounts.iter();
        told.map(|placed| (placed.source, placed.place.clone()))
            .collect()
    }

    /// Everything with its place, the root first, for whoever acts under `policy` and waits until `leave`.
    pub(super) fn mounts(
        &self,
        root: &Root,
        policy: &Arc<Effective>,
        leave: &Leave,
    ) -> Vec<(String, Mount)> {
        let own = [
            ("/", root.mount.clone()),
            (PROTECTED, root.protected.clone()),
            (PROC, self.proc.clone()),
            (DEV, devices::mount(Arc::clone(policy))),
        ];
        let own = own.map(|(place, mount)| (place.to_owned(), mount));
        let given = self.mounts.iter();
        let given = given.map(|placed| (placed.place.clone(), placed.mount(leave)));
        own.into_iter().chain(given).collect()
    }

    /// The tree of a client that acts under `policy`.
    pub(super) fn tree(
        &self,
        root: &Root,
        policy: &Arc<Effective>,
        secret: &Tree,
    ) -> Result<Tree, MountError> {
        // The client itself leaves with its VM.
        let mounts = self.mounts(root, policy, &Leave::default());
        let mut builder = TreeBuilder::with_capacity(mounts.len())
            .rooted(true)
            .sharing_secret_with(secret);
        for (place, mount) in mounts {
            builder = if place == "/" {
                builder.mount("/", "/", mount)?
            } else {
                builder.within(&place, mount)?
            };
        }
        Ok(builder.build())
    }
}

struct Reading<'a> {
    host_root: &'a HostRoot,
    bridge: Option<&'a Bridge>,
    memory: MemoryFs,
    taken: BTreeSet<String>,
    mounts: Vec<Placed>,
}

impl Reading<'_> {
    fn mount(&mut self, descriptor: &MountDescriptor) -> Result<(), Rejection> {
        let given = &descriptor.guest_path;
        let place = normalise(given).map_err(|error| errno::kernel(error, "mount", given))?;
        if place == "/" {
            return Err(errno::kernel(FsError::Invalid, "mount", given));
        }
        let source = Source::read(&descriptor.plugin)?;
        self.take(&place)?;
        let mount = match (&source, self.bridge) {
            (Source::JsBridge(config), Some(bridge)) => {
                Given::Bridge(BridgeMount::new(bridge, config.clone(), &place))
            }
            _ => Given::Shared(match source.folder(self.host_root)? {
                Some(folder) => folder,
                None => self.memory()?,
            }),
        };
        let read_only = descriptor.read_only || source.is_read_only();
        self.place(place, mount, source.id(), read_only);
        Ok(())
    }

    /// A folder of the memory that all memory mounts share.
    fn memory(&self) -> Result<Mount, Rejection> {
        let name = self.mounts.len().to_string();
        let folder = Entry {
            path: format!("/{name}"),
            kind: EntryKind::Directory,
            mode: 0o755,
            owner: Owner::GUEST,
        };
        self.memory
            .apply([folder])
            .map_err(|error| entries::not_applied(&error))?;
        Mount::memory(self.memory.clone())
            .below(&[&name])
            .map_err(|error| errno::kernel(error, "mount", &name))
    }

    /// The packages of a project, and each package that is a link to a folder elsewhere beneath the operator's.
    fn packages(&mut self, cwd: &str) -> Result<(), Rejection> {
        if self.taken.contains(PACKAGES) {
            return Ok(());
        }
        let path = format!("{}/node_modules", cwd.trim_end_matches('/'));
        let folder = match self.host_root.open_packages(&path) {
            Ok(Some(folder)) => folder,
            Ok(None) | Err(Closed::Failed(FsError::NoEntry | FsError::NotDirectory)) => {
                return Ok(());
            }
            Err(why) => return Err(source::not_opened(why, &path)),
        };
        self.take(PACKAGES)?;
        let mount = source::host(folder, true, &path)?;
        self.place(
            PACKAGES.to_owned(),
            Given::Shared(mount),
            "module_access",
            true,
        );
        let linked = self.host_root.linked_packages(&path);
        for (name, folder) in linked.map_err(|why| source::not_opened(why, &path))? {
            let place = format!("{PACKAGES}/{name}");
            if self.taken.contains(&place) {
                continue;
            }
            self.take(&place)?;
            let mount = source::host(folder, true, &path)?;
            self.place(place, Given::Shared(mount), "host_dir", true);
        }
        Ok(())
    }

    fn take(&mut self, place: &str) -> Result<(), Rejection> {
        if self.mounts.len() >= MAX_MOUNTS {
            return Err(errno::kernel(FsError::InsufficientSpace, "mount", place));
        }
        if !self.taken.insert(place.to_owned()) {
            return Err(errno::kernel(FsError::Exist, "mount", place));
        }
        Ok(())
    }

    fn place(&mut self, place: String, mount: Given, source: &'static str, read_only: bool) {
        self.mounts.push(Placed {
            place,
            mount,
            source,
            read_only,
        });
    }
}
