//! What a worker is told, and what it answers: a line of JSON, then bytes.

use serde::{Deserialize, Serialize};

/// The longest line. What a worker says about a component that is not valid quotes names of it.
pub(super) const LONGEST_LINE: u64 = 64 << 10;
/// The longest message of a worker.
pub(super) const LONGEST_MESSAGE: usize = 4 << 10;

/// What to compile. The component follows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// The profile, by name.
    pub(super) profile: String,
    /// Bytes of the component.
    pub(super) bytes: u64,
    /// The most memory, in bytes.
    pub(super) memory: u64,
    /// The most processor time, in seconds.
    pub(super) seconds: u64,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// An artifact of so many bytes, which follow.
    Artifact(u64),
    /// The component is not valid, for this reason.
    Invalid(String),
    /// The compiler gave up on it in a way that it has no error for.
    Unreadable,
    /// The system gave it no more memory, or no thread.
    OutOfMemory,
    /// The worker itself could not do its work.
    Failed(String),
}
