//! The descriptor of a socket, and waiting for it.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::net::{
    AddressFamily, Protocol, SocketAddrAny, SocketFlags, SocketType, socket_with, sockopt,
};
use tokio::io::Interest;
use tokio::net::TcpStream;

use super::{Family, NetError};
use crate::poll::wait_for;

/// A socket of the operating system that never blocks. On IPv6 it takes no IPv4 in disguise.
pub(super) fn open(
    family: Family,
    kind: SocketType,
    protocol: Protocol,
) -> Result<OwnedFd, NetError> {
    let domain = match family {
        Family::V4 => AddressFamily::INET,
        Family::V6 => AddressFamily::INET6,
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let descriptor = socket_with(domain, kind, flags, Some(protocol))?;
    if family == Family::V6 {
        sockopt::set_ipv6_v6only(&descriptor, true)?;
    }
    if kind == SocketType::STREAM {
        // A guest's writes come in chunks already; holding small ones back would only make it wait.
        sockopt::set_tcp_nodelay(&descriptor, true)?;
    }
    Ok(descriptor)
}

/// The address in a socket's own words; there are none but those of IP here.
pub(super) fn address(any: SocketAddrAny) -> Result<SocketAddr, NetError> {
    Ok(SocketAddr::try_from(any)?)
}

/// The address that a socket is bound to.
pub(super) fn local_address(descriptor: BorrowedFd<'_>) -> Result<SocketAddr, NetError> {
    address(rustix::net::getsockname(descriptor)?)
}

/// A descriptor that the runtime watches. What may be done with it is asked of the operating system each time, since
/// what the runtime saw of it may be old.
///
/// Of the runtime's type for streams only the watching is used, which is the same for sockets of every kind: it has no
/// waiting for a listener that could be dropped without having accepted.
#[derive(Debug)]
pub(super) struct Watched(TcpStream);

impl Watched {
    pub(super) fn new(descriptor: OwnedFd) -> Result<Self, NetError> {
        Ok(Self(TcpStream::from_std(descriptor.into())?))
    }

    pub(super) fn is_readable(&self) -> bool {
        wait_for(self.as_fd(), PollFlags::IN, Duration::ZERO)
    }

    pub(super) fn is_writable(&self) -> bool {
        wait_for(self.as_fd(), PollFlags::OUT, Duration::ZERO)
    }

    pub(super) async fn readable(&self) {
        self.ready(Interest::READABLE | Interest::ERROR, Self::is_readable)
            .await;
    }

    pub(super) async fn writable(&self) {
        self.ready(Interest::WRITABLE | Interest::ERROR, Self::is_writable)
            .await;
    }

    /// Waits until `is` holds, or the socket is in error, which a socket of datagrams is without being anything else.
    /// Dropping the future gives up waiting.
    async fn ready(&self, interest: Interest, is: fn(&Self) -> bool) {
        loop {
            // Without the runtime's events nobody waits: whatever is done next says what is wrong.
            if self.0.ready(interest).await.is_err() || is(self) {
                return;
            }
            // What the runtime had seen was old: it forgets it, and looks out for the next event.
            let _forgotten = self.0.try_io(interest, || {
                if is(self) {
                    Ok(())
                } else {
                    Err(io::ErrorKind::WouldBlock.into())
                }
            });
        }
    }
}

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
