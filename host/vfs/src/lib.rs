//! The layered filesystem of Tollgate: mounts, memory and host directories, overlays, quotas, snapshots, the store.
//!
//! Every operation takes three steps: **resolve** a guest path to a [`Target`] (a parent handle, one
//! name, and the canonical guest path), let the gate **decide** on that path, and **act** on that very
//! handle with the [`Permit`] that the decision made. Nothing is looked up again between the decision
//! and the act but the one name, and that one is never followed when it is a link.
//!
//! The walk is written once (`resolve`), over a small internal trait (`backend`) that host
//! directories, memory and overlays implement. Whatever opens, names or follows something on the host
//! stands in the folder `host`.
//!
//! What is promised and what is not:
//!
//! - **A descriptor is a wall.** `..` above the directory that a path is resolved against, absolute
//!   paths and absolute link targets give [`FsError::NotPermitted`]. Only the descriptor on `/` of a tree that is
//!   all that its guest knows ([`TreeBuilder::rooted`]) has nothing above it, and follows absolute targets from there.
//! - **`..` is our own memory**, not the kernel's: a directory that is moved elsewhere while it is open
//!   leads to nothing but its own content.
//! - **Trailing slashes** mean what they mean on Linux, and reach no system call.
//! - **Only regular files and directories open.** A pipe, a socket or a device gives
//!   [`FsError::NoSuchDevice`], and is never waited for. The devices of [`Mount::devices`] are files of this crate.
//! - **A path is as old as its handle.** [`DirHandle::path`] is the path at the time of opening; if the
//!   directory is renamed afterwards, the handle goes on naming the old one, and so do decisions on it.
//! - **A hard link is a file.** A name beneath a mount whose content also has a name outside is content
//!   of the mount: nothing can tell them apart.
//!
//! # The filesystem of a VM
//!
//! A VM has a [`MemoryFs`] of its own over [`Layer`]s that it shares with others, mounted at `/`, with devices or host
//! folders mounted within. Forks and snapshots share everything and take microseconds; a [`Store`] keeps them on the disk.
//!
//! ```
//! # use std::sync::Arc;
//! # use tollgate_vfs::*;
//! # let clock: Clock = Arc::new(|| Timestamp { seconds: 0, nanos: 0 });
//! # let at = Timestamp { seconds: 0, nanos: 0 };
//! # let entry = |path: &str, kind| Entry { path: path.to_owned(), kind, mode: 0o755, owner: Owner::ROOT };
//! // The base is made once, and lies beneath all VMs. Of several layers, the first shows.
//! let base = Layer::import([entry("/etc/motd", EntryKind::File(b"hello".to_vec()))], Quota::default(), at)?;
//! let own = MemoryFs::new(Quota::default(), Arc::clone(&clock));
//! let root = Mount::overlay(vec![base], own.clone())?;
//! own.apply([entry("/dev", EntryKind::Directory)])?; // bootstrap entries, whatever guests may do
//! let tree = TreeBuilder::new()
//!     .rooted(true) // absolute links lead from `/`
//!     .mount("/", "/", root.read_only(false)) // `true` for a read-only root
//!     ?.mount("/dev", "/dev", Mount::memory(MemoryFs::new(Quota::default(), Arc::clone(&clock))))?
//!     .build();
//!
//! // At any time: what it holds, as a list or under a digest; and a second VM that starts from there.
//! let snapshot = Layer::snapshot(&own);
//! assert_eq!(snapshot.entries(&ExportLimits::default())?.len(), 4); // `/`, `/dev`, `/etc`, `/etc/motd`
//! let second = own.fork();
//! assert_eq!(Layer::snapshot(&second).digest()?, snapshot.digest()?);
//!
//! // Kept when this returns, and there again after any kill.
//! # let place = tempfile::tempdir()?;
//! # let directory = cap_std::fs::Dir::open_ambient_dir(place.path(), cap_std::ambient_authority())?;
//! let store = Store::open(directory)?;
//! store.flush("vm-1", &own)?;
//! let again = store.load("vm-1", own.quota(), clock)?.ok_or("nothing was kept")?; // `Mount::memory(again)`
//! assert_eq!(Layer::snapshot(&again).digest()?, snapshot.digest()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Paths
//!
//! ```
//! use std::sync::Arc;
//! use tollgate_vfs::{Follow, MemoryFs, Mount, Quota, Timestamp, TreeBuilder};
//!
//! let noon = Timestamp { seconds: 43_200, nanos: 0 };
//! let memory = MemoryFs::new(Quota::default(), Arc::new(move || noon));
//! let tree = TreeBuilder::new()
//!     .mount("/work", "/work", Mount::memory(memory))?
//!     .build();
//! let (name, work) = &tree.preopens()[0];
//! assert_eq!(name, "/work");
//! let target = work.resolve("notes/../today.txt", Follow::Yes);
//! assert!(target.is_err(), "`notes` is missing, and `..` does not make up for it");
//! let target = work.resolve("today.txt", Follow::Yes)?;
//! assert_eq!(target.path(), "/work/today.txt");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backend;
mod chunk;
mod devices;
mod digest;
mod dir_handle;
mod entry;
mod error;
mod export;
mod file_handle;
mod fixed;
mod host;
mod limits;
mod memory;
mod mount;
mod namespace;
mod options;
mod overlay;
mod path;
mod permit;
mod read_dir;
mod remote;
mod resolve;
mod save;
mod stat;
mod target;
mod target_act;
mod tree;
mod virtual_dir;
mod walk;

pub use devices::Entropy;
pub use digest::Digest;
pub use dir_handle::DirHandle;
pub use entry::{Entry, EntryKind, ExportError, ExportLimits, ImportError, ImportErrorKind};
pub use error::{FsError, MountError};
pub use file_handle::FileHandle;
pub use fixed::FIXED;
pub use host::{
    ByteStore, Collected, Flushed, Kept, MAX_KEPT_BYTES, MAX_KEY_BYTES, MAX_LABEL_BYTES, MAX_REFS,
    Store, StoreError,
};
pub use limits::{DEFAULT_OPEN_HANDLES, MAX_LAYER_DEPTH, MAX_LAYERS, MAX_TRANSFER_BYTES};
pub use memory::{Clock, MemoryFs, Quota, Usage};
pub use mount::{Layer, Mount};
pub use options::{Advice, Follow, OpenOptions, SyncMode};
pub use path::{MAX_CANONICAL_BYTES, MAX_LINKS, MAX_NAME_BYTES, MAX_PATH_BYTES};
pub use permit::Permits;
pub use read_dir::ReadDir;
pub use remote::{Remote, RemoteStat};
pub use resolve::Hint;
pub use resolve::Unresolved;
pub use save::TreeError;
pub use stat::{
    DirEntry, Examined, FileKind, MetadataHash, Owner, SetAttributes, SetTime, SetTimes, Stat,
    Timestamp,
};
pub use target::{Opened, Target};
pub use tollgate_policy::{FsVerb, Permit};
pub use tree::{Tree, TreeBuilder};
