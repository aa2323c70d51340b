//! A gated input as a stream that the guest reads.

use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::Mutex;
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, StreamProducer, StreamResult, VecBuffer};
use wasmtime_wasi::p2::{Pollable as _, StreamError};

use super::{Code, Told};
use crate::streams::{CHUNK_BYTES, GatedInput, Source};

type Waiting = Pin<Box<dyn Future<Output = Result<(), StreamError>> + Send>>;

/// Produces what a gated input gives.
pub(crate) struct Producer<S, E> {
    /// Held by a wait, and by nobody while there is none.
    input: Arc<Mutex<GatedInput<S>>>,
    waiting: Option<Waiting>,
    told: Told<E>,
}

impl<S: Source, E: Code> Producer<S, E> {
    pub(crate) fn new(input: GatedInput<S>, told: Told<E>) -> Self {
        Self {
            input: Arc::new(Mutex::new(input)),
            waiting: None,
            told,
        }
    }

    /// A wait for at least one byte, or, of a guest that reads nothing, for there being one.
    fn wait(&self, wanted: usize) -> Waiting {
        let input = Arc::clone(&self.input);
        Box::pin(async move {
            let mut input = input.lock_owned().await;
            if wanted == 0 {
                input.ready().await;
                Ok(())
            } else {
                input.fill(wanted).await
            }
        })
    }

    fn buffered(&self, wanted: usize) -> Option<Result<Bytes, StreamError>> {
        let mut input = self.input.try_lock().ok()?;
        input.buffered(wanted)
    }
}

impl<D: 'static, S: Source, E: Code> StreamProducer<D> for Producer<S, E> {
    type Item = u8;
    type Buffer = VecBuffer<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        destination: Destination<'a, Self::Item, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let room = destination.remaining(&mut store).unwrap_or(CHUNK_BYTES);
        let wanted = room.min(CHUNK_BYTES);
        let mut waited = false;
        loop {
            // What an earlier wait read stands here even when that wait was cancelled.
            if self.waiting.is_none() && wanted > 0 {
                match self.buffered(wanted) {
                    Some(Ok(bytes)) => {
                        let mut direct = destination.as_direct(store, bytes.len());
                        direct.write_all(&bytes)?;
                        return Poll::Ready(Ok(StreamResult::Completed));
                    }
                    Some(Err(error)) => return Poll::Ready(self.told.end(error)),
                    None => {}
                }
            }
            if finish && self.waiting.is_none() {
                return Poll::Ready(Ok(StreamResult::Cancelled));
            }
            if waited && wanted == 0 {
                return Poll::Ready(Ok(StreamResult::Completed));
            }
            let mut waiting = match self.waiting.take() {
                Some(waiting) => waiting,
                None => self.wait(wanted),
            };
            match waiting.as_mut().poll(context) {
                Poll::Ready(Ok(())) => waited = true,
                Poll::Ready(Err(error)) => return Poll::Ready(self.told.end(error)),
                // The wait is dropped; the next turn looks whether it has read something before.
                Poll::Pending if finish => drop(waiting),
                Poll::Pending => {
                    self.waiting = Some(waiting);
                    return Poll::Pending;
                }
            }
        }
    }
}
