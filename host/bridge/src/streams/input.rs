//! Input streams.

use bytes::Bytes;
use tollgate_engine::{Call, Gate, Rate, Traffic, Verdict};
use tollgate_policy::{Operation, Permit};
use wasmtime_wasi::p2::{InputStream, Pollable, StreamError, StreamResult};

use super::{CHUNK_BYTES, case, ends};

/// What an input stream reads from.
#[async_trait::async_trait]
pub(crate) trait Source: Send + 'static {
    /// The WIT function that the records name.
    fn import(&self) -> &'static str;
    /// What each chunk asks for.
    fn operation(&self) -> Operation<'_>;
    /// The error that a denial gives, and its name in the log.
    fn denied(&self) -> (StreamError, &'static str);
    /// The name of the last failure in the log.
    fn failed(&self) -> &'static str;
    /// Reads at most `size` bytes without waiting. Nothing means that there is nothing yet.
    fn read(&mut self, size: usize, permit: Permit) -> StreamResult<Bytes>;
    /// Waits until a read gives something, an end or an error. Never called without the policy's consent.
    async fn ready(&mut self);
}

/// A source behind the gate.
pub(crate) struct GatedInput<S> {
    gate: Gate,
    source: S,
    /// Read ahead, where reading must wait first: for a flush, or for somebody's answer.
    ahead: Option<StreamResult<Bytes>>,
}

impl<S: Source> GatedInput<S> {
    pub(crate) fn new(gate: Gate, source: S) -> Self {
        Self {
            gate,
            source,
            ahead: None,
        }
    }

    /// One chunk with the verdict at hand. Nothing is filed for a read that found nothing yet.
    fn chunk(
        &mut self,
        size: usize,
        verdict: Verdict,
    ) -> (StreamResult<Bytes>, Option<(Call, &'static str)>) {
        match verdict {
            Verdict::Denied(call) => {
                let (error, name) = self.source.denied();
                (Err(error), Some((call, name)))
            }
            Verdict::Permitted(permit, call) => {
                let result = self.source.read(size.min(CHUNK_BYTES), permit);
                if matches!(&result, Ok(bytes) if bytes.is_empty()) {
                    call.withdraw();
                    return (result, None);
                }
                let name = case(&result, self.source.failed());
                (result, Some((call, name)))
            }
        }
    }

    /// Reads one chunk ahead, waiting as needed. A guest that polls several streams drops this future whenever another
    /// one is ready, so what was read stands in `self` before the wait for its record.
    pub(crate) async fn fill(&mut self, size: usize) -> StreamResult<()> {
        while self.ahead.is_none() {
            if self.gate.permits(&self.source.operation()) {
                self.source.ready().await;
            }
            let operation = self.source.operation();
            let verdict = self
                .gate
                .enter(self.source.import(), &operation, Rate::High)
                .await
                .map_err(ends)?;
            let (result, filed) = self.chunk(size, verdict);
            if let Some((call, name)) = filed {
                let traffic = received(&result);
                self.ahead = Some(result);
                call.finish(name, traffic).await.map_err(ends)?;
            }
        }
        Ok(())
    }

    /// At most `size` bytes of what was read ahead, or how the stream ended.
    pub(crate) fn buffered(&mut self, size: usize) -> Option<StreamResult<Bytes>> {
        match self.ahead.take()? {
            Ok(mut bytes) if bytes.len() > size => {
                let first = bytes.split_to(size);
                self.ahead = Some(Ok(bytes));
                Some(Ok(first))
            }
            other => Some(other),
        }
    }
}

fn received(result: &StreamResult<Bytes>) -> Traffic {
    let bytes_in = result.as_ref().map_or(0, |bytes| bytes.len() as u64);
    Traffic {
        bytes_in,
        bytes_out: 0,
    }
}

#[async_trait::async_trait]
impl<S: Source> InputStream for GatedInput<S> {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if size == 0 {
            return Ok(Bytes::new());
        }
        if let Some(buffered) = self.buffered(size) {
            return buffered;
        }
        let verdict = self
            .gate
            .try_enter(self.source.import(), &self.source.operation(), Rate::High)
            .map_err(ends)?;
        let Some(verdict) = verdict else {
            return Ok(Bytes::new());
        };
        let (result, filed) = self.chunk(size, verdict);
        if let Some((call, name)) = filed {
            call.file(name, received(&result));
        }
        result
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        if size == 0 {
            self.ready().await;
            return Ok(Bytes::new());
        }
        self.fill(size).await?;
        self.buffered(size).unwrap_or_else(|| Ok(Bytes::new()))
    }
}

#[async_trait::async_trait]
impl<S: Source> Pollable for GatedInput<S> {
    async fn ready(&mut self) {
        if self.ahead.is_some() || !self.gate.permits(&self.source.operation()) {
            return;
        }
        if self.gate.always_waits(&self.source.operation()) {
            if let Err(error) = self.fill(CHUNK_BYTES).await {
                self.ahead = Some(Err(error));
            }
            return;
        }
        self.source.ready().await;
        self.gate.room().await;
    }
}
