//! The shapes of 0.3 to ours and back.

use tollgate_engine::Outcome as _;
use tollgate_vfs::{DirEntry, FileKind, FsError, SetTime, SetTimes, Stat, Timestamp};
use tollgate_world::p3::FilesystemFailure;
use tollgate_world::p3::wasi::clocks::system_clock::Instant;
use tollgate_world::p3::wasi::filesystem::types::{
    DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode, NewTimestamp,
};

use crate::filesystem::convert::StreamFailure;
use crate::filesystem::pass::Undone;
use crate::filesystem::shapes::shapes;
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
            Undone::Denied(_, error) | Undone::Code(error) => Self::Code(error.into()),
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

shapes!(pub(super), tollgate_world::p3::wasi::filesystem::types);

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
