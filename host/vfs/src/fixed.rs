//! The numbers of filesystems that nobody can state.

use tollgate_policy::{LimitRow, Unit};

use crate::limits::MAX_TRANSFER_BYTES;
use crate::path::{MAX_CANONICAL_BYTES, MAX_LINKS, MAX_NAME_BYTES, MAX_PATH_BYTES};

/// Numbers of this crate that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "path-bytes",
        Unit::Bytes,
        MAX_PATH_BYTES as u64,
        "Length of a path that a guest hands over.",
        "the longest path of POSIX systems",
    ),
    LimitRow::fixed(
        "name-bytes",
        Unit::Bytes,
        MAX_NAME_BYTES as u64,
        "Length of one name in a path.",
        "the longest name of common filesystems",
    ),
    LimitRow::fixed(
        "canonical-path-bytes",
        Unit::Bytes,
        MAX_CANONICAL_BYTES as u64,
        "Length of a path after links are resolved.",
        "records and patterns hold it",
    ),
    LimitRow::fixed(
        "links",
        Unit::Count,
        MAX_LINKS as u64,
        "Symbolic links that one resolution follows.",
        "what Linux follows",
    ),
    LimitRow::fixed(
        "transfer-bytes",
        Unit::Bytes,
        MAX_TRANSFER_BYTES as u64,
        "Bytes that one read or write of a file moves.",
        "the host holds them; a guest reads on",
    ),
];
