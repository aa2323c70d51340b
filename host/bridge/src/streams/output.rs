//! Output streams.

use bytes::{Buf as _, Bytes};
use tollgate_engine::{Call, Gate, Rate, Stop, Traffic, Verdict};
use tollgate_policy::{LimitKey, Operation, Permit};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use super::{CHUNK_BYTES, case, ends};

/// What an output stream writes to.
#[async_trait::async_trait]
pub(crate) trait Sink: Send + 'static {
    /// Whether what is written counts against the run's output.
    const METERED: bool;
    /// The WIT function that the records name.
    fn import(&self) -> &'static str;
    /// What each chunk asks for.
    fn operation(&self) -> Operation<'_>;
    /// The error that a denial gives, and its name in the log.
    fn denied(&self) -> (StreamError, &'static str);
    /// The name of the last failure in the log.
    fn failed(&self) -> &'static str;
    /// How much a write takes at once; nothing means that it has to be waited for.
    fn capacity(&mut self) -> usize;
    /// Writes without waiting, and says how much went.
    fn write(&mut self, bytes: &[u8], permit: Permit) -> StreamResult<usize>;
    /// Waits until there is capacity. Never called without the policy's consent.
    async fn ready(&mut self);
}

/// A sink behind the gate.
pub(crate) struct GatedOutput<S> {
    gate: Gate,
    sink: S,
    /// Accepted, not yet written: at most one chunk, or what one blocking call brought.
    pending: Bytes,
    /// What a deferred write came to, for the next call to say.
    failure: Option<StreamError>,
    closed: bool,
    /// Bytes that went out, over the stream's life.
    written: u64,
}

impl<S: Sink> GatedOutput<S> {
    pub(crate) fn new(gate: Gate, sink: S) -> Self {
        Self {
            gate,
            sink,
            pending: Bytes::new(),
            failure: None,
            closed: false,
            written: 0,
        }
    }

    fn chunk(&mut self, bytes: &[u8], verdict: Verdict) -> (Written, Call, &'static str) {
        match verdict {
            Verdict::Denied(call) => {
                let (error, name) = self.sink.denied();
                (Written::failed(error), call, name)
            }
            Verdict::Permitted(permit, call) => {
                let written = self.metered(bytes, permit);
                let name = case(&written.result, self.sink.failed());
                (written, call, name)
            }
        }
    }

    /// Writes as much as the run may still write; the chunk that does not fit is cut, and ends the guest.
    fn metered(&mut self, bytes: &[u8], permit: Permit) -> Written {
        if !S::METERED {
            return Written::of(self.sink.write(bytes, permit));
        }
        let Err(left) = self.gate.charge_output(bytes.len() as u64) else {
            let written = Written::of(self.sink.write(bytes, permit));
            self.gate
                .refund_output(bytes.len().saturating_sub(written.bytes) as u64);
            return written;
        };
        let left = usize::try_from(left).unwrap_or(bytes.len());
        let mut cut = Written::of(self.sink.write(bytes.get(..left).unwrap_or(bytes), permit));
        cut.result = Err(ends(Stop::Limit(LimitKey::Output)));
        cut
    }

    /// A stream that has failed is closed from then on.
    fn settle(&mut self, result: StreamResult<usize>) -> StreamResult<usize> {
        self.closed |= result.is_err();
        result
    }

