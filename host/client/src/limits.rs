//! What a client takes at most, and the numbers of it that nobody states.

use tollgate_policy::{LimitRow, Unit};
use tollgate_protocol::DEFAULT_MAX_FRAME_BYTES;

/// What a client takes at most. Whatever a sidecar sends, a client holds no more than these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests that wait for their answers at once. One more is [`Error::TooManyRequests`](crate::Error). One whose
    /// future was dropped counts until its answer has come, for the sidecar is still at it.
    pub requests: usize,
    /// Bytes that wait to be written: of requests, and as many again of answers. Who sends more waits.
    pub outgoing_bytes: u32,
    /// Bytes of the largest frame that a sidecar may announce; until it does, 16 MiB are the most.
    pub frame_bytes: u32,
    /// Bytes that wait in one [`Events`](crate::Events) to be read. One event always fits.
    pub event_bytes: usize,
    /// Questions of the sidecar that are answered at once. Further ones wait.
    pub answering: usize,
    /// Questions of the sidecar that are answered or wait for it. One more is answered with an error at once.
    pub questions: usize,
    /// Bytes of those questions. One always fits.
    pub question_bytes: u32,
}

const REQUESTS: usize = 4096;
const OUTGOING_BYTES: u32 = 32 << 20;
const FRAME_BYTES: u32 = 256 << 20;
const EVENT_BYTES: usize = 1 << 20;
const ANSWERING: usize = 64;
const QUESTIONS: usize = 1024;
const QUESTION_BYTES: u32 = 64 << 20;

/// What each event takes in a queue beside what it holds.
pub(crate) const EVENT_OVERHEAD: usize = 256;

/// What is read from a sidecar at once, in bytes.
pub(crate) const READ_BYTES: usize = 64 << 10;

/// What a client sends and takes before the sidecar has announced anything.
pub(crate) const FIRST_FRAME_BYTES: u32 = DEFAULT_MAX_FRAME_BYTES;

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: REQUESTS,
            outgoing_bytes: OUTGOING_BYTES,
            frame_bytes: FRAME_BYTES,
            event_bytes: EVENT_BYTES,
            answering: ANSWERING,
            questions: QUESTIONS,
            question_bytes: QUESTION_BYTES,
        }
    }
}

/// The defaults of [`Limits`], and the numbers that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "client-requests",
        Unit::Count,
        REQUESTS as u64,
        "Requests of one client that wait for their answers.",
        "what a sidecar has not answered is kept track of",
    ),
    LimitRow::fixed(
        "client-outgoing-bytes",
        Unit::Bytes,
        OUTGOING_BYTES as u64,
        "Bytes that wait to be written to a sidecar, of requests and of answers.",
        "two of the largest frames that clients expect",
    ),
    LimitRow::fixed(
        "client-frame-bytes",
        Unit::Bytes,
        FRAME_BYTES as u64,
        "Bytes of a frame that a sidecar may announce to a client.",
        "a frame is held in memory whole",
    ),
    LimitRow::fixed(
        "client-event-bytes",
        Unit::Bytes,
        EVENT_BYTES as u64,
        "Bytes of events that wait for one subscriber.",
        "some hundred pieces of output; then the sidecar waits",
    ),
    LimitRow::fixed(
        "client-event-overhead",
        Unit::Bytes,
        EVENT_OVERHEAD as u64,
        "What an event counts for beside its content.",
        "an event without content takes memory too",
    ),
    LimitRow::fixed(
        "client-answering",
        Unit::Count,
        ANSWERING as u64,
        "Questions of a sidecar that a client answers at once.",
        "handlers do work that the embedder pays for",
    ),
    LimitRow::fixed(
        "client-questions",
        Unit::Count,
        QUESTIONS as u64,
        "Questions of a sidecar that a client answers or will answer.",
        "each is a task of the client's",
    ),
    LimitRow::fixed(
        "client-question-bytes",
        Unit::Bytes,
        QUESTION_BYTES as u64,
        "Bytes of those questions.",
        "guests choose what they call with",
    ),
    LimitRow::fixed(
        "client-read-bytes",
        Unit::Bytes,
        READ_BYTES as u64,
        "Bytes that a client reads at once.",
        "what a pipe holds",
    ),
];
