//! The numbers of frames that no run can state.

use tollgate_policy::{LimitRow, Unit};

use crate::limits::{DEFAULT_MAX_FRAME_BYTES, GROWTH};

/// Numbers of this crate that no run can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "frame-bytes",
        Unit::Bytes,
        DEFAULT_MAX_FRAME_BYTES as u64,
        "Bytes of one frame of the sidecar protocol, without its length.",
        "what clients of the protocol expect",
    ),
    LimitRow::fixed(
        "frame-decoded-bytes",
        Unit::Bytes,
        DEFAULT_MAX_FRAME_BYTES as u64 * GROWTH,
        "Memory that the lists of one frame take.",
        "a list of empty texts is 24 times its bytes",
    ),
];
