//! Streams of 0.3 over the gated streams of 0.2, which keep in themselves what they read or accepted across every
//! wait. So a poll that is cancelled drops its wait and nothing else.
//!
//! A guest's buffer may be as large as its memory; what one poll moves is bounded by the size of a chunk. How many
//! streams there are is bounded by the guest's handles: each lives no longer than the handle of an end of it.

mod consumer;
mod producer;

use tokio::sync::oneshot;
use wasmtime::AsContextMut;
use wasmtime::component::{FutureReader, Lift, Lower, StreamResult};
use wasmtime_wasi::p2::StreamError;

pub(crate) use consumer::Consumer;
pub(crate) use producer::Producer;

/// An interface's error code, as a stream that has failed tells it.
pub(crate) trait Code: Lift + Lower + Send + Sync + 'static {
    /// From the error inside of a failed stream operation.
    fn of(error: &wasmtime::Error) -> Self;
}

/// How a stream ended, on its way to the guest's future.
pub(crate) struct Told<E>(Option<oneshot::Sender<Result<(), E>>>);

impl<E> Told<E> {
    /// A guest that dropped its future does not want to know.
    pub(crate) fn tell(&mut self, result: Result<(), E>) {
        if let Some(sender) = self.0.take() {
            let _nobody_waits = sender.send(result);
        }
    }
}

impl<E: Code> Told<E> {
    /// The stream is over.
    fn end(&mut self, error: StreamError) -> wasmtime::Result<StreamResult> {
        match error {
            StreamError::Closed => self.tell(Ok(())),
            StreamError::LastOperationFailed(error) => self.tell(Err(E::of(&error))),
            StreamError::Trap(error) => return Err(error),
        }
        Ok(StreamResult::Dropped)
    }
}

/// The future that a guest gets beside a stream.
pub(crate) type Ending<E> = FutureReader<Result<(), E>>;

/// A future that says how a stream ended. A stream that is dropped before its end has ended well.
pub(crate) fn ending<E: Code>(store: impl AsContextMut) -> wasmtime::Result<(Told<E>, Ending<E>)> {
    let (sender, receiver) = oneshot::channel();
    let future = FutureReader::new(store, async move {
        wasmtime::error::Ok(receiver.await.unwrap_or(Ok(())))
    })?;
    Ok((Told(Some(sender)), future))
}
