//! A file of a mount that somebody else serves. There is no handle on the other side: it is a path, and every access asks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Server;
use crate::backend::File;
use crate::chunk::Chunk;
use crate::stat::NodeStat;
use crate::{Advice, FsError, SetTimes};

/// Files up to this long are asked for whole when they are read from their beginning on: one question, where a program that
/// reads in small pieces would ask a thousand. It is what each open handle may hold.
pub(crate) const WHOLE_BYTES: usize = 64 * 1024;

/// What is known before the next read, good for that read alone.
enum Ahead {
    /// Nothing.
    Unknown,
    /// Nothing was read yet, and the file had this many bytes when it was opened.
    Opened(u64),
    /// The whole file as it was a moment ago, for reads that go on where the last one ended.
    Whole { bytes: Vec<u8>, next: usize },
    /// The last read ended here, short of what it asked for.
    End(u64),
}

pub(super) struct RemoteFile {
    server: Arc<Server>,
    path: String,
    ahead: Mutex<Ahead>,
}

impl RemoteFile {
    /// `size` is what the file had when it was looked at, if it was.
    pub(super) fn new(server: Arc<Server>, path: String, size: Option<u64>) -> Self {
        Self {
            server,
            path,
            ahead: Mutex::new(size.map_or(Ahead::Unknown, Ahead::Opened)),
        }
    }

    fn ahead(&self) -> MutexGuard<'_, Ahead> {
        // Replaced whole.
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        *self.ahead() = Ahead::Unknown;
    }

    /// A piece of what was asked for whole; what follows it is known to the next read.
    fn piece(&self, bytes: Vec<u8>, next: usize, buffer: &mut [u8]) -> usize {
        let rest = bytes.get(next..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        let next = next.saturating_add(read);
        // The end is told once. Whoever reads there again wants to know what was added.
        if read > 0 {
            *self.ahead() = Ahead::Whole { bytes, next };
        }
        read
    }

    fn ask(&self, buffer: &mut [u8], offset: u64) -> Result<usize, FsError> {
        let most = self.server.most(buffer.len());
        let bytes = self.server.remote.read(&self.path, offset, most)?;
        if bytes.len() > most {
            return Err(FsError::Io);
        }
        for (to, from) in buffer.iter_mut().zip(&bytes) {
            *to = *from;
        }
        if bytes.len() < most && !bytes.is_empty() {
            *self.ahead() = Ahead::End(offset.saturating_add(bytes.len() as u64));
        }
        Ok(bytes.len())
    }
}

impl File for RemoteFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, FsError> {
        // Not held while the question waits: two reads at once then ask twice.
        let known = std::mem::replace(&mut *self.ahead(), Ahead::Unknown);
        match known {
            Ahead::Opened(size) if offset == 0 && size <= WHOLE_BYTES as u64 => {
                let whole = self.server.most(WHOLE_BYTES);
                if size > whole as u64 {
                    return self.ask(buffer, offset);
                }
                let bytes = self.server.remote.read_all(&self.path, whole)?;
                if bytes.len() > whole {
                    return Err(FsError::Io);
                }
                Ok(self.piece(bytes, 0, buffer))
            }
            Ahead::Whole { bytes, next } if offset == next as u64 => {
                Ok(self.piece(bytes, next, buffer))
            }
            Ahead::End(end) if offset == end => Ok(0),
            Ahead::Unknown | Ahead::Opened(_) | Ahead::Whole { .. } | Ahead::End(_) => {
                self.ask(buffer, offset)
            }
        }
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, FsError> {
        self.forget();
        let bytes = bytes.get(..self.server.most(bytes.len())).unwrap_or(bytes);
        self.server.remote.write(&self.path, offset, bytes)?;
        Ok(bytes.len())
    }

    /// Two programs that append at once may write over each other: there is no question that asks for both in one step.
    fn append(&self, bytes: &[u8]) -> Result<usize, FsError> {
        let end = self.stat()?.stat.size;
        let after = end.checked_add(bytes.len() as u64);
        if after.is_none_or(|after| after > i64::MAX as u64) {
            return Err(FsError::FileTooLarge);
        }
        self.write_at(bytes, end)
    }

    fn set_len(&self, length: u64) -> Result<(), FsError> {
        self.forget();
        self.server.remote.set_len(&self.path, length)
    }

    fn sync(&self, _: bool) -> Result<(), FsError> {
        Ok(())
    }

    fn stat(&self) -> Result<NodeStat, FsError> {
        self.server.stat(&self.path)
    }

    fn set_times(&self, times: SetTimes) -> Result<(), FsError> {
        self.server.set_times(&self.path, times)
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> Result<(), FsError> {
        Ok(())
    }

    /// It is no layer, and nothing saves it.
    fn next_chunk(&self, _: u64) -> Result<Option<(u64, Arc<Chunk>)>, FsError> {
        Err(FsError::Unsupported)
    }
}
