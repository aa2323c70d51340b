//! The filesystem of one VM: its root, its mounts, and whoever acts on them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tollgate::engine::Gate;
use tollgate_policy::Effective;
use tollgate_protocol::types::{MountDescriptor, RootFilesystemEntry};
use tollgate_vfs::{
    Clock, DirHandle, Entry, EntryKind, ExportLimits, FsError, Layer, MemoryFs, Mount, Owner, Tree,
    TreeBuilder,
};

use super::bridge::{Bridge, Leave};
use super::host::HostRoot;
use super::root::{self, Root};
use super::table::{Applied, Table};
use super::{FsLimits, RootSpec, base, entries, errno, path, saved};
use crate::Rejection;

/// Entries of a snapshot beyond those that a VM makes itself: the layers of its root are not counted against its limit.
const LAYERED_ENTRIES: usize = 131_072;

/// What is used of a root, each with the most of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fill {
    pub(crate) bytes: (u64, u64),
    pub(crate) inodes: (u64, u64),
}

/// The filesystem of one VM, shared by its client and all of its programs. Cheap to clone.
#[derive(Clone)]
pub struct Filesystem(Arc<Inner>);

struct Inner {
    limits: FsLimits,
    host_root: HostRoot,
    clock: Clock,
    root: Root,
    /// Under whose secret the trees of the client tell objects apart, so that a file keeps its number.
    secret: Tree,
    /// How the client is asked for what it serves itself, where it can be.
    bridge: OnceLock<Bridge>,
    state: Mutex<State>,
}

struct State {
    table: Table,
    /// The tree that the client used last, for as long as neither mounts nor policy change.
    client: Option<Client>,
}

struct Client {
    policy: Arc<Effective>,
    /// Kept, because a descriptor alone does not say that it is the root's.
    root: DirHandle,
}

impl Filesystem {
    /// Makes the filesystem of a VM. `clock` is read for the times of files, and clients and guests see them.
    ///
    /// # Errors
    ///
    /// `invalid_state` for entries that make no tree or more than `limits` allow, `plugin_error` for a native root that
    /// cannot be served.
    pub fn create(
        spec: RootSpec,
        limits: FsLimits,
        host_root: &HostRoot,
        clock: Clock,
    ) -> Result<Self, Rejection> {
        let root = Root::new(spec, &limits, host_root, Arc::clone(&clock))?;
        Self::of(root, limits, host_root.clone(), clock)
    }

    /// A filesystem of its own, with the same content of the root and nothing mounted; its root stays read-only if it was.
    ///
    /// # Errors
    ///
    /// `kernel_error` (`EINVAL`) where the root is a folder of the machine.
    pub fn fork(&self) -> Result<Self, Rejection> {
        let inner = &*self.0;
        let clock = Arc::clone(&inner.clock);
        let host_root = inner.host_root.clone();
        Self::of(inner.root.fork()?, inner.limits, host_root, clock)
    }

    fn of(
        root: Root,
        limits: FsLimits,
        host_root: HostRoot,
        clock: Clock,
    ) -> Result<Self, Rejection> {
        let table = Table::empty(&root, Arc::clone(&clock))?;
        Ok(Self(Arc::new(Inner {
            limits,
            host_root,
            clock,
            root,
            secret: TreeBuilder::new().build(),
            bridge: OnceLock::new(),
            state: Mutex::new(State {
                table,
                client: None,
            }),
        })))
    }

    /// Lets the client serve mounts itself. The first one that is given counts.
    pub(crate) fn ask(&self, bridge: Bridge) {
        self.0.bridge.get_or_init(|| bridge);
    }

    /// What a program of the VM gets: each filesystem with its place, the root at `/` first. For
    /// [`RunOptions::mount`](tollgate::RunOptions::mount) with [`RunOptions::rooted`](tollgate::RunOptions::rooted), or one
    /// tree of them. Reading chance from `/dev` takes what the policy of `gate`, the VM's, says of entropy. What
    /// the client serves is waited for until `leave`, the end of the program.
    #[must_use]
    pub fn mounts(&self, gate: &Gate, leave: &Leave) -> Vec<(String, Mount)> {
        let inner = &*self.0;
        inner
            .state()
            .table
            .mounts(&inner.root, &gate.policy(), leave)
    }

    /// Replaces all mounts by these, and by the packages of the client's project if it has any. Where it is refused, nothing
    /// changes. Programs that run keep what they have.
    ///
    /// # Errors
    ///
    /// `kernel_error` for a place that cannot be taken, `invalid_state` for configurations that are no JSON, `plugin_error`
    /// for what cannot be served.
    pub fn configure_mounts(
        &self,
        mounts: Vec<MountDescriptor>,
        module_access_cwd: Option<&str>,
    ) -> Result<Applied, Rejection> {
        let inner = &*self.0;
        let there = (&inner.root, &inner.host_root);
        let clock = Arc::clone(&inner.clock);
        let bridge = inner.bridge.get();
        let limits = &inner.limits;
        let table = Table::read(mounts, module_access_cwd, there, bridge, limits, clock)?;
        table.make_points(&inner.root)?;
        let applied = table.applied();
        *inner.state() = State {
            table,
            client: None,
        };
        Ok(applied)
    }

    /// How full the root is; none for a root that is a folder of the machine.
    pub(crate) fn fill(&self) -> Option<Fill> {
        let usage = self.0.root.files.as_ref()?.usage();
        let limits = &self.0.limits;
        Some(Fill {
            bytes: (usage.bytes, limits.filesystem_bytes),
            inodes: (usage.inodes, limits.inodes),
        })
    }

