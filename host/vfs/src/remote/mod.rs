//! A filesystem that somebody else serves, question by question: what that somebody must answer, and what is held against
//! every answer.
//!
//! Whoever answers may be as hostile as a guest. No answer decides where a walk stands: names come from the path that is
//! walked, `..` stays our own memory, and links are read as text and followed here. What an answer claims beyond that is
//! bounded and checked, and gives `Io` where it cannot be.

mod dir;
mod file;

use std::sync::Arc;

use crate::path::check_link_target;
use crate::stat::{MODE_BITS, NodeStat, ObjectId};
use crate::{
    DirEntry, FileKind, FsError, MAX_NAME_BYTES, Owner, SetTime, SetTimes, Stat, Timestamp,
};

pub(crate) use dir::RemoteDir;
pub(crate) use file::WHOLE_BYTES;

/// What is claimed of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteStat {
    /// What it is.
    pub kind: FileKind,
    /// Bytes of a file, or of a link's target.
    pub size: u64,
    /// Names that it has.
    pub links: u64,
    /// Permission bits; those beyond `0o7777` are dropped.
    pub mode: u32,
    /// Whose it is said to be.
    pub owner: Owner,
    /// The last access.
    pub accessed: Option<Timestamp>,
    /// The last change of content.
    pub modified: Option<Timestamp>,
    /// The last change of attributes.
    pub changed: Option<Timestamp>,
    /// Which object it is, where whoever serves it tells; otherwise its path says so.
    pub number: Option<u64>,
}

/// Somebody who serves a filesystem, for [`Mount::remote`](crate::Mount::remote). Each call waits for the answer on the
/// calling thread; whoever implements this bounds how long, and how many wait.
///
/// Paths are those of the mount: `/`, or names that begin with a slash each, without `.` and `..`, and as long as a canonical
/// path may be. No call follows a link in the last place but those that read and write content; a link that takes the place of
/// a file between two calls leads to content of whoever serves both.
pub trait Remote: Send + Sync + 'static {
    /// The time now, for times that are set to it.
    fn now(&self) -> Timestamp;

    /// Bytes of content that one call moves at most; at least one.
    fn transfer_bytes(&self) -> usize;

    /// Names that a listing has at most.
    fn listing_names(&self) -> usize;

    /// Attributes of what a path names, links not followed.
    ///
    /// # Errors
    /// `NoEntry` where there is nothing, and whatever else whoever serves it says.
    fn stat(&self, path: &str) -> Result<RemoteStat, FsError>;

    /// The target of a link.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn read_link(&self, path: &str) -> Result<String, FsError>;

    /// What a directory holds, at most [`Remote::listing_names`].
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn list(&self, path: &str) -> Result<Vec<DirEntry>, FsError>;

    /// A file whole, at most `most` bytes of it.
    ///
    /// # Errors
    /// As [`Remote::stat`]; `Invalid` for a file that is longer.
    fn read_all(&self, path: &str, most: usize) -> Result<Vec<u8>, FsError>;

    /// At most `most` bytes of a file, fewer only at its end.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn read(&self, path: &str, offset: u64, most: usize) -> Result<Vec<u8>, FsError>;

    /// Writes all of `bytes`, which are at most [`Remote::transfer_bytes`].
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn write(&self, path: &str, offset: u64, bytes: &[u8]) -> Result<(), FsError>;

    /// Makes an empty file.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn create(&self, path: &str) -> Result<(), FsError>;

    /// Cuts or extends a file.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn set_len(&self, path: &str, length: u64) -> Result<(), FsError>;

    /// Makes a directory.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn create_dir(&self, path: &str) -> Result<(), FsError>;

    /// Removes an empty directory.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn remove_dir(&self, path: &str) -> Result<(), FsError>;

    /// Removes anything else.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn unlink(&self, path: &str) -> Result<(), FsError>;

    /// Makes a link.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn symlink(&self, target: &str, path: &str) -> Result<(), FsError>;

    /// Moves a name.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn rename(&self, from: &str, to: &str) -> Result<(), FsError>;

    /// Gives a file another name.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn link(&self, from: &str, to: &str) -> Result<(), FsError>;

    /// Sets times.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn set_times(
        &self,
        path: &str,
        accessed: Timestamp,
        modified: Timestamp,
    ) -> Result<(), FsError>;

    /// Sets permission bits.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn set_mode(&self, path: &str, mode: u32) -> Result<(), FsError>;

    /// Sets whose it is said to be.
    ///
    /// # Errors
    /// As [`Remote::stat`].
    fn set_owner(&self, path: &str, owner: Owner) -> Result<(), FsError>;
}

