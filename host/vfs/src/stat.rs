//! What is known about a file without opening it.

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::FsError;

/// What sort of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A socket in the filesystem.
    Socket,
    /// A block device.
    BlockDevice,
    /// A character device.
    CharacterDevice,
    /// Something that the host has no word for.
    Unknown,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// The name; never `.` or `..`, and never with a slash.
    pub name: String,
    /// What it stood for when it was read.
    pub kind: FileKind,
}

/// A point in time: seconds since 1970-01-01T00:00:00Z, which may be negative, and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds, rounded towards the past.
    pub seconds: i64,
    /// Nanoseconds on top of the seconds, below 10^9.
    pub nanos: u32,
}

impl Timestamp {
    /// A system time, clamped to what 64 bits of seconds hold.
    #[must_use]
    pub fn from_system_time(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self {
                seconds: i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
                nanos: after.subsec_nanos(),
            },
            Err(before) => {
                let before = before.duration();
                let seconds = i64::try_from(before.as_secs()).map_or(i64::MIN, |seconds| -seconds);
                match before.subsec_nanos() {
                    0 => Self { seconds, nanos: 0 },
                    nanos => Self {
                        seconds: seconds.saturating_sub(1),
                        nanos: 1_000_000_000 - nanos,
                    },
                }
            }
        }
    }

    /// From a `wasi:clocks` `datetime`, whose nanoseconds a guest may set to anything.
    ///
    /// # Errors
    /// `Overflow` when the seconds don't fit.
    pub fn from_wasi(seconds: u64, nanos: u32) -> Result<Self, FsError> {
        let seconds = i64::try_from(seconds).map_err(|_| FsError::Overflow)?;
        Self { seconds, nanos }.normalised()
    }

    /// As a `wasi:clocks` `datetime`; nothing for a time before 1970, which that type can't hold.
    #[must_use]
    pub fn to_wasi(self) -> Option<(u64, u32)> {
        u64::try_from(self.seconds)
            .ok()
            .map(|seconds| (seconds, self.nanos))
    }

    /// The same time with its nanoseconds below 10^9.
    ///
    /// # Errors
    /// `Overflow` when the seconds don't fit.
    pub fn normalised(self) -> Result<Self, FsError> {
        let seconds = self
            .seconds
            .checked_add(i64::from(self.nanos / 1_000_000_000))
            .ok_or(FsError::Overflow)?;
        Ok(Self {
            seconds,
            nanos: self.nanos % 1_000_000_000,
        })
    }
}

/// What to do with one of a file's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    /// Leave it.
    Keep,
    /// The time now, by the filesystem's clock.
    Now,
    /// This time.
    To(Timestamp),
}

impl SetTime {
    pub(crate) fn normalised(self) -> Result<Self, FsError> {
        Ok(match self {
            Self::Keep => Self::Keep,
            Self::Now => Self::Now,
            Self::To(time) => Self::To(time.normalised()?),
        })
    }
}

/// What to do with a file's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetTimes {
    /// The time of the last access.
    pub accessed: SetTime,
    /// The time of the last change of content.
    pub modified: SetTime,
}

impl SetTimes {
    pub(crate) fn normalised(self) -> Result<Self, FsError> {
        Ok(Self {
            accessed: self.accessed.normalised()?,
            modified: self.modified.normalised()?,
        })
    }
}

/// A file's attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: FileKind,
    /// Names that it has. A directory in memory has one, or none once it is removed.
    pub links: u64,
    /// Bytes of a file, or of a link's target; for directories whatever the backend says.
    pub size: u64,
    /// The last access, where the backend keeps it.
    pub accessed: Option<Timestamp>,
    /// The last change of content.
    pub modified: Option<Timestamp>,
    /// The last change of attributes.
    pub changed: Option<Timestamp>,
    /// Permission bits, at most `0o7777`. They are kept, not enforced: what a guest may do is the policy's to say.
    pub mode: u32,
    /// Whose it is said to be.
    pub owner: Owner,
}

/// Whose a file is said to be. Kept, not enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The user's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
}

impl Owner {
    /// The superuser, who owns what the host itself puts into a guest's filesystem.
    pub const ROOT: Self = Self { uid: 0, gid: 0 };
    /// The one user that a guest is.
    pub const GUEST: Self = Self {
        uid: 1_000,
        gid: 1_000,
    };
}

/// What is saved of a file's attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) mode: u32,
    pub(crate) owner: Owner,
    pub(crate) modified: Option<Timestamp>,
}

