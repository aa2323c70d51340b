//! How long something took.

use std::time::{Duration, Instant};

/// Runs from when it is made.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn reading(&self) -> Duration {
        self.0.elapsed()
    }
}