/// Who serves one mount, with what tells its objects from those of other mounts.
pub(crate) struct Server {
    pub(crate) remote: Arc<dyn Remote>,
    pub(crate) number: u64,
}

impl Server {
    /// What is claimed of a path, as far as it can be.
    fn stat(&self, path: &str) -> Result<NodeStat, FsError> {
        let told = self.remote.stat(path)?;
        if told.size > i64::MAX as u64 {
            return Err(FsError::Io);
        }
        let time = |time: Option<Timestamp>| time.and_then(|time| time.normalised().ok());
        let (number, by_path) = match told.number {
            Some(number) => (number, false),
            None => (by_path(path), true),
        };
        Ok(NodeStat {
            stat: Stat {
                kind: told.kind,
                links: told.links,
                size: told.size,
                accessed: time(told.accessed),
                modified: time(told.modified),
                changed: time(told.changed),
                mode: told.mode & MODE_BITS,
                owner: told.owner,
            },
            object: ObjectId::Remote {
                mount: self.number,
                number,
                by_path,
            },
        })
    }

    /// The target of what is said to be a link. What could be no link's target is none.
    fn read_link(&self, path: &str) -> Result<String, FsError> {
        let target = self.remote.read_link(path)?;
        check_link_target(&target, true).map_err(|_| FsError::Io)?;
        Ok(target)
    }

    /// A listing in which every name is one, and stands once.
    fn list(&self, path: &str) -> Result<Vec<DirEntry>, FsError> {
        let mut entries = self.remote.list(path)?;
        if entries.len() > self.remote.listing_names() {
            return Err(FsError::InsufficientMemory);
        }
        entries.retain(|entry| !matches!(entry.name.as_str(), "." | ".."));
        if !entries.iter().all(|entry| is_name(&entry.name)) {
            return Err(FsError::Io);
        }
        entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        entries.dedup_by(|one, other| one.name == other.name);
        Ok(entries)
    }

    /// Sets times; those that stay are asked for first.
    fn set_times(&self, path: &str, times: SetTimes) -> Result<(), FsError> {
        const NEVER: Timestamp = Timestamp {
            seconds: 0,
            nanos: 0,
        };
        let keeps = [times.accessed, times.modified].contains(&SetTime::Keep);
        let found = keeps.then(|| self.stat(path)).transpose()?;
        let time = |set: SetTime, old: Option<Timestamp>| match set {
            SetTime::Keep => old.unwrap_or(NEVER),
            SetTime::Now => self.remote.now(),
            SetTime::To(time) => time,
        };
        let (accessed, modified) = found.map_or((None, None), |found| {
            (found.stat.accessed, found.stat.modified)
        });
        let accessed = time(times.accessed, accessed);
        let modified = time(times.modified, modified);
        self.remote.set_times(path, accessed, modified)
    }

    fn most(&self, wanted: usize) -> usize {
        wanted.min(self.remote.transfer_bytes().max(1))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.contains(['/', '\0'])
}

/// Objects without numbers are told apart by their paths. It is whoever serves the mount that chooses these, and who finds two
/// of the same hash has made two names of one file.
fn by_path(path: &str) -> u64 {
    path.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
