//! A guest's standard input, written while the guest runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use super::chunks::Chunks;
use crate::fixed::PIPE_BYTES;

/// The end of a pipe that feeds one run's standard input. Writing never waits. Clones are the same pipe; when the last one
/// is dropped, the guest reads what is in it and then the end, as after [`StdinPipe::close`].
#[derive(Clone)]
pub struct StdinPipe(Arc<Writer>);

/// The guest's end of a [`StdinPipe`], for one run. When the run is over, and when it never began, writing says so.
#[derive(Clone)]
pub struct PipeInput(Arc<Reader>);

/// Why something was not written. Nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PipeError {
    /// The guest has not read enough of what was written before.
    #[error("{wanted} bytes do not fit: {free} of {capacity} are free")]
    Full {
        /// Bytes that were to be written.
        wanted: usize,
        /// Bytes that would have been accepted.
        free: usize,
        /// Bytes that the pipe holds at most.
        capacity: usize,
    },
    /// The pipe was closed before.
    #[error("the pipe is closed")]
    Closed,
    /// Nobody reads it any more: the run is over.
    #[error("the run that reads the pipe is over")]
    Gone,
}

/// What the guest finds.
pub(crate) enum Read {
    /// So much, and never nothing.
    Bytes(Bytes),
    /// Nothing yet.
    Nothing,
    /// The end.
    End,
}

struct Shared {
    capacity: usize,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    chunks: Chunks<()>,
    closed: bool,
    gone: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of ours panics with a chunk half moved.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_waiters();
    }
}

struct Writer(Arc<Shared>);

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.close();
    }
}

struct Reader(Arc<Shared>);

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.gone = true;
        state.chunks.clear();
    }
}

impl std::fmt::Debug for StdinPipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StdinPipe").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PipeInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PipeInput").finish_non_exhaustive()
    }
}

impl StdinPipe {
    /// A pipe that holds at most 16 MiB, and the guest's end of it.
    #[must_use]
    pub fn new() -> (Self, PipeInput) {
        Self::with_capacity(PIPE_BYTES)
    }

    /// A pipe that holds at most `bytes`, and the guest's end of it.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> (Self, PipeInput) {
        let shared = Arc::new(Shared {
            capacity: bytes,
            state: Mutex::default(),
            changed: Notify::new(),
        });
        let reader = PipeInput(Arc::new(Reader(Arc::clone(&shared))));
        (Self(Arc::new(Writer(shared))), reader)
    }

    /// Writes all of `bytes`, or nothing. Writing nothing is no end of the input.
    ///
    /// # Errors
    ///
    /// It does not fit now, the pipe was closed, or the run is over.
    pub fn write(&self, bytes: impl Into<Bytes>) -> Result<(), PipeError> {
        let bytes = bytes.into();
        let shared = &self.0.0;
        let mut state = shared.lock();
        if state.closed {
            return Err(PipeError::Closed);
        }
        if state.gone {
            return Err(PipeError::Gone);
        }
        let free = shared.capacity.saturating_sub(state.chunks.bytes());
        if bytes.len() > free {
            return Err(PipeError::Full {
                wanted: bytes.len(),
                free,
                capacity: shared.capacity,
            });
        }
        state.chunks.push_shared((), bytes);
        drop(state);
        shared.changed.notify_waiters();
        Ok(())
    }

    /// Ends the input: the guest reads what is in the pipe, and then the end. A second time it does nothing.
    pub fn close(&self) {
        self.0.0.close();
    }

    /// Bytes that the guest has not read yet.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.0.0.lock().chunks.bytes()
    }
}

impl PipeInput {
    pub(crate) fn read(&self, most: usize) -> Read {
        let mut state = self.0.0.lock();
        if state.chunks.is_empty() {
            return if state.closed {
                Read::End
            } else {
                Read::Nothing
            };
        }
        Read::Bytes(state.chunks.take(most))
    }

    /// Waits until a read gives bytes or the end.
    pub(crate) async fn ready(&self) {
        let shared = &self.0.0;
        loop {
            let changed = shared.changed.notified();
            let mut changed = std::pin::pin!(changed);
            // Before looking, so that what is written in between wakes too.
            changed.as_mut().enable();
            let waits = {
                let state = shared.lock();
                state.chunks.is_empty() && !state.closed
            };
            if !waits {
                return;
            }
            changed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &PipeInput, most: usize) -> Option<Vec<u8>> {
        match input.read(most) {
            Read::Bytes(bytes) => Some(bytes.to_vec()),
            Read::Nothing => Some(Vec::new()),
            Read::End => None,
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_whole() {
        let (pipe, input) = StdinPipe::with_capacity(4);
        assert_eq!(pipe.write("abc"), Ok(()));
        let full = PipeError::Full {
            wanted: 2,
            free: 1,
            capacity: 4,
        };
        assert_eq!(pipe.write("de"), Err(full));
        assert_eq!(read(&input, 2), Some(b"ab".to_vec()));
        assert_eq!(pipe.write("de"), Ok(()));
        assert_eq!(pipe.queued(), 3);
        assert_eq!(read(&input, 9), Some(b"c".to_vec()));
        assert_eq!(read(&input, 9), Some(b"de".to_vec()));
        assert_eq!(read(&input, 9), Some(Vec::new()));
    }

    #[test]
    fn the_end_comes_after_what_was_written_and_nothing_after_it() {
        let (pipe, input) = StdinPipe::new();
        pipe.write("a").unwrap();
        pipe.close();
        pipe.close();
        assert_eq!(pipe.write("b"), Err(PipeError::Closed));
        assert_eq!(read(&input, 9), Some(b"a".to_vec()));
        assert_eq!(read(&input, 9), None);
    }

    #[test]
    fn whoever_is_gone_is_told_of() {
        let (pipe, input) = StdinPipe::new();
        let other = pipe.clone();
        drop(pipe);
        assert_eq!(read(&input, 9), Some(Vec::new()));
        drop(other);
        assert_eq!(read(&input, 9), None);

        let (pipe, input) = StdinPipe::new();
        pipe.write(vec![0; 1 << 20]).unwrap();
        drop(input);
        assert_eq!(pipe.write("a"), Err(PipeError::Gone));
        assert_eq!(pipe.queued(), 0);
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_bytes_and_by_the_end() {
        let (pipe, input) = StdinPipe::new();
        let waiting = tokio::spawn({
            let input = input.clone();
            async move { input.ready().await }
        });
        tokio::task::yield_now().await;
        pipe.write("a").unwrap();
        waiting.await.unwrap();
        assert_eq!(read(&input, 9), Some(b"a".to_vec()));
        let waiting = tokio::spawn(async move { input.ready().await });
        tokio::task::yield_now().await;
        drop(pipe);
        waiting.await.unwrap();
    }
}
