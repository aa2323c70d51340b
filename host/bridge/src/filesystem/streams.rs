//! Files as streams.

use bytes::{Bytes, BytesMut};
use tollgate_engine::Outcome as _;
use tollgate_policy::{FsVerb, Operation, Permit};
use tollgate_vfs::{FileHandle, FsError};
use wasmtime_wasi::p2::{StreamError, StreamResult};

use super::convert::StreamFailure;
use crate::outcome::Fs;
use crate::streams::{CHUNK_BYTES, Sink, Source};

fn failure(error: FsError) -> StreamError {
    StreamError::LastOperationFailed(wasmtime::Error::from(StreamFailure(Fs(error))))
}

fn denied(error: FsError) -> (StreamError, &'static str) {
    (failure(error), Fs(error).case())
}

/// A file, read from an offset on.
pub(crate) struct FileInput {
    import: &'static str,
    file: FileHandle,
    offset: u64,
    failed: FsError,
}

impl FileInput {
    pub(crate) fn new(import: &'static str, file: FileHandle, offset: u64) -> Self {
        Self {
            import,
            file,
            offset,
            failed: FsError::Io,
        }
    }
}

#[async_trait::async_trait]
impl Source for FileInput {
    fn import(&self) -> &'static str {
        self.import
    }

    fn operation(&self) -> Operation<'_> {
        Operation::Fs {
            verb: FsVerb::Read,
            path: self.file.path(),
        }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        denied(FsError::Access)
    }

    fn failed(&self) -> &'static str {
        Fs(self.failed).case()
    }

    fn read(&mut self, size: usize, permit: Permit) -> StreamResult<Bytes> {
        let mut bytes = BytesMut::zeroed(size);
        match self.file.read_at(&mut bytes, self.offset, permit) {
            Ok(0) => Err(StreamError::Closed),
            Ok(read) => {
                bytes.truncate(read);
                self.offset = self.offset.saturating_add(read as u64);
                Ok(bytes.freeze())
            }
            Err(error) => {
                self.failed = error;
                Err(failure(error))
            }
        }
    }

    async fn ready(&mut self) {
        // Files are always ready, but a guest that polls in a loop must not keep others from their turn.
        tokio::task::yield_now().await;
    }
}

/// Where a file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Position {
    /// From this offset on.
    At(u64),
    /// At its end, wherever that is by then.
    End,
}

/// A file, written.
pub(crate) struct FileOutput {
    import: &'static str,
    file: FileHandle,
    position: Position,
    failed: FsError,
}

impl FileOutput {
    pub(crate) fn new(import: &'static str, file: FileHandle, position: Position) -> Self {
        Self {
            import,
            file,
            position,
            failed: FsError::Io,
        }
    }

    fn put(&mut self, bytes: &[u8], permit: Permit) -> Result<usize, FsError> {
        match self.position {
            Position::End => self.file.append(bytes, permit),
            Position::At(offset) => {
                let written = self.file.write_at(bytes, offset, permit)?;
                self.position = Position::At(offset.saturating_add(written as u64));
                Ok(written)
            }
        }
    }
}

#[async_trait::async_trait]
impl Sink for FileOutput {
    const METERED: bool = false;

    fn import(&self) -> &'static str {
        self.import
    }

    fn operation(&self) -> Operation<'_> {
        Operation::Fs {
            verb: FsVerb::Write,
            path: self.file.path(),
        }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        denied(if self.file.read_only() {
            FsError::ReadOnly
        } else {
            FsError::Access
        })
    }

    fn failed(&self) -> &'static str {
        Fs(self.failed).case()
    }

    fn capacity(&mut self) -> usize {
        CHUNK_BYTES
    }

    fn write(&mut self, bytes: &[u8], permit: Permit) -> StreamResult<usize> {
        self.put(bytes, permit).map_err(|error| {
            self.failed = error;
            failure(error)
        })
    }

    async fn ready(&mut self) {
        tokio::task::yield_now().await;
    }
}
