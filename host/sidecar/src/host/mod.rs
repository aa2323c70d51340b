//! What the sidecar takes from the machine it runs on.
#![expect(
    clippy::disallowed_methods,
    reason = "this folder is the sidecar's one door to the clocks of its machine, which no guest reads by it"
)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tollgate_vfs::{Clock, Timestamp};

/// The time of files.
pub(crate) fn clock() -> Clock {
    Arc::new(|| Timestamp::from_system_time(SystemTime::now()))
}

/// A moment, for telling how long ago something was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Instant);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    /// How long ago it was.
    pub(crate) fn age(self) -> Duration {
        self.0.elapsed()
    }
}
