//! An open regular file, as a guest's descriptor holds it.

use std::fmt;
use std::sync::Arc;

use crate::backend::File;
use crate::namespace::{HandleSlot, Shared};
use crate::permit::{spend, spend_for_sync};
use crate::{
    Advice, FsError, FsVerb, MAX_TRANSFER_BYTES, MetadataHash, OpenOptions, Permit, SetTimes, Stat,
    SyncMode,
};

/// The largest file, and the largest offset: what a signed 64-bit offset holds.
const MAX_FILE_BYTES: u64 = i64::MAX as u64;

/// An open regular file. Clones are the same handle; there is no cursor, every access says where.
#[derive(Clone)]
pub struct FileHandle(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    file: Box<dyn File>,
    path: String,
    options: OpenOptions,
    read_only: bool,
    _slot: HandleSlot,
}

impl FileHandle {
    pub(crate) fn new(
        shared: Arc<Shared>,
        file: Box<dyn File>,
        path: String,
        options: OpenOptions,
        read_only: bool,
        slot: HandleSlot,
    ) -> Self {
        Self(Arc::new(Inner {
            shared,
            file,
            path,
            options,
            read_only,
            _slot: slot,
        }))
    }

    /// The canonical guest path at the time of opening.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether the mount is read-only.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.0.read_only
    }

    /// Whether it was opened for reading.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.0.options.read
    }

    /// Whether it was opened for writing.
    #[must_use]
    pub fn can_write(&self) -> bool {
        self.0.options.write
    }

    /// How far its writes are carried.
    #[must_use]
    pub fn sync_mode(&self) -> SyncMode {
        self.0.options.sync
    }

    /// Reads at an offset: at most [`MAX_TRANSFER_BYTES`], and less near the end. Nothing read for a
    /// buffer that isn't empty means the end. Permit: `read`.
    ///
    /// # Errors
    /// `Access`, `BadDescriptor` if not opened for reading, `Invalid` for an offset beyond 2^63 − 1, and
    /// what the backend says.
    pub fn read_at(
        &self,
        buffer: &mut [u8],
        offset: u64,
        permit: Permit,
    ) -> Result<usize, FsError> {
        spend(permit, FsVerb::Read)?;
        if !self.can_read() {
            return Err(FsError::BadDescriptor);
        }
        if offset > MAX_FILE_BYTES {
            return Err(FsError::Invalid);
        }
        let capped = buffer.len().min(MAX_TRANSFER_BYTES);
        match buffer.get_mut(..capped) {
            None | Some([]) => Ok(0),
            Some(buffer) => self.0.file.read_at(buffer, offset),
        }
    }

    /// Writes at an offset, beyond the end too: the gap reads as zeros. Says how many bytes were
    /// written, at most [`MAX_TRANSFER_BYTES`]. Permit: `write`.
    ///
    /// # Errors
    /// `Access`, `BadDescriptor` if not opened for writing, `FileTooLarge` beyond 2^63 − 1,
    /// `InsufficientSpace`, and what the backend says.
    pub fn write_at(&self, bytes: &[u8], offset: u64, permit: Permit) -> Result<usize, FsError> {
        spend(permit, FsVerb::Write)?;
        self.check_write()?;
        let bytes = capped(bytes);
        let end = offset.checked_add(bytes.len() as u64);
        if end.is_none_or(|end| end > MAX_FILE_BYTES) {
            return Err(FsError::FileTooLarge);
        }
        if bytes.is_empty() {
            return Ok(0);
        }
        self.0.file.write_at(bytes, offset)
    }

    /// Writes at the end, wherever that is by then. Permit: `write`.
    ///
    /// # Errors
    /// As [`FileHandle::write_at`].
    pub fn append(&self, bytes: &[u8], permit: Permit) -> Result<usize, FsError> {
        spend(permit, FsVerb::Write)?;
        self.check_write()?;
        match capped(bytes) {
            [] => Ok(0),
            bytes => self.0.file.append(bytes),
        }
    }

    /// Cuts or extends the file; what is new reads as zeros. Permit: `write`.
    ///
    /// # Errors
    /// `Access`, `Invalid` if not opened for writing, `FileTooLarge`, and what the backend says.
    pub fn set_len(&self, length: u64, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Write)?;
        if !self.can_write() {
            // What `ftruncate` says to a descriptor that can't write.
            return Err(FsError::Invalid);
        }
        if length > MAX_FILE_BYTES {
            return Err(FsError::FileTooLarge);
        }
        self.0.file.set_len(length)
    }

    /// Carries content (and attributes, unless `data_only`) to the disk, which no guest can tell from
    /// doing nothing. Without effect if the handle can't write. Permit: `write` or `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backend says.
    pub fn sync(&self, data_only: bool, permit: Permit) -> Result<(), FsError> {
        spend_for_sync(permit)?;
        if !self.can_write() {
            return Ok(());
        }
        self.0.file.sync(data_only)
    }

    /// Its attributes. Permit: `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backend says.
    pub fn stat(&self, permit: Permit) -> Result<Stat, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self.0.file.stat()?.stat)
    }

    /// Sets its times. Permit: `write`. The handle need not be open for writing, as in POSIX.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `Overflow`, and what the backend says.
    pub fn set_times(&self, times: SetTimes, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Write)?;
        if self.0.read_only {
            return Err(FsError::ReadOnly);
        }
        self.0.file.set_times(times.normalised()?)
    }

    /// Tells what will be done with a region; nothing depends on it. Permit: `read`.
    ///
    /// # Errors
    /// `Access`, `Invalid` for a region beyond 2^63 − 1, and what the backend says.
    pub fn advise(
        &self,
        offset: u64,
        length: u64,
        advice: Advice,
        permit: Permit,
    ) -> Result<(), FsError> {
        spend(permit, FsVerb::Read)?;
        if offset > MAX_FILE_BYTES || length > MAX_FILE_BYTES {
            return Err(FsError::Invalid);
        }
        self.0.file.advise(offset, length, advice)
    }

    /// A hash that is the same for the same object under any name. Permit: `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backend says.
    pub fn metadata_hash(&self, permit: Permit) -> Result<MetadataHash, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self.0.shared.key.hash(self.0.file.stat()?.object))
    }

    /// Whether both are the same file. Permit: `stat`.
    ///
    /// # Errors
    /// `Access`, and what the backends say.
    pub fn is_same_object(&self, other: &Self, permit: Permit) -> Result<bool, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self.0.file.stat()?.object == other.0.file.stat()?.object)
    }

    fn check_write(&self) -> Result<(), FsError> {
        if self.can_write() {
            Ok(())
        } else {
            Err(FsError::BadDescriptor)
        }
    }
}

/// The path alone: what is behind it is nobody's business in a log.
impl fmt::Debug for FileHandle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("FileHandle").field(&self.path()).finish()
    }
}

fn capped(bytes: &[u8]) -> &[u8] {
    bytes.get(..MAX_TRANSFER_BYTES).unwrap_or(bytes)
}