impl Kept {
    pub(crate) fn of(stat: &Stat) -> Self {
        Self {
            mode: stat.mode,
            owner: stat.owner,
            modified: stat.modified,
        }
    }
}

/// The bits of a mode that are kept.
pub(crate) const MODE_BITS: u32 = 0o7777;

/// What to do with a file's mode and owner. What is nothing stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetAttributes {
    /// Permission bits; those beyond `0o7777` are dropped.
    pub mode: Option<u32>,
    /// The user's number.
    pub uid: Option<u32>,
    /// The group's number.
    pub gid: Option<u32>,
}

/// A 128-bit value that is equal for the same object whatever its name, and tells nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MetadataHash {
    /// The low 64 bits.
    pub lower: u64,
    /// The high 64 bits.
    pub upper: u64,
}

/// Where an object lives, for telling objects apart. It never leaves this crate but as a keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ObjectId {
    /// Device and inode on the host.
    Host { device: u64, inode: u64 },
    /// Which memory filesystem, and which node in it.
    Memory { filesystem: u64, node: u64 },
    /// A directory that exists only because something is mounted below it.
    Virtual { number: u64 },
    /// One of the devices that are files of this crate, or their folder.
    Device { number: u64 },
    /// Which mount that somebody else serves, and what that somebody calls the object, or a hash of its path.
    Remote {
        mount: u64,
        number: u64,
        by_path: bool,
    },
}

impl ObjectId {
    /// The filesystem that it lies on: the same for all objects of one.
    fn filesystem(self) -> (u8, u64) {
        match self {
            Self::Host { device, .. } => (0, device),
            Self::Memory { filesystem, .. } => (1, filesystem),
            Self::Virtual { .. } => (2, 0),
            Self::Device { .. } => (3, 0),
            Self::Remote { mount, .. } => (4, mount),
        }
    }
}

/// What is known about a file, and which one it is: what `stat` tells in one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Its attributes.
    pub stat: Stat,
    /// Which object it is, whatever its name.
    pub object: MetadataHash,
    /// Which filesystem it lies on: equal for two files of one, and telling nothing else.
    pub filesystem: u64,
}

/// Attributes and identity in one answer, because one system call gives both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeStat {
    pub(crate) stat: Stat,
    pub(crate) object: ObjectId,
}

/// The secret of a tree, under which object identities are hashed.
///
/// Guests read the hash as an inode number (wasi-libc's `st_ino`). Host inode numbers would let a guest
/// recognise host files across runs, and count what is made outside of its mounts.
#[derive(Debug)]
pub(crate) struct HashKey {
    lower: RandomState,
    upper: RandomState,
}

impl HashKey {
    pub(crate) fn new() -> Self {
        Self {
            lower: RandomState::new(),
            upper: RandomState::new(),
        }
    }

    pub(crate) fn hash(&self, object: ObjectId) -> MetadataHash {
        MetadataHash {
            lower: self.lower.hash_one(object),
            upper: self.upper.hash_one(object),
        }
    }

    pub(crate) fn examined(&self, found: NodeStat) -> Examined {
        Examined {
            stat: found.stat,
            object: self.hash(found.object),
            filesystem: self.lower.hash_one(found.object.filesystem()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a6_times_at_the_extremes_are_values_or_overflow() {
        assert_eq!(Timestamp::from_wasi(u64::MAX, 0), Err(FsError::Overflow));
        assert_eq!(
            Timestamp::from_wasi(i64::MAX as u64, u32::MAX),
            Err(FsError::Overflow)
        );
        assert_eq!(
            Timestamp::from_wasi(1, u32::MAX).unwrap(),
            Timestamp {
                seconds: 5,
                nanos: 294_967_295
            }
        );
    }

    #[test]
    fn a7_a_time_before_1970_is_a_value_that_wasi_cannot_hold() {
        let before = UNIX_EPOCH - Duration::new(1, 250_000_000);
        let time = Timestamp::from_system_time(before);
        assert_eq!(
            time,
            Timestamp {
                seconds: -2,
                nanos: 750_000_000
            }
        );
        assert_eq!(time.to_wasi(), None);
    }

    #[test]
    fn the_hash_is_keyed_by_the_tree() {
        let object = ObjectId::Host {
            device: 1,
            inode: 2,
        };
        let (one, two) = (HashKey::new(), HashKey::new());
        assert_eq!(one.hash(object), one.hash(object));
        assert_ne!(one.hash(object), two.hash(object));
        assert_ne!(one.hash(object).lower, one.hash(object).upper);
    }
}
