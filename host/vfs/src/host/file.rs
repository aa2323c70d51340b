//! One open regular file of the host's.

use std::io::IoSlice;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fd::OwnedFd;
use rustix::io::{Errno, ReadWriteFlags};

use super::error::from_errno;
use super::metadata;
use crate::backend::File;
use crate::chunk::{CHUNK, CHUNK_BYTES, Chunk};
use crate::stat::NodeStat;
use crate::{Advice, FsError, SetTimes};

pub(super) struct HostFile {
    descriptor: OwnedFd,
    /// Held while appending on kernels that can't do it in one call.
    appending: Mutex<()>,
}

impl HostFile {
    pub(super) fn new(descriptor: OwnedFd) -> Self {
        Self {
            descriptor,
            appending: Mutex::new(()),
        }
    }

    /// Appends in two steps: atomic among our own handles only.
    fn append_in_two(&self, bytes: &[u8]) -> Result<usize, FsError> {
        let _held = self
            .appending
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = rustix::fs::fstat(&self.descriptor).map_err(from_errno)?;
        let end = u64::try_from(found.st_size).map_err(|_| FsError::Overflow)?;
        self.write_at(bytes, end)
    }
}

impl File for HostFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, FsError> {
        rustix::io::retry_on_intr(|| rustix::io::pread(&self.descriptor, &mut *buffer, offset))
            .map_err(from_errno)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, FsError> {
        rustix::io::retry_on_intr(|| rustix::io::pwrite(&self.descriptor, bytes, offset))
            .map_err(from_errno)
    }

    fn append(&self, bytes: &[u8]) -> Result<usize, FsError> {
        // `RWF_APPEND` ignores the offset and is atomic among all writers of the file.
        let written = rustix::io::retry_on_intr(|| {
            let parts = [IoSlice::new(bytes)];
            rustix::io::pwritev2(&self.descriptor, &parts, 0, ReadWriteFlags::APPEND)
        });
        match written {
            Err(Errno::NOSYS | Errno::OPNOTSUPP) => self.append_in_two(bytes),
            other => other.map_err(from_errno),
        }
    }

    fn set_len(&self, length: u64) -> Result<(), FsError> {
        rustix::fs::ftruncate(&self.descriptor, length).map_err(from_errno)
    }

    fn sync(&self, data_only: bool) -> Result<(), FsError> {
        let synced = if data_only {
            rustix::fs::fdatasync(&self.descriptor)
        } else {
            rustix::fs::fsync(&self.descriptor)
        };
        synced.map_err(from_errno)
    }

    fn stat(&self) -> Result<NodeStat, FsError> {
        let found = rustix::fs::fstat(&self.descriptor).map_err(from_errno)?;
        Ok(metadata::node_stat(&found))
    }

    fn set_times(&self, times: SetTimes) -> Result<(), FsError> {
        rustix::fs::futimens(&self.descriptor, &metadata::timestamps(times)).map_err(from_errno)
    }

    fn next_chunk(&self, from: u64) -> Result<Option<(u64, Arc<Chunk>)>, FsError> {
        let Some(offset) = from.checked_mul(CHUNK_BYTES) else {
            return Ok(None);
        };
        let mut bytes = vec![0; CHUNK];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..) {
            match self.read_at(rest, offset.saturating_add(filled as u64))? {
                0 => break,
                read => filled += read,
            }
        }
        bytes.truncate(filled);
        Ok((filled > 0).then(|| (from, Arc::new(Chunk::new(bytes)))))
    }

    fn advise(&self, offset: u64, length: u64, advice: Advice) -> Result<(), FsError> {
        let advice = match advice {
            Advice::Normal => rustix::fs::Advice::Normal,
            Advice::Sequential => rustix::fs::Advice::Sequential,
            Advice::Random => rustix::fs::Advice::Random,
            Advice::WillNeed => rustix::fs::Advice::WillNeed,
            Advice::DontNeed => rustix::fs::Advice::DontNeed,
            Advice::NoReuse => rustix::fs::Advice::NoReuse,
        };
        rustix::fs::fadvise(&self.descriptor, offset, NonZeroU64::new(length), advice)
            .map_err(from_errno)
    }
}
