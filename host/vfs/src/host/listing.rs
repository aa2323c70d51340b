//! A listing of a host directory, in the kernel's order and with its buffer.

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType};

use super::error::from_errno;
use super::metadata::{kind, kind_of_mode};
use crate::backend::DirStream;
use crate::{DirEntry, FileKind, FsError};

pub(super) struct Listing {
    entries: Dir,
}

impl Listing {
    pub(super) fn new(directory: OwnedFd) -> Result<Self, FsError> {
        let entries = Dir::new(directory).map_err(from_errno)?;
        Ok(Self { entries })
    }
}

impl Listing {
    /// The kind of a name, on filesystems that don't tell it in listings. Nothing if it is gone already.
    fn look(&self, name: &str) -> Result<Option<FileKind>, FsError> {
        let directory = self.entries.fd().map_err(from_errno)?;
        match rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW).map_err(from_errno) {
            Ok(found) => Ok(Some(kind_of_mode(found.st_mode))),
            Err(FsError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl DirStream for Listing {
    fn next_entry(&mut self) -> Result<Option<DirEntry>, FsError> {
        while let Some(entry) = self.entries.read() {
            let entry = entry.map_err(from_errno)?;
            if matches!(entry.file_name().to_bytes(), b"." | b"..") {
                continue;
            }
            let name = entry
                .file_name()
                .to_str()
                .map_err(|_| FsError::IllegalByteSequence)?
                .to_owned();
            let kind = match entry.file_type() {
                FileType::Unknown => self.look(&name)?,
                known => Some(kind(known)),
            };
            if let Some(kind) = kind {
                return Ok(Some(DirEntry { name, kind }));
            }
        }
        Ok(None)
    }
}
