//! The numbers of the bridge that nobody can state.

use tollgate_policy::{LimitRow, Unit};

/// The most pairs of one call of `batch-resolve-modules`.
pub(crate) const MODULE_BATCH: usize = 4096;
/// What a name costs in a listing of a program's folder beside its bytes: about what it takes in the memory of the guest.
pub(crate) const ITEM_BYTES: u64 = 16;
/// How many connections wait to be accepted where the guest does not say.
pub(crate) const BACKLOG: u32 = 128;
/// The most datagrams that one call gives or takes, however many the guest has room for.
pub(crate) const DATAGRAM_BATCH: u64 = 16;
/// The most datagrams of strangers that one call looks at and throws away.
pub(crate) const STRANGERS: u32 = 64;
/// The most bytes that one chunk of a stream has.
pub(crate) const CHUNK_BYTES: usize = 64 << 10;
/// The most bytes that a write to a request's body takes at once.
pub(crate) const BODY_CHUNK_BYTES: usize = 16 << 10;
/// What a collection of header fields may always take.
pub(crate) const LEAST_FIELD_BYTES: u64 = 16 << 10;
/// The most entries of a folder that one poll gives, in WASI 0.3.
pub(crate) const ENTRY_BATCH: usize = 64;
/// The most bytes that chunks in a queue of standard streams are joined to.
pub(crate) const JOINED_BYTES: usize = 4 << 10;
/// What a chunk counts in a queue of output beside its length: about what it takes in memory beside its bytes.
pub(crate) const QUEUED_BYTES: usize = 64;
/// What a pipe to standard input holds where its maker does not say.
pub(crate) const PIPE_BYTES: usize = 16 << 20;
/// What a queue of output holds where its maker does not say.
pub(crate) const OUTPUT_BYTES: usize = 256 << 10;

/// Numbers of this crate that nobody can state: what one call of a guest moves.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "module-batch",
        Unit::Count,
        MODULE_BATCH as u64,
        "Specifiers that one call resolves.",
        "each takes questions about files; a program with more asks again",
    ),
    LimitRow::fixed(
        "listed-name-bytes",
        Unit::Bytes,
        ITEM_BYTES,
        "What a name counts beside its length in a listing of a program's folder.",
        "about what it takes in the memory of the guest beside its text",
    ),
    LimitRow::fixed(
        "backlog",
        Unit::Count,
        BACKLOG as u64,
        "Connections that wait to be accepted where the guest does not say.",
        "what systems take for it",
    ),
    LimitRow::fixed(
        "datagram-batch",
        Unit::Count,
        DATAGRAM_BATCH,
        "Datagrams that one call gives or takes.",
        "a mebibyte of the largest",
    ),
    LimitRow::fixed(
        "datagrams-of-strangers",
        Unit::Count,
        STRANGERS as u64,
        "Datagrams from where no rule lets any come, that one call throws away before it gives the guest its turn.",
        "a flood of them keeps no thread",
    ),
    LimitRow::fixed(
        "stream-chunk-bytes",
        Unit::Bytes,
        CHUNK_BYTES as u64,
        "Length of one chunk of a stream.",
        "larger ones gain nothing, and each is held by the host once",
    ),
    LimitRow::fixed(
        "body-chunk-bytes",
        Unit::Bytes,
        BODY_CHUNK_BYTES as u64,
        "Length of one write to the body of a request.",
        "what a record of TLS holds",
    ),
    LimitRow::fixed(
        "least-field-bytes",
        Unit::Bytes,
        LEAST_FIELD_BYTES,
        "Memory that a collection of header fields may take however small the limit of headers is.",
        "what is sent is held against the limit; a guest that still collects is not ended for it",
    ),
    LimitRow::fixed(
        "entry-batch",
        Unit::Count,
        ENTRY_BATCH as u64,
        "Entries of a folder that one poll gives, in WASI 0.3.",
        "a folder of any size keeps no thread",
    ),
    LimitRow::fixed(
        "joined-chunk-bytes",
        Unit::Bytes,
        JOINED_BYTES as u64,
        "Length that small chunks in a queue of standard streams are joined to.",
        "single bytes cost little more than themselves",
    ),
    LimitRow::fixed(
        "queued-chunk-bytes",
        Unit::Bytes,
        QUEUED_BYTES as u64,
        "What a chunk in a queue of output counts beside its length.",
        "about what it takes in memory beside its bytes",
    ),
    LimitRow::fixed(
        "stdin-pipe-bytes",
        Unit::Bytes,
        PIPE_BYTES as u64,
        "What a pipe to standard input holds where an embedder does not say.",
        "more than a frame of the sidecar's protocol brings",
    ),
    LimitRow::fixed(
        "output-queue-bytes",
        Unit::Bytes,
        OUTPUT_BYTES as u64,
        "What a queue of output holds where an embedder does not say; the guest waits when it is full.",
        "four chunks of a stream",
    ),
];
