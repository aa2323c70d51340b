//! The shapes of 0.3 to ours and back.

use tollgate_engine::Outcome as _;
use tollgate_vfs::{
    Advice, DirEntry, DirHandle, FileKind, Follow, FsError, MetadataHash, OpenOptions, SetTime,
    SetTimes, Stat, SyncMode, Timestamp,
};
use tollgate_world::p3::FilesystemFailure;
use tollgate_world::p3::wasi::clocks::system_clock::Instant;
use tollgate_world::p3::wasi::filesystem::types::{
    self, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode,
    MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};

use crate::filesystem::Descriptor;
use crate::filesystem::convert::StreamFailure;
use crate::filesystem::pass::Undone;
use crate::filesystem::paths::At;
use crate::outcome::Fs;
use crate::p3::streams::Code;

macro_rules! filesystem_codes {
    ($($ours:ident)*) => {
        impl From<Fs> for ErrorCode {
            fn from(error: Fs) -> Self {
                match error.0 {
                    $(FsError::$ours => Self::$ours,)*
                    // 0.3 waits where 0.2 says this.
                    FsError::WouldBlock => Self::Other(Some(error.case().to_owned())),
                }
            }
        }
    };
}

filesystem_codes! {
    Access Already BadDescriptor Busy Deadlock Quota Exist FileTooLarge
    IllegalByteSequence InProgress Interrupted Invalid Io IsDirectory Loop TooManyLinks
    MessageSize NameTooLong NoDevice NoEntry NoLock InsufficientMemory InsufficientSpace NotDirectory
    NotEmpty NotRecoverable Unsupported NoTty NoSuchDevice Overflow NotPermitted Pipe
    ReadOnly InvalidSeek TextFileBusy CrossDevice
}

impl From<Undone> for FilesystemFailure {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Code(error) => Self::Code(error.into()),
            Undone::Stop(stop) => Self::trap(stop),
        }
    }
}

impl Code for ErrorCode {
    fn of(error: &wasmtime::Error) -> Self {
        error
            .downcast_ref::<StreamFailure>()
            .map_or(Self::Io, |failure| failure.0.into())
    }
}

fn kind(kind: FileKind) -> DescriptorType {
    match kind {
        FileKind::File => DescriptorType::RegularFile,
        FileKind::Directory => DescriptorType::Directory,
        FileKind::Symlink => DescriptorType::SymbolicLink,
        FileKind::Fifo => DescriptorType::Fifo,
        FileKind::Socket => DescriptorType::Socket,
        FileKind::BlockDevice => DescriptorType::BlockDevice,
        FileKind::CharacterDevice => DescriptorType::CharacterDevice,
        FileKind::Unknown => DescriptorType::Other(None),
    }
}

pub(super) fn entry(entry: DirEntry) -> DirectoryEntry {
    DirectoryEntry {
        type_: kind(entry.kind),
        name: entry.name,
    }
}

pub(super) fn stat(stat: &Stat) -> DescriptorStat {
    DescriptorStat {
        type_: kind(stat.kind),
        link_count: stat.links,
        size: stat.size,
        data_access_timestamp: stat.accessed.map(instant),
        data_modification_timestamp: stat.modified.map(instant),
        status_change_timestamp: stat.changed.map(instant),
    }
}

fn instant(time: Timestamp) -> Instant {
    Instant {
        seconds: time.seconds,
        nanoseconds: time.nanos,
    }
}

pub(super) fn hash(hash: MetadataHash) -> MetadataHashValue {
    MetadataHashValue {
        lower: hash.lower,
        upper: hash.upper,
    }
}

pub(super) fn times(accessed: &NewTimestamp, modified: &NewTimestamp) -> Result<SetTimes, FsError> {
    Ok(SetTimes {
        accessed: time(accessed)?,
        modified: time(modified)?,
    })
}

fn time(time: &NewTimestamp) -> Result<SetTime, FsError> {
    Ok(match time {
        NewTimestamp::NoChange => SetTime::Keep,
        NewTimestamp::Now => SetTime::Now,
        NewTimestamp::Timestamp(time) => SetTime::To(
            Timestamp {
                seconds: time.seconds,
                nanos: time.nanoseconds,
            }
            .normalised()?,
        ),
    })
}

/// A path with the flags that it came with.
pub(super) fn at<'a>(dir: &'a DirHandle, flags: PathFlags, path: &'a str) -> At<'a> {
    let follow = if flags.contains(PathFlags::SYMLINK_FOLLOW) {
        Follow::Yes
    } else {
        Follow::No
    };
    At { dir, path, follow }
}

pub(super) fn advice(advice: types::Advice) -> Advice {
    match advice {
        types::Advice::Normal => Advice::Normal,
        types::Advice::Sequential => Advice::Sequential,
        types::Advice::Random => Advice::Random,
        types::Advice::WillNeed => Advice::WillNeed,
        types::Advice::DontNeed => Advice::DontNeed,
        types::Advice::NoReuse => Advice::NoReuse,
    }
}

pub(super) fn options(open: OpenFlags, flags: DescriptorFlags) -> OpenOptions {
    OpenOptions {
        read: flags.contains(DescriptorFlags::READ),
        write: flags.contains(DescriptorFlags::WRITE),
        create: open.contains(OpenFlags::CREATE),
        exclusive: open.contains(OpenFlags::EXCLUSIVE),
        truncate: open.contains(OpenFlags::TRUNCATE),
        directory: open.contains(OpenFlags::DIRECTORY),
        sync: if flags.contains(DescriptorFlags::FILE_INTEGRITY_SYNC) {
            SyncMode::File
        } else if flags.contains(DescriptorFlags::DATA_INTEGRITY_SYNC) {
            SyncMode::Data
        } else {
            SyncMode::None
        },
    }
}

pub(super) fn flags(descriptor: &Descriptor) -> DescriptorFlags {
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
