//! WASI's shapes to ours and back.

use tollgate_engine::Outcome;
use tollgate_vfs::{FileKind, FsError, SetTime, SetTimes, Stat, Timestamp};
use tollgate_world::wasi::clocks::wall_clock::Datetime;
use tollgate_world::wasi::filesystem::types::{DescriptorStat, DescriptorType, NewTimestamp};

use super::shapes::shapes;
use crate::outcome::Fs;

shapes!(pub(crate), tollgate_world::wasi::filesystem::types);

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

/// What a stream over a file failed with, inside a `wasi:io` error. Its text is the error case alone: a guest can
/// print it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{}", self.0.case())]
pub(crate) struct StreamFailure(pub(crate) Fs);
