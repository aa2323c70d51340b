//! A gated output as the end of a stream that the guest writes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::Mutex;
use wasmtime::StoreContextMut;
use wasmtime::component::{StreamConsumer, StreamResult};
use wasmtime_wasi::p2::{OutputStream as _, Pollable as _, StreamError};

use super::{Code, Told};
use crate::streams::{CHUNK_BYTES, GatedOutput, Sink};

type Writing = Pin<Box<dyn Future<Output = Result<(), StreamError>> + Send>>;

/// Writes what the guest sends to a gated output. The guest is told of bytes when they are written and recorded, not
/// before, so that what it was told is never lost.
pub(crate) struct Consumer<S, E> {
    /// Held by a write, and by nobody while there is none.
    output: Arc<Mutex<GatedOutput<S>>>,
    writing: Option<Write>,
    told: Told<E>,
}

/// A write that is under way.
struct Write {
    future: Writing,
    /// How much had gone out before it began.
    before: u64,
    /// How much it brings.
    size: usize,
}

impl<S: Sink, E: Code> Consumer<S, E> {
    pub(crate) fn new(output: GatedOutput<S>, told: Told<E>) -> Self {
        Self {
            output: Arc::new(Mutex::new(output)),
            writing: None,
            told,
        }
    }

    /// Writes `bytes`; with none, waits until some could be written.
    fn write(&self, bytes: Bytes) -> Write {
        let before = self.output.try_lock().map_or(0, |output| output.written());
        let size = bytes.len();
        let output = Arc::clone(&self.output);
        let future = Box::pin(async move {
            let mut output = output.lock_owned().await;
            if bytes.is_empty() {
                output.ready().await;
                Ok(())
            } else {
                output.blocking_write_and_flush(bytes).await
            }
        });
        Write {
            future,
            before,
            size,
        }
    }

    /// What of a write that has ended, or was dropped, went out; the rest is the guest's again.
    fn went_out(&self, before: u64, size: usize) -> usize {
        let Ok(mut output) = self.output.try_lock() else {
            return 0;
        };
        output.retract();
        let written = output.written().saturating_sub(before);
        usize::try_from(written).unwrap_or(size).min(size)
    }
}

impl<D: 'static, S: Sink, E: Code> StreamConsumer<D> for Consumer<S, E> {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        store: StoreContextMut<D>,
        source: wasmtime::component::Source<'_, Self::Item>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut source = source.as_direct(store);
        let mut write = match self.writing.take() {
            Some(write) => write,
            None if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
            None => {
                // Copied once: what is written is what was looked at, whatever the guest does to its memory.
                let offered = source.remaining();
                let chunk = offered.get(..CHUNK_BYTES).unwrap_or(offered);
                self.write(Bytes::copy_from_slice(chunk))
            }
        };
        let result = match write.future.as_mut().poll(context) {
            Poll::Ready(result) => Some(result),
            Poll::Pending if finish => None,
            Poll::Pending => {
                self.writing = Some(write);
                return Poll::Pending;
            }
        };
        let Write {
            future,
            before,
            size,
        } = write;
        drop(future);
        let out = self.went_out(before, size);
        source.mark_read(out);
        Poll::Ready(match result {
            Some(Ok(())) => Ok(StreamResult::Completed),
            Some(Err(error)) => self.told.end(error),
            None if out > 0 => Ok(StreamResult::Completed),
            None => Ok(StreamResult::Cancelled),
        })
    }
}