    /// What the client mounted: the plugin that serves it, and its place in the guest's tree.
    #[must_use]
    pub fn mounted(&self) -> Vec<(&'static str, String)> {
        self.0.state().table.told()
    }

    /// Puts entries into the root, past the policy and in their order. Says how many there were.
    ///
    /// # Errors
    ///
    /// `kernel_error`: `EROFS` for a read-only root, and what the files say; `invalid_state` for a native root, and for
    /// entries that are none. What came before an error stays.
    pub fn bootstrap(&self, given: Vec<RootFilesystemEntry>) -> Result<u32, Rejection> {
        let root = &self.0.root;
        let count = u32::try_from(given.len()).unwrap_or(u32::MAX);
        let files = match (&root.files, root.native) {
            (Some(files), None) => files,
            _ => {
                return Err(Rejection::state("a native root takes no bootstrap entries"));
            }
        };
        if root.read_only {
            return Err(errno::kernel(FsError::ReadOnly, "open", "/"));
        }
        for entry in given {
            let entry = entries::read(entry)?;
            if !path::is_synthesised(&entry.path) {
                put(files, entry)?;
            }
        }
        Ok(count)
    }

    /// Puts a file at `/bin/NAME` that stands for a command which is served otherwise, past the policy and also into a root
    /// that is read-only. Says whether it did: a root that is a folder of the machine takes none, and what is there stays.
    ///
    /// # Errors
    ///
    /// `invalid_state` for a name that is none, and what the files say.
    pub fn put_stub(&self, name: &str) -> Result<bool, Rejection> {
        let place = path::normalise(&format!("/bin/{name}"));
        let place = place.map_err(|error| errno::kernel(error, "open", name))?;
        if name.contains('/') || place != format!("/bin/{name}") {
            return Err(Rejection::state(format!("no name of a command: {name}")));
        }
        let Some(files) = &self.0.root.files else {
            return Ok(false);
        };
        if self.is_there(name) {
            return Ok(false);
        }
        put(
            files,
            Entry {
                path: place,
                kind: EntryKind::File(base::STUB.as_bytes().to_vec()),
                mode: 0o755,
                owner: Owner::GUEST,
            },
        )?;
        Ok(true)
    }

    /// Whether the root has something at `/bin/NAME`.
    fn is_there(&self, name: &str) -> bool {
        let bin = self.0.root.mount.below(&["bin"]);
        bin.is_ok_and(|bin| !matches!(bin.below(&[name]), Err(FsError::NoEntry)))
    }

    /// The root whole, without what is mounted in it, past the policy: depth first, children by name, `/` first.
    ///
    /// # Errors
    ///
    /// `kernel_error` (`EINVAL`) for a native root; `frame_too_large` for contents over [`FsLimits::answer_bytes`].
    pub fn snapshot_root(&self) -> Result<Vec<RootFilesystemEntry>, Rejection> {
        let exported = self.export(self.0.limits.answer_bytes)?;
        Ok(exported.into_iter().map(entries::written).collect())
    }

    /// The root as one text, for [`RootSpec::Saved`].
    ///
    /// # Errors
    ///
    /// As [`Filesystem::snapshot_root`], but that contents may come to what the VM and its layers hold, and `ENOSPC` for a
    /// text that is longer than one that could be read again.
    pub fn save(&self) -> Result<Vec<u8>, Rejection> {
        let bytes = self.0.limits.filesystem_bytes.saturating_mul(2);
        saved::write(self.export(bytes)?, &self.0.limits)
    }

    fn export(&self, bytes: u64) -> Result<Vec<Entry>, Rejection> {
        let root = &self.0.root;
        let files = match (&root.files, root.native) {
            (Some(files), None) => files,
            _ => {
                return Err(Rejection::kernel("EINVAL", "a native root has no snapshot"));
            }
        };
        let inodes = usize::try_from(self.0.limits.inodes).unwrap_or(usize::MAX);
        let limits = ExportLimits {
            entries: inodes.saturating_add(LAYERED_ENTRIES),
            bytes,
        };
        let snapshot = Layer::snapshot(files);
        let exported = snapshot.entries(&limits);
        exported.map_err(|error| entries::not_exported(&error))
    }

    pub(super) fn limits(&self) -> &FsLimits {
        &self.0.limits
    }

    /// The descriptor on `/` of the client, who acts under the policy of `gate`.
    pub(super) fn root_for(&self, gate: &Gate) -> Result<DirHandle, Rejection> {
        let inner = &*self.0;
        let policy = &gate.policy();
        let mut state = inner.state();
        if let Some(client) = &state.client
            && Arc::ptr_eq(&client.policy, policy)
        {
            return Ok(client.root.clone());
        }
        let tree = state.table.tree(&inner.root, policy, &inner.secret);
        let tree = tree.map_err(|error| root::not_laid(&error))?;
        let preopens = tree.preopens().into_iter();
        let root = preopens.map(|(_, root)| root).next();
        let root = root.ok_or_else(|| errno::kernel(FsError::NoEntry, "open", "/"))?;
        state.client = Some(Client {
            policy: Arc::clone(policy),
            root: root.clone(),
        });
        Ok(root)
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put(files: &MemoryFs, entry: Entry) -> Result<(), Rejection> {
    match files.apply([entry]) {
        Ok(_) => Ok(()),
        Err(error) => Err(entries::not_applied(&error)),
    }
}

impl fmt::Debug for Filesystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filesystem").finish_non_exhaustive()
    }
}
