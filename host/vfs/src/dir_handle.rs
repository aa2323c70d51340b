//! An open directory, as a guest's descriptor holds it.

use std::fmt;
use std::sync::Arc;

use crate::namespace::{HandleSlot, Node, Shared};
use crate::permit::{spend, spend_for_sync};
use crate::{FsError, FsVerb, MetadataHash, Permit, ReadDir, SetAttributes, SetTimes, Stat};

/// An open directory. Clones are the same handle.
#[derive(Clone)]
pub struct DirHandle(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    node: Node,
    path: String,
    _slot: HandleSlot,
}

impl DirHandle {
    pub(crate) fn new(shared: Arc<Shared>, node: Node, path: String, slot: HandleSlot) -> Self {
        Self(Arc::new(Inner {
            shared,
            node,
            path,
            _slot: slot,
        }))
    }

    /// The canonical guest path at the time of opening.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether the mount is read-only.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.0.node.mount.read_only
    }

    pub(crate) fn node(&self) -> &Node {
        &self.0.node
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    /// Its attributes. Permit: `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backend says.
    pub fn stat(&self, permit: Permit) -> Result<Stat, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self.0.node.directory.stat_self()?.stat)
    }

    /// Starts a listing from the beginning. Permit: `readdir`.
    ///
    /// # Errors
    /// `Access`, `Quota` for too many open handles (a listing counts as one), and what the backend says.
    pub fn read_dir(&self, permit: Permit) -> Result<ReadDir, FsError> {
        spend(permit, FsVerb::Readdir)?;
        let slot = self.0.shared.take_slot()?;
        let stream = self.0.node.directory.read_dir()?;
        Ok(ReadDir::new(stream, self.0.node.points.clone(), slot))
    }

    /// Carries the directory to the disk, which no guest can tell from doing nothing. Permit: `write`
    /// or `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backend says.
    pub fn sync(&self, data_only: bool, permit: Permit) -> Result<(), FsError> {
        spend_for_sync(permit)?;
        if self.read_only() {
            return Ok(());
        }
        self.0.node.directory.sync_self(data_only)
    }

    /// Sets its times. Permit: `write`.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `Overflow`, and what the backend says.
    pub fn set_times(&self, times: SetTimes, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Write)?;
        if self.read_only() {
            return Err(FsError::ReadOnly);
        }
        self.0.node.directory.set_times_self(times.normalised()?)
    }

    /// Sets its mode and owner. Permit: `write`.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `Unsupported` on the host, and what the backend says.
    pub fn set_attributes(&self, to: SetAttributes, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Write)?;
        if self.read_only() {
            return Err(FsError::ReadOnly);
        }
        self.0.node.directory.set_attributes_self(to)
    }

    /// A hash that is the same for the same object under any name. Permit: `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backend says.
    pub fn metadata_hash(&self, permit: Permit) -> Result<MetadataHash, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self
            .0
            .shared
            .key
            .hash(self.0.node.directory.stat_self()?.object))
    }

    /// Whether both are the same directory. Permit: `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backends say.
    pub fn is_same_object(&self, other: &Self, permit: Permit) -> Result<bool, FsError> {
        spend(permit, FsVerb::Stat)?;
        let mine = self.0.node.directory.stat_self()?.object;
        Ok(mine == other.0.node.directory.stat_self()?.object)
    }
}

/// The path alone: what is behind it is nobody's business in a log.
impl fmt::Debug for DirHandle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("DirHandle").field(&self.path()).finish()
    }
}
