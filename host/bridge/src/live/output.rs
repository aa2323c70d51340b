//! A guest's standard output and error in one queue, read while the guest runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;
use tollgate_capability::output::Output as Own;

use super::chunks::Chunks;
use crate::fixed::{CHUNK_BYTES, OUTPUT_BYTES, QUEUED_BYTES};

/// Which of the two streams a chunk was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl From<Own> for Channel {
    fn from(own: Own) -> Self {
        match own {
            Own::Stdout => Self::Stdout,
            Own::Stderr => Self::Stderr,
        }
    }
}

/// The guest's end of a queue that takes what one run writes to standard output and error, in its order. While the queue is
/// full, the guest's writes wait.
#[derive(Clone)]
pub struct QueuedOutput(Arc<Writer>);

/// The end of the queue that is read. Once it is dropped, the guest finds its streams closed.
pub struct OutputReceiver(Arc<Shared>);

/// A queue for one run's output that holds at most about `bytes`, where each chunk counts 64 more than it has; none: 256 KiB.
/// Beside that it takes the one chunk that fills it, of 64 KiB at most.
#[must_use]
pub fn output_queue(bytes: Option<usize>) -> (QueuedOutput, OutputReceiver) {
    let shared = Arc::new(Shared {
        capacity: bytes.unwrap_or(OUTPUT_BYTES),
        state: Mutex::default(),
        written: Notify::new(),
        taken: Notify::new(),
    });
    let writer = QueuedOutput(Arc::new(Writer(Arc::clone(&shared))));
    (writer, OutputReceiver(shared))
}

struct Shared {
    capacity: usize,
    state: Mutex<State>,
    written: Notify,
    taken: Notify,
}

#[derive(Default)]
struct State {
    chunks: Chunks<Channel>,
    /// The guest's end is gone.
    ended: bool,
    /// Nobody reads any more.
    gone: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of ours panics with a chunk half moved.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a chunk may have now.
    fn room(&self, state: &State) -> usize {
        let free = self.capacity.saturating_sub(state.chunks.cost());
        free.saturating_sub(QUEUED_BYTES)
    }
}

struct Writer(Arc<Shared>);

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.written.notify_waiters();
    }
}

impl Drop for OutputReceiver {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.gone = true;
        state.chunks.clear();
        drop(state);
        self.0.taken.notify_waiters();
    }
}

impl std::fmt::Debug for QueuedOutput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueuedOutput").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for OutputReceiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputReceiver").finish_non_exhaustive()
    }
}

/// Nobody reads what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unread;

impl QueuedOutput {
    /// How much a write takes now; nothing means that it has to be waited for.
    pub(crate) fn room(&self) -> usize {
        let shared = &self.0.0;
        let state = shared.lock();
        if state.gone {
            // The write says that nobody reads.
            return CHUNK_BYTES;
        }
        shared.room(&state)
    }

    /// Writes a chunk whole, or nothing where the queue is full. A guest may ask both of its streams for their room before
    /// it writes to either, and what both were promised is taken: a chunk that ends with the guest would be lost otherwise.
    pub(crate) fn write(&self, channel: Channel, bytes: &[u8]) -> Result<usize, Unread> {
        let shared = &self.0.0;
        let mut state = shared.lock();
        if state.gone {
            return Err(Unread);
        }
        if state.chunks.cost() > shared.capacity {
            return Ok(0);
        }
        let bytes = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
        state.chunks.push(channel, bytes);
        drop(state);
        shared.written.notify_waiters();
        Ok(bytes.len())
    }

    /// Waits until there is room.
    pub(crate) async fn ready(&self) {
        let shared = &self.0.0;
        loop {
            let taken = shared.taken.notified();
            let mut taken = std::pin::pin!(taken);
            // Before looking, so that what is taken in between wakes too.
            taken.as_mut().enable();
            if self.room() > 0 {
                return;
            }
            taken.await;
        }
    }
}

impl OutputReceiver {
    /// The next chunk, waiting for it as needed; none once the run is over and all that it wrote was taken. Small writes in a
    /// row to one stream come as one chunk. Dropping the future loses nothing.
    pub async fn recv(&mut self) -> Option<(Channel, Bytes)> {
        loop {
            let written = self.0.written.notified();
            let mut written = std::pin::pin!(written);
            written.as_mut().enable();
            // What was written before the end of the guest's side is there once that end is seen.
            let ended = self.0.lock().ended;
            if let Some(chunk) = self.take() {
                return Some(chunk);
            }
            if ended {
                return None;
            }
            written.await;
        }
    }

