//! Options of TCP sockets, between the guest's numbers and the host's.

use std::time::Duration;

use tollgate_capability::net::{NetError, Options};

use super::super::{Refusal, SocketResult};
use super::state::Socket;

impl Socket {
    /// Asks or sets an option of a socket that is not closed.
    pub(super) fn option<T>(
        &self,
        act: impl FnOnce(Options<'_>) -> Result<T, NetError>,
    ) -> SocketResult<T> {
        Ok(act(self.options()?).map_err(Refusal::from)?)
    }
}

pub(super) fn duration(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

pub(super) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