    /// Writes all that is pending, waiting as needed. A guest that polls several streams drops this future whenever
    /// another one is ready, so what is not written yet stays in `self` across every wait, and what is written has left
    /// it before the wait for its record.
    async fn write_pending(&mut self) -> StreamResult<()> {
        while !self.pending.is_empty() {
            if self.sink.capacity() == 0 && self.gate.permits(&self.sink.operation()) {
                self.sink.ready().await;
            }
            // No more than the sink takes at once: what is charged and not written would be missing where the
            // allowance of output ends.
            let most = match self.sink.capacity() {
                0 => CHUNK_BYTES,
                room => room.min(CHUNK_BYTES),
            };
            let operation = self.sink.operation();
            let verdict = self
                .gate
                .enter(self.sink.import(), &operation, Rate::High)
                .await
                .map_err(ends)?;
            let head = self.pending.slice(..self.pending.len().min(most));
            let (written, call, name) = self.chunk(&head, verdict);
            let traffic = written.traffic();
            self.pending.advance(written.bytes.min(head.len()));
            self.written = self.written.saturating_add(written.bytes as u64);
            let result = self.settle(written.result);
            if result.is_err() {
                self.pending.clear();
            }
            call.finish(name, traffic).await.map_err(ends)?;
            result?;
        }
        Ok(())
    }

    /// Whether everything that was accepted is written, or never will be.
    pub(crate) fn is_drained(&self) -> bool {
        self.pending.is_empty()
    }

    async fn drain(&mut self) {
        if let Err(error) = self.write_pending().await {
            self.failure = Some(error);
        }
    }

    fn check(&mut self) -> StreamResult<()> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        if self.closed {
            Err(StreamError::Closed)
        } else {
            Ok(())
        }
    }
}

/// For streams of 0.3, which tell the guest of bytes when they went out and not before.
#[cfg(feature = "wasi-p3")]
impl<S: Sink> GatedOutput<S> {
    /// Bytes that went out so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Takes back what was accepted and is not written.
    pub(crate) fn retract(&mut self) {
        self.pending = Bytes::new();
    }
}

/// What a chunk came to: a write that is cut has bytes as well as an error.
struct Written {
    result: StreamResult<usize>,
    bytes: usize,
}

impl Written {
    fn of(result: StreamResult<usize>) -> Self {
        let bytes = result.as_ref().map_or(0, |bytes| *bytes);
        Self { result, bytes }
    }

    fn failed(error: StreamError) -> Self {
        Self {
            result: Err(error),
            bytes: 0,
        }
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            bytes_in: 0,
            bytes_out: self.bytes as u64,
        }
    }
}

#[async_trait::async_trait]
impl<S: Sink> OutputStream for GatedOutput<S> {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.check()?;
        if bytes.is_empty() {
            return Ok(());
        }
        if !self.pending.is_empty() || bytes.len() > CHUNK_BYTES {
            return Err(StreamError::trap(
                "write without the allowance of check-write",
            ));
        }
        let operation = self.sink.operation();
        let verdict = self
            .gate
            .try_enter(self.sink.import(), &operation, Rate::High)
            .map_err(ends)?;
        let Some(verdict) = verdict else {
            self.pending = bytes;
            return Ok(());
        };
        let (written, call, name) = self.chunk(&bytes, verdict);
        call.file(name, written.traffic());
        let written = self.settle(written.result)?;
        self.pending = bytes.slice(written.min(bytes.len())..);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        // Nothing is buffered but a deferred chunk, and that is written before the stream is ready again.
        self.check()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.check()?;
        if !self.pending.is_empty() {
            return Ok(0);
        }
        // What is denied may be written at once: the write then says so, and is recorded.
        if self.gate.permits(&self.sink.operation()) {
            Ok(self.sink.capacity().min(CHUNK_BYTES))
        } else {
            Ok(CHUNK_BYTES)
        }
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.check()?;
        self.write_pending().await?;
        self.pending = bytes;
        self.write_pending().await
    }

    async fn cancel(&mut self) {
        // The guest drops the stream: what it was told is accepted is still written.
        self.drain().await;
    }
}

#[async_trait::async_trait]
impl<S: Sink> Pollable for GatedOutput<S> {
    async fn ready(&mut self) {
        if self.closed {
            return;
        }
        self.drain().await;
        if self.failure.is_none() && self.gate.permits(&self.sink.operation()) {
            self.sink.ready().await;
        }
    }
}
