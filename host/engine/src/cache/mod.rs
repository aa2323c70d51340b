//! Compiled components, kept in a folder that only its owner can reach.
//!
//! A compiled component is native code: whoever can write one owns the host. So the folder and each file are checked on
//! the very handle that is then mapped (owner, mode, no link on the way, no second name), and nothing that was compiled
//! elsewhere is ever read. An artifact is found by what it was made from and by whom: the digest of the source, the
//! profile, and wasmtime's own hash of everything that its code depends on.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this folder is the cache of runners and compiled components, the one place where the engine touches files"
)]

mod artifact;
mod entry;
mod folder;
mod runners;
mod store;

pub(crate) use artifact::from_this_process;
pub use entry::{Entry, Fault};
pub use folder::CacheError;
pub use runners::{Runner, Runners};
pub use store::Cache;
pub(crate) use store::Key;

/// The most bytes that a cache keeps unless told otherwise: 1 GiB. Beyond, what was not used for longest goes.
pub const DEFAULT_CACHE_BYTES: u64 = 1 << 30;
