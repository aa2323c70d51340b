//! From the host's attributes and times to ours, and back.

use rustix::fs::{FileType, RawMode, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};

use crate::stat::{MODE_BITS, NodeStat, ObjectId};
use crate::{FileKind, Owner, SetTime, SetTimes, Stat, Timestamp};

pub(super) fn kind(file_type: FileType) -> FileKind {
    match file_type {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Symlink,
        FileType::Fifo => FileKind::Fifo,
        FileType::Socket => FileKind::Socket,
        FileType::BlockDevice => FileKind::BlockDevice,
        FileType::CharacterDevice => FileKind::CharacterDevice,
        FileType::Unknown => FileKind::Unknown,
    }
}

pub(super) fn kind_of_mode(mode: RawMode) -> FileKind {
    kind(FileType::from_raw_mode(mode))
}

#[expect(
    clippy::useless_conversion,
    reason = "the fields differ in width between machines"
)]
pub(super) fn node_stat(found: &rustix::fs::Stat) -> NodeStat {
    let time = |seconds: i64, nanos: u64| {
        Some(Timestamp {
            seconds,
            nanos: u32::try_from(nanos).unwrap_or(0),
        })
    };
    let whole = |nanos| u64::try_from(nanos).unwrap_or(0);
    NodeStat {
        stat: Stat {
            kind: kind_of_mode(found.st_mode),
            links: u64::from(found.st_nlink),
            size: u64::try_from(found.st_size).unwrap_or(0),
            accessed: time(found.st_atime.into(), whole(found.st_atime_nsec)),
            modified: time(found.st_mtime.into(), whole(found.st_mtime_nsec)),
            changed: time(found.st_ctime.into(), whole(found.st_ctime_nsec)),
            mode: u32::from(found.st_mode) & MODE_BITS,
            // Not the host's own: who has accounts on the machine is nothing for a guest.
            owner: Owner::GUEST,
        },
        object: ObjectId::Host {
            device: found.st_dev,
            inode: found.st_ino,
        },
    }
}

/// Times for the kernel, which cuts them to what its filesystem can hold.
pub(super) fn timestamps(times: SetTimes) -> Timestamps {
    Timestamps {
        last_access: timespec(times.accessed),
        last_modification: timespec(times.modified),
    }
}

fn timespec(time: SetTime) -> Timespec {
    match time {
        SetTime::Keep => Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT,
        },
        SetTime::Now => Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_NOW,
        },
        SetTime::To(time) => Timespec {
            tv_sec: time.seconds,
            tv_nsec: time.nanos.into(),
        },
    }
}
