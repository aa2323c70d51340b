//! The numbers of these bridges that nobody can state.

use tollgate_policy::{LimitRow, Unit};

use super::events::KEPT_EVENTS;
use super::execution::{ANSWER_MS, MOST_CONTEXTS, MOST_QUESTIONS};
use super::filesystem::{MOST_ENTRIES, MOST_FILE_BYTES};
use super::machine::{MOST_RANDOM_BYTES, MOST_TIMERS};

/// Numbers of this module that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "bridge-file-bytes",
        Unit::Bytes,
        MOST_FILE_BYTES,
        "Length of a file that the bridge of a folder reads, or makes longer.",
        "it is held in memory",
    ),
    LimitRow::fixed(
        "bridge-entries",
        Unit::Count,
        MOST_ENTRIES as u64,
        "Entries of a listing that the bridge of a folder gives.",
        "as many as files have numbers in a VM",
    ),
    LimitRow::fixed(
        "bridge-timers",
        Unit::Count,
        MOST_TIMERS as u64,
        "Timers of the bridge of clocks that are not over.",
        "each is a number",
    ),
    LimitRow::fixed(
        "bridge-random-bytes",
        Unit::Bytes,
        MOST_RANDOM_BYTES,
        "Bytes that the bridge of entropy gives at once.",
        "keys take a few hundred",
    ),
    LimitRow::fixed(
        "bridge-kept-events",
        Unit::Count,
        KEPT_EVENTS as u64,
        "Events that the bridge of recent events keeps.",
        "what is to be kept for good is in the audit log",
    ),
    LimitRow::fixed(
        "bridge-contexts",
        Unit::Count,
        MOST_CONTEXTS as u64,
        "Contexts of one VM at the bridge of programs.",
        "each is two short texts",
    ),
    LimitRow::fixed(
        "bridge-questions",
        Unit::Count,
        MOST_QUESTIONS as u64,
        "Calls of one VM's programs that wait at the bridge of programs.",
        "as many as a client answers",
    ),
    LimitRow::fixed(
        "bridge-answer",
        Unit::Time,
        ANSWER_MS,
        "How long the bridge of programs waits for its sidecar.",
        "an answer takes that long only where nobody fetches events",
    ),
];
