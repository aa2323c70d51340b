//! What keeps statements from being one policy.

use thiserror::Error;

use crate::bounds::{MOST_PATTERN_BYTES, MOST_PATTERNS};
use crate::rule::Origin;

/// Statements that fit no policy together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BuildError {
    /// Two mounts at one place: which one did the guest get?
    #[error("{first} and {second} both mount at {guest_path}")]
    SamePlace {
        /// The place.
        guest_path: String,
        /// One of them.
        first: Origin,
        /// The other.
        second: Origin,
    },
    /// More than [`MOST_PATTERNS`] patterns, or more than [`MOST_PATTERN_BYTES`] in them.
    #[error(
        "the policy has {count} patterns with {bytes} bytes; at most {MOST_PATTERNS} with {MOST_PATTERN_BYTES} are taken"
    )]
    TooManyPatterns {
        /// How many it has.
        count: usize,
        /// Their bytes together.
        bytes: usize,
    },
}
