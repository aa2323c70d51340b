//! The numbers of the HTTP client that nobody can state.

use tollgate_policy::{LimitRow, Unit};

use super::{exchange, tls};

/// The requests of one run that may be on their way at a time. Each can hold a descriptor, two pieces of a body each way
/// and an open record; a guest that fetches pages needs some dozens.
pub const MOST_REQUESTS: usize = 64;

/// Numbers of the HTTP client that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "http-requests",
        Unit::Count,
        MOST_REQUESTS as u64,
        "HTTP requests of a run that are on their way at a time.",
        "each can hold a descriptor and pieces of two bodies; a guest that fetches pages needs some dozens",
    ),
    LimitRow::fixed(
        "http-answer-fields",
        Unit::Count,
        exchange::MOST_FIELDS as u64,
        "Header fields of one HTTP answer.",
        "parsing takes room for each, and common servers send some dozens",
    ),
    LimitRow::fixed(
        "authority-file-bytes",
        Unit::Bytes,
        tls::MOST_AUTHORITY_BYTES,
        "Length of a file of certificate authorities.",
        "four times what systems ship; it is read as a whole",
    ),
];
