//! Streams that pass the gate with every chunk.
//!
//! `wasi:io` streams are half synchronous: `read`, `check-write` and `write` may not wait, while the log may have no
//! room. No place in the log is kept between calls, since a guest could hold them all with streams that it never
//! uses; instead a write that finds no room is kept (at most one chunk) and done by the next call that may wait.

mod input;
mod output;
#[cfg(test)]
mod tests;

pub(crate) use input::{GatedInput, Source};
pub(crate) use output::{GatedOutput, Sink};

use tollgate_engine::Stop;
use wasmtime_wasi::p2::StreamError;

pub(crate) use crate::fixed::CHUNK_BYTES;

pub(crate) fn ends(stop: Stop) -> StreamError {
    StreamError::Trap(wasmtime::Error::from(stop))
}

/// What a chunk came to, for the log.
pub(crate) fn case<T>(result: &Result<T, StreamError>, failed: &'static str) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(StreamError::Closed) => "closed",
        Err(StreamError::LastOperationFailed(_)) => failed,
        Err(StreamError::Trap(_)) => "trap",
    }
}
