//! What the sidecar takes from the machine it runs on.

use std::sync::Arc;
use std::time::SystemTime;

use tollgate_vfs::{Clock, Timestamp};

/// The time of files.
pub(crate) fn clock() -> Clock {
    Arc::new(|| Timestamp::from_system_time(SystemTime::now()))
}