    /// The next chunk, if there is one now.
    pub fn try_recv(&mut self) -> Option<(Channel, Bytes)> {
        self.take()
    }

    fn take(&self) -> Option<(Channel, Bytes)> {
        let chunk = self.0.lock().chunks.pop()?;
        self.0.taken.notify_waiters();
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(receiver: &mut OutputReceiver) -> Vec<(Channel, Vec<u8>)> {
        std::iter::from_fn(|| receiver.try_recv())
            .map(|(channel, bytes)| (channel, bytes.to_vec()))
            .collect()
    }

    #[tokio::test]
    async fn the_order_of_both_streams_is_kept_and_the_end_comes_last() {
        let (output, mut receiver) = output_queue(None);
        output.write(Channel::Stdout, b"a").unwrap();
        output.write(Channel::Stdout, b"b").unwrap();
        output.write(Channel::Stderr, b"c").unwrap();
        output.write(Channel::Stdout, b"d").unwrap();
        drop(output);
        let expected = [
            (Channel::Stdout, b"ab".to_vec()),
            (Channel::Stderr, b"c".to_vec()),
            (Channel::Stdout, b"d".to_vec()),
        ];
        for chunk in expected {
            let (channel, bytes) = receiver.recv().await.unwrap();
            assert_eq!((channel, bytes.to_vec()), chunk);
        }
        assert_eq!(receiver.recv().await, None);
        assert_eq!(receiver.recv().await, None);
    }

    #[test]
    fn both_streams_may_write_what_they_were_promised_and_no_third_one() {
        let (output, mut receiver) = output_queue(Some(1000));
        let room = output.room();
        assert!(room > 900);
        assert_eq!(output.write(Channel::Stdout, &vec![1; room]), Ok(room));
        assert_eq!(output.write(Channel::Stderr, &vec![2; room]), Ok(room));
        assert_eq!(output.room(), 0);
        assert_eq!(output.write(Channel::Stdout, b"more"), Ok(0));
        let sizes: Vec<_> = all(&mut receiver)
            .iter()
            .map(|(_, bytes)| bytes.len())
            .collect();
        assert_eq!(sizes, [room, room]);
        assert!(output.room() > 900);
    }

    #[test]
    fn tiny_chunks_of_changing_streams_cost_what_they_take() {
        let (output, mut receiver) = output_queue(Some(64 << 10));
        let mut written = 0;
        while output.room() > 0 {
            let channel = [Channel::Stdout, Channel::Stderr][written % 2];
            assert_eq!(output.write(channel, b"x"), Ok(1));
            written += 1;
        }
        assert!(written < 1100, "{written}");
        assert_eq!(all(&mut receiver).len(), written);
    }

    #[tokio::test]
    async fn who_waits_for_room_is_woken_by_what_is_taken_and_by_the_end_of_the_reader() {
        let (output, mut receiver) = output_queue(Some(1000));
        output.write(Channel::Stdout, &[0; 2000]).unwrap();
        let waiting = |output: &QueuedOutput| {
            let output = output.clone();
            tokio::spawn(async move { output.ready().await })
        };
        let first = waiting(&output);
        tokio::task::yield_now().await;
        assert!(!first.is_finished());
        assert!(receiver.recv().await.is_some());
        first.await.unwrap();
        output.write(Channel::Stdout, &[0; 2000]).unwrap();
        let second = waiting(&output);
        tokio::task::yield_now().await;
        drop(receiver);
        second.await.unwrap();
        assert_eq!(output.write(Channel::Stderr, b"x"), Err(Unread));
    }

    #[tokio::test]
    async fn a_dropped_wait_loses_nothing() {
        let (output, mut receiver) = output_queue(None);
        for _ in 0..10 {
            let waited = tokio::time::timeout(std::time::Duration::from_millis(1), receiver.recv());
            assert!(waited.await.is_err());
        }
        output.write(Channel::Stderr, b"x").unwrap();
        assert!(receiver.recv().await.is_some());
    }
}
