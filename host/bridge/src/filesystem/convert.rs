//! WASI's shapes to ours and back.

use tollgate_engine::Outcome;
use tollgate_vfs::{
    Advice, DirHandle, FileKind, Follow, FsError, MetadataHash, SetTime, SetTimes, Stat, SyncMode,
    Timestamp,
};
use tollgate_world::wasi::clocks::wall_clock::Datetime;
use tollgate_world::wasi::filesystem::types::{
    self, DescriptorFlags, DescriptorStat, DescriptorType, MetadataHashValue, NewTimestamp,
    OpenFlags, PathFlags,
};

use super::Descriptor;
use super::paths::At;
use crate::outcome::Fs;

pub(crate) fn kind(kind: FileKind) -> DescriptorType {
    match kind {
        FileKind::File => DescriptorType::RegularFile,
        FileKind::Directory => DescriptorType::Directory,
        FileKind::Symlink => DescriptorType::SymbolicLink,
        FileKind::Fifo => DescriptorType::Fifo,
        FileKind::Socket => DescriptorType::Socket,
        FileKind::BlockDevice => DescriptorType::BlockDevice,
        FileKind::CharacterDevice => DescriptorType::CharacterDevice,
        FileKind::Unknown => DescriptorType::Unknown,
    }
}

pub(crate) fn stat(stat: &Stat) -> DescriptorStat {
    DescriptorStat {
        type_: kind(stat.kind),
        link_count: stat.links,
        size: stat.size,
        data_access_timestamp: stat.accessed.and_then(datetime),
        data_modification_timestamp: stat.modified.and_then(datetime),
        status_change_timestamp: stat.changed.and_then(datetime),
    }
}

fn datetime(time: Timestamp) -> Option<Datetime> {
    time.to_wasi().map(|(seconds, nanoseconds)| Datetime {
        seconds,
        nanoseconds,
    })
}

pub(crate) fn times(accessed: &NewTimestamp, modified: &NewTimestamp) -> Result<SetTimes, FsError> {
    Ok(SetTimes {
        accessed: time(accessed)?,
        modified: time(modified)?,
    })
}

fn time(time: &NewTimestamp) -> Result<SetTime, FsError> {
    Ok(match time {
        NewTimestamp::NoChange => SetTime::Keep,
        NewTimestamp::Now => SetTime::Now,
        NewTimestamp::Timestamp(time) => {
            SetTime::To(Timestamp::from_wasi(time.seconds, time.nanoseconds)?)
        }
    })
}

pub(crate) fn hash(hash: MetadataHash) -> MetadataHashValue {
    MetadataHashValue {
        lower: hash.lower,
        upper: hash.upper,
    }
}

/// A path with the flags that it came with.
pub(crate) fn at<'a>(dir: &'a DirHandle, flags: PathFlags, path: &'a str) -> At<'a> {
    At {
        dir,
        path,
        follow: follow(flags),
    }
}

fn follow(flags: PathFlags) -> Follow {
    if flags.contains(PathFlags::SYMLINK_FOLLOW) {
        Follow::Yes
    } else {
        Follow::No
    }
}

pub(crate) fn advice(advice: types::Advice) -> Advice {
    match advice {
        types::Advice::Normal => Advice::Normal,
        types::Advice::Sequential => Advice::Sequential,
        types::Advice::Random => Advice::Random,
        types::Advice::WillNeed => Advice::WillNeed,
        types::Advice::DontNeed => Advice::DontNeed,
        types::Advice::NoReuse => Advice::NoReuse,
    }
}

pub(crate) fn options(open: OpenFlags, flags: DescriptorFlags) -> tollgate_vfs::OpenOptions {
    tollgate_vfs::OpenOptions {
        read: flags.contains(DescriptorFlags::READ),
        write: flags.contains(DescriptorFlags::WRITE),
        create: open.contains(OpenFlags::CREATE),
        exclusive: open.contains(OpenFlags::EXCLUSIVE),
        truncate: open.contains(OpenFlags::TRUNCATE),
        directory: open.contains(OpenFlags::DIRECTORY),
        sync: sync(flags),
    }
}

fn sync(flags: DescriptorFlags) -> SyncMode {
    if flags.contains(DescriptorFlags::FILE_INTEGRITY_SYNC) {
        SyncMode::File
    } else if flags.contains(DescriptorFlags::DATA_INTEGRITY_SYNC) {
        SyncMode::Data
    } else {
        SyncMode::None
    }
}

pub(crate) fn flags(descriptor: &Descriptor) -> DescriptorFlags {
    match descriptor {
        Descriptor::Dir(dir) if dir.read_only() => DescriptorFlags::READ,
        Descriptor::Dir(_) => DescriptorFlags::READ | DescriptorFlags::MUTATE_DIRECTORY,
        Descriptor::File(file) => {
            let mut flags = DescriptorFlags::empty();
            if file.can_read() {
                flags |= DescriptorFlags::READ;
            }
            if file.can_write() {
                flags |= DescriptorFlags::WRITE;
            }
            flags
                | match file.sync_mode() {
                    SyncMode::None => DescriptorFlags::empty(),
                    SyncMode::Data => DescriptorFlags::DATA_INTEGRITY_SYNC,
                    SyncMode::File => DescriptorFlags::FILE_INTEGRITY_SYNC,
                }
        }
    }
}

/// What a stream over a file failed with, inside a `wasi:io` error. Its text is the error case alone: a guest can
/// print it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{}", self.0.case())]
pub(crate) struct StreamFailure(pub(crate) Fs);
