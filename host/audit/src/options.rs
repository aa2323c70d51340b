//! How a log is kept.

/// When records are flushed, that is written, made durable, and named by the signed head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flush {
    /// Together: after 100 ms, at 1 MiB, when half of the ring waits, and at the end of a run. At most one ring of
    /// effects (4,096) can lack a flushed record.
    #[default]
    Batch,
    /// One by one: a call's beginning is flushed before its effect, its end before the call returns. No effect can
    /// lack a flushed record. Nothing is coalesced.
    Each,
}

/// How much of high-rate operations is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Equal calls of one run are coalesced into counted spans; no count and no byte is lost.
    #[default]
    Coalesced,
    /// A record for each call.
    Full,
}

/// How a log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogOptions {
    /// When records are flushed.
    pub flush: Flush,
    /// How much is told apart.
    pub detail: Detail,
    /// The size in bytes at which a log's file is put aside and a new one begun. A file is larger only where a single
    /// record is.
    pub rotate_bytes: u64,
    /// How many records a memory log keeps, the last ones; 8 MiB of them at most.
    pub recent_records: usize,
}

impl Default for LogOptions {
    /// Batches, coalesced, files of 64 MiB, 1,024 records in memory.
    fn default() -> LogOptions {
        LogOptions {
            flush: Flush::Batch,
            detail: Detail::Coalesced,
            rotate_bytes: 64 * 1024 * 1024,
            recent_records: 1024,
        }
    }
}
