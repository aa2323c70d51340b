//! The filesystem of a VM: a root of layers, what is mounted in it, and what its client does to files.
//!
//! A [`Filesystem`] is shared by the client and by all programs of a VM. Programs get it as [mounts](Filesystem::mounts), and
//! pass the gate of their own run; the client's operations ([`Filesystem::call`]) pass the gate of the VM, under the same
//! policy. Beside them stands what a client may do past the policy, because it makes the VM: entries that it puts in
//! ([`Filesystem::bootstrap`]), mounts ([`Filesystem::configure_mounts`]) and snapshots ([`Filesystem::snapshot_root`]).
//!
//! - **Nothing of the machine is reached** but folders beneath those that the operator named ([`HostRoot`]), by handle.
//! - **Nothing is allocated by what a client declares**: contents are bounded by [`FsLimits`], and grow as they are read.
//! - **A path that policy denies is `EACCES`** whether or not there is anything, as it is for guests.
//! - **Reserved**: `/etc/agentos` is read-only for everybody, `/proc` is made by the host, `/dev` has the devices that every
//!   program counts on. A client's operations refuse the name `/.secure-exec-overlay`, which other sidecars keep for
//!   themselves, and do not list it.
//!
//! The root and all memory mounts together hold [`FsLimits::filesystem_bytes`] each: what lies in layers is not counted.

mod answer;
mod base;
mod bridge;
mod call;
mod caller;
mod changes;
mod devices;
mod entries;
mod errno;
mod filesystem;
mod host;
mod layers;
mod limits;
mod path;
mod proc;
mod root;
mod saved;
mod source;
mod stat;
mod table;
mod taken;

pub use bridge::Leave;
pub(crate) use bridge::{Bridge, BridgeLimits, Waits};
pub use filesystem::Filesystem;
pub(crate) use filesystem::Fill;
pub use host::HostRoot;
pub use layers::Layers;
pub use limits::{FIXED, FsLimits, MAX_LAYERS, MAX_MOUNTS};
pub use root::RootSpec;
pub use table::Applied;
pub(crate) use taken::{NotTaken, Taken};
