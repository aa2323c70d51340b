//! What a filesystem must be able to do for the walk and the handles above it.
//!
//! Everything here works on **one name** beneath **one open directory**, and no implementation follows
//! a link, crosses a mount or sees a slash. That is what makes a single walk enough for all of them.

use std::any::Any;
use std::sync::Arc;

use crate::chunk::Chunk;
use crate::stat::NodeStat;
use crate::{Advice, DirEntry, FsError, OpenOptions, SetAttributes, SetTimes};

/// What one step of a walk finds.
pub(crate) enum Step {
    /// A directory, already open.
    Directory(Arc<dyn Directory>),
    /// A link, with its target; read from the same object that was classified.
    Link(String),
}

/// What opening one name yields.
pub(crate) enum OpenedNode {
    Directory(Arc<dyn Directory>),
    File(Box<dyn File>),
}

/// An open directory of some backend.
///
/// Names are valid components (see `path`). Unless said otherwise, a missing name is `NoEntry`, and a
/// link is acted on itself.
pub(crate) trait Directory: Any + Send + Sync {
    /// Whether absolute targets of links here are paths of the host's.
    fn is_host(&self) -> bool {
        false
    }

    /// Opens a directory for walking, or reads a link. Anything else is `NotDirectory`.
    fn enter(&self, name: &str) -> Result<Step, FsError>;

    /// The target if the name is a link, nothing if it is something else.
    fn link_target(&self, name: &str) -> Result<Option<String>, FsError>;

    /// Attributes of what the name stands for.
    fn stat(&self, name: &str) -> Result<NodeStat, FsError>;

    /// Attributes of this directory.
    fn stat_self(&self) -> Result<NodeStat, FsError>;

    /// Opens a regular file or directory. A link is `Loop` (`NotDirectory` where a directory is
    /// demanded, `Exist` where creation is exclusive), and other kinds are `NoSuchDevice`.
    fn open(&self, name: &str, options: &OpenOptions) -> Result<OpenedNode, FsError>;

    /// Makes a directory.
    fn create_dir(&self, name: &str) -> Result<(), FsError>;

    /// Removes an empty directory.
    fn remove_dir(&self, name: &str) -> Result<(), FsError>;

    /// Removes anything but a directory (`IsDirectory`).
    fn unlink(&self, name: &str) -> Result<(), FsError>;

    /// Makes a link.
    fn symlink(&self, name: &str, target: &str) -> Result<(), FsError>;

    /// Moves a name of this directory to a name of another directory of the same backend and mount.
    fn rename(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError>;

    /// Gives what the name stands for another name. Directories are `NotPermitted`.
    fn link(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError>;

    /// Sets times of what the name stands for.
    fn set_times(&self, name: &str, times: SetTimes) -> Result<(), FsError>;

    /// Sets times of this directory.
    fn set_times_self(&self, times: SetTimes) -> Result<(), FsError>;

    /// Sets mode and owner of what the name stands for.
    fn set_attributes(&self, name: &str, to: SetAttributes) -> Result<(), FsError>;

    /// Sets mode and owner of this directory.
    fn set_attributes_self(&self, to: SetAttributes) -> Result<(), FsError>;

    /// Carries this directory to the disk.
    fn sync_self(&self, data_only: bool) -> Result<(), FsError>;

    /// Starts a listing.
    fn read_dir(&self) -> Result<Box<dyn DirStream>, FsError>;
}

/// An open regular file of some backend. Offsets and lengths are within 63 bits, buffers within
/// [`crate::MAX_TRANSFER_BYTES`]; the handle above sees to both.
pub(crate) trait File: Send + Sync {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, FsError>;
    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, FsError>;
    fn append(&self, bytes: &[u8]) -> Result<usize, FsError>;
    fn set_len(&self, length: u64) -> Result<(), FsError>;
    fn sync(&self, data_only: bool) -> Result<(), FsError>;
    fn stat(&self) -> Result<NodeStat, FsError>;
    fn set_times(&self, times: SetTimes) -> Result<(), FsError>;
    fn advise(&self, offset: u64, length: u64, advice: Advice) -> Result<(), FsError>;

    /// The first chunk at or behind this index, as far as there is content: for saving, without a copy where there
    /// is a chunk already. A chunk of nothing but zeros may come or be left out.
    fn next_chunk(&self, from: u64) -> Result<Option<(u64, Arc<Chunk>)>, FsError>;
}

/// A listing in progress. Names come one by one and without `.` and `..`; a name that is there from
/// beginning to end comes exactly once, whatever else changes meanwhile.
pub(crate) trait DirStream: Send {
    fn next_entry(&mut self) -> Result<Option<DirEntry>, FsError>;
}
