//! Options of a socket: what the guest may set about its own, within bounds that keep the kernel's memory its own.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::net::sockopt;

use super::{Family, NetError};

/// The least and the most bytes of buffer that a socket is asked to have each way.
const BUFFER_BYTES: (u64, u64) = (4 << 10, 1 << 20);
/// The longest keep-alive time that kernels take, in seconds.
const LONGEST_KEEP_ALIVE: u64 = 32_767;
/// The most keep-alive probes that kernels take.
const MOST_PROBES: u32 = 127;

/// The options of one socket.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    descriptor: BorrowedFd<'a>,
    family: Family,
}

impl<'a> Options<'a> {
    pub(super) fn new(descriptor: BorrowedFd<'a>, family: Family) -> Self {
        Self { descriptor, family }
    }

    /// Whether an idle connection is probed.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn keep_alive(self) -> Result<bool, NetError> {
        Ok(sockopt::socket_keepalive(self.descriptor)?)
    }

    /// Sets whether an idle connection is probed.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn set_keep_alive(self, on: bool) -> Result<(), NetError> {
        Ok(sockopt::set_socket_keepalive(self.descriptor, on)?)
    }

    /// How long a connection is idle before it is probed.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn keep_alive_idle(self) -> Result<Duration, NetError> {
        Ok(sockopt::tcp_keepidle(self.descriptor)?)
    }

    /// Sets it, in whole seconds within what kernels take.
    ///
    /// # Errors
    ///
    /// It is zero; or the operating system's.
    pub fn set_keep_alive_idle(self, time: Duration) -> Result<(), NetError> {
        Ok(sockopt::set_tcp_keepidle(self.descriptor, seconds(time)?)?)
    }

    /// The time between two probes.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn keep_alive_interval(self) -> Result<Duration, NetError> {
        Ok(sockopt::tcp_keepintvl(self.descriptor)?)
    }

    /// Sets it, in whole seconds within what kernels take.
    ///
    /// # Errors
    ///
    /// It is zero; or the operating system's.
    pub fn set_keep_alive_interval(self, time: Duration) -> Result<(), NetError> {
        Ok(sockopt::set_tcp_keepintvl(self.descriptor, seconds(time)?)?)
    }

    /// How many probes go unanswered before the connection is given up.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn keep_alive_count(self) -> Result<u32, NetError> {
        Ok(sockopt::tcp_keepcnt(self.descriptor)?)
    }

    /// Sets it, within what kernels take.
    ///
    /// # Errors
    ///
    /// It is zero; or the operating system's.
    pub fn set_keep_alive_count(self, count: u32) -> Result<(), NetError> {
        let count = positive(count)?.min(MOST_PROBES);
        Ok(sockopt::set_tcp_keepcnt(self.descriptor, count)?)
    }

    /// How many routers a packet passes at most.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn hop_limit(self) -> Result<u8, NetError> {
        match self.family {
            Family::V4 => {
                let hops = sockopt::ip_ttl(self.descriptor)?;
                u8::try_from(hops).map_err(|_| NetError::Unknown)
            }
            Family::V6 => Ok(sockopt::ipv6_unicast_hops(self.descriptor)?),
        }
    }

    /// Sets it.
    ///
    /// # Errors
    ///
    /// It is zero; or the operating system's.
    pub fn set_hop_limit(self, hops: u8) -> Result<(), NetError> {
        let hops = positive(hops)?;
        match self.family {
            Family::V4 => sockopt::set_ip_ttl(self.descriptor, u32::from(hops))?,
            Family::V6 => sockopt::set_ipv6_unicast_hops(self.descriptor, Some(hops))?,
        }
        Ok(())
    }

    /// Bytes of the receive buffer.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn receive_buffer(self) -> Result<u64, NetError> {
        Ok(asked(sockopt::socket_recv_buffer_size(self.descriptor)?))
    }

    /// Sets it, within bounds.
    ///
    /// # Errors
    ///
    /// It is zero; or the operating system's.
    pub fn set_receive_buffer(self, bytes: u64) -> Result<(), NetError> {
        Ok(sockopt::set_socket_recv_buffer_size(
            self.descriptor,
            bounded(bytes)?,
        )?)
    }

    /// Bytes of the send buffer.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn send_buffer(self) -> Result<u64, NetError> {
        Ok(asked(sockopt::socket_send_buffer_size(self.descriptor)?))
    }

    /// Sets it, within bounds.
    ///
    /// # Errors
    ///
    /// It is zero; or the operating system's.
    pub fn set_send_buffer(self, bytes: u64) -> Result<(), NetError> {
        Ok(sockopt::set_socket_send_buffer_size(
            self.descriptor,
            bounded(bytes)?,
        )?)
    }
}

fn positive<T: Default + PartialEq>(number: T) -> Result<T, NetError> {
    if number == T::default() {
        Err(NetError::InvalidArgument)
    } else {
        Ok(number)
    }
}

/// Whole seconds, upwards, so that no time becomes none.
fn seconds(time: Duration) -> Result<Duration, NetError> {
    let time = positive(time)?;
    let whole = time
        .as_secs()
        .saturating_add(u64::from(time.subsec_nanos() > 0));
    Ok(Duration::from_secs(whole.min(LONGEST_KEEP_ALIVE)))
}

fn bounded(bytes: u64) -> Result<usize, NetError> {
    let (least, most) = BUFFER_BYTES;
    usize::try_from(positive(bytes)?.clamp(least, most)).map_err(|_| NetError::InvalidArgument)
}

/// Linux keeps twice of what it is asked for, for its own notes, and tells that.
fn asked(bytes: usize) -> u64 {
    (if cfg!(target_os = "linux") {
        bytes / 2
    } else {
        bytes
    }) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_does_not_size_the_kernels_buffers() {
        assert_eq!(bounded(0), Err(NetError::InvalidArgument));
        assert_eq!(bounded(1), Ok(4 << 10));
        assert_eq!(bounded(u64::MAX), Ok(1 << 20));
    }

    #[test]
    fn keep_alive_times_are_whole_seconds_that_kernels_take() {
        let nanos = |nanos| seconds(Duration::from_nanos(nanos));
        assert_eq!(nanos(0), Err(NetError::InvalidArgument));
        assert_eq!(nanos(1), Ok(Duration::from_secs(1)));
        assert_eq!(nanos(1_500_000_000), Ok(Duration::from_secs(2)));
        assert_eq!(nanos(u64::MAX), Ok(Duration::from_secs(LONGEST_KEEP_ALIVE)));
    }
}
