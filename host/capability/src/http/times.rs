//! How long a request may wait for its peer.

use std::time::Duration;

/// How long a request waits for its peer. The wall limit of the run stands above all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// For the lookup of the name, and as long again for a connection, TLS included; the addresses of a name share that.
    pub connect: Duration,
    /// From the last byte of the request that went out until the answer's fields are there.
    pub first_byte: Duration,
    /// From one piece of the answer's body to the next.
    pub between_bytes: Duration,
}

/// More than any peer is waited for, and little enough for every clock.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

impl Default for Times {
    /// A connection within 30 seconds: four lost packets of a handshake are sent again by then. An answer within 60,
    /// which is what the common proxies grant a server to think, and as much from one piece of it to the next.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            first_byte: Duration::from_secs(60),
            between_bytes: Duration::from_secs(60),
        }
    }
}

impl Times {
    /// What somebody asked for, with the defaults for the rest. Any duration is fine: none and ages are no mistake.
    #[must_use]
    pub fn asked(
        connect: Option<Duration>,
        first_byte: Option<Duration>,
        between_bytes: Option<Duration>,
    ) -> Self {
        let default = Self::default();
        let of = |asked: Option<Duration>, default: Duration| asked.unwrap_or(default).min(LONGEST);
        Self {
            connect: of(connect, default.connect),
            first_byte: of(first_byte, default.first_byte),
            between_bytes: of(between_bytes, default.between_bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a20_every_duration_is_one_that_clocks_can_add() {
        for asked in [
            Duration::ZERO,
            Duration::from_nanos(1),
            Duration::from_nanos(u64::MAX),
            Duration::MAX,
        ] {
            let times = Times::asked(Some(asked), Some(asked), Some(asked));
            for time in [times.connect, times.first_byte, times.between_bytes] {
                assert!(time <= asked && std::time::Instant::now().checked_add(time).is_some());
            }
        }
        assert_eq!(Times::asked(None, None, None), Times::default());
    }
}
