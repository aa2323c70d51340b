//! The numbers of the transport. Nobody can state them: a caller relies on them.

use std::time::Duration;

use tollgate::policy::{LimitRow, Unit};

/// Bytes of a request as text: input of the greatest length, with every character escaped, and what stands around it.
pub const MAX_REQUEST_BYTES: usize = 8 << 20;
/// Bytes of memory that the values of such a text take. Many small ones take thirty times the text.
pub const MAX_REQUEST_MEMORY: usize = 64 << 20;
/// Bytes of the input, as JSON.
pub const MAX_STDIN_BYTES: usize = 1 << 20;
/// Bytes that a program may write to standard output.
pub const MAX_STDOUT_BYTES: usize = 1 << 20;
/// Bytes that a program may write to standard error.
pub const MAX_STDERR_BYTES: usize = 1 << 20;
/// The time of a request that states none.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_millis(DEFAULT_TIMEOUT_MS);
const DEFAULT_TIMEOUT_MS: u64 = 300_000;
/// Bytes of a program's path.
pub const MAX_PATH_BYTES: usize = 4096;
/// Bytes of all arguments, each with one more; of all variables, name and value each with one more.
pub const MAX_WORDS_BYTES: usize = 1 << 20;
/// Bytes of a program in the source of a language. What it imports has bounds of its own.
pub const MAX_TEXT_BYTES: usize = 16 << 20;
/// Bytes of output that wait to be looked at, while the program waits.
pub(super) const WAITING_OUTPUT: usize = 256 << 10;

const fn bytes(key: &'static str, value: usize, what: &'static str, why: &'static str) -> LimitRow {
    LimitRow::fixed(key, Unit::Bytes, value as u64, what, why)
}

/// Numbers of the transport that nobody can state, for the table of limits.
pub const FIXED: &[LimitRow] = &[
    bytes(
        "exec-request-bytes",
        MAX_REQUEST_BYTES,
        "Length of one request of `tollgate exec`.",
        "input of the greatest length, with every character escaped",
    ),
    bytes(
        "exec-request-memory",
        MAX_REQUEST_MEMORY,
        "Memory that the values of one request of `tollgate exec` take.",
        "input of the greatest length, all of it numbers of one digit",
    ),
    bytes(
        "exec-stdin-bytes",
        MAX_STDIN_BYTES,
        "Length of the JSON that a program of `tollgate exec` gets.",
        "what callers of the transport rely on",
    ),
    bytes(
        "exec-stdout-bytes",
        MAX_STDOUT_BYTES,
        "Length of what such a program may write to standard output; it ends with more.",
        "what callers of the transport rely on",
    ),
    bytes(
        "exec-stderr-bytes",
        MAX_STDERR_BYTES,
        "Length of what such a program may write to standard error; it ends with more.",
        "what callers of the transport rely on",
    ),
    LimitRow::fixed(
        "exec-timeout",
        Unit::Time,
        DEFAULT_TIMEOUT_MS,
        "Time of a request of `tollgate exec` that states none; the limit `wall` may end it sooner.",
        "what callers of the transport rely on",
    ),
    bytes(
        "exec-path-bytes",
        MAX_PATH_BYTES,
        "Length of a program's path.",
        "the longest path that a system takes",
    ),
    bytes(
        "exec-words-bytes",
        MAX_WORDS_BYTES,
        "Length of all arguments of such a program, and of all of its variables.",
        "what systems take",
    ),
    bytes(
        "exec-text-bytes",
        MAX_TEXT_BYTES,
        "Length of the file that such a program in the source of a language begins with.",
        "thirty times the largest bundles of packages",
    ),
    bytes(
        "exec-waiting-output",
        WAITING_OUTPUT,
        "Output of such a program that waits to be looked at.",
        "the program waits meanwhile",
    ),
];
