//! A TCP connection, in bytes.

use std::net::SocketAddr;
use std::os::fd::AsFd;

use bytes::{Bytes, BytesMut};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown};
use tollgate_policy::{NetworkVerb, Permit};

use super::descriptor::{Watched, local_address};
use super::permit::spend;
use super::room::Place;
use super::{Family, NetError, Options};
use crate::WrongPermit;

/// How a connection came about, which says what a permit for its bytes is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Opened to `remote`: its bytes are part of connecting there.
    Dialled {
        /// The other end.
        remote: SocketAddr,
    },
    /// Taken from a listener: its bytes are part of listening there.
    Accepted {
        /// Where the listener listens.
        local: SocketAddr,
        /// The other end.
        peer: SocketAddr,
    },
}

impl Way {
    fn spend(self, permit: Permit) -> Result<(), WrongPermit> {
        match self {
            Self::Dialled { remote } => spend(permit, NetworkVerb::Connect, remote),
            Self::Accepted { local, .. } => spend(permit, NetworkVerb::Listen, local),
        }
    }

    /// The other end.
    #[must_use]
    pub fn peer(self) -> SocketAddr {
        match self {
            Self::Dialled { remote } => remote,
            Self::Accepted { peer, .. } => peer,
        }
    }
}

/// Which directions of a connection are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Nothing more is received.
    Receiving,
    /// Nothing more is sent.
    Sending,
    /// Both.
    Both,
}

/// A connection. Dropped, it is closed.
#[derive(Debug)]
pub struct TcpConnection {
    descriptor: Watched,
    family: Family,
    way: Way,
    _place: Place,
}

impl TcpConnection {
    pub(super) fn new(descriptor: Watched, family: Family, way: Way, place: Place) -> Self {
        Self {
            descriptor,
            family,
            way,
            _place: place,
        }
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> Options<'_> {
        Options::new(self.descriptor.as_fd(), self.family)
    }

    /// How it came about.
    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    /// The address that it has here.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn local_address(&self) -> Result<SocketAddr, NetError> {
        local_address(self.descriptor.as_fd())
    }

    /// Receives at most `size` bytes: `None` when there are none yet, nothing at the end.
    ///
    /// # Errors
    ///
    /// The permit is for another connection; or what the other end or the operating system says.
    pub fn receive(&self, size: usize, permit: Permit) -> Result<Option<Bytes>, NetError> {
        self.way.spend(permit)?;
        let mut buffer = BytesMut::zeroed(size);
        match rustix::net::recv(&self.descriptor, &mut buffer[..], RecvFlags::empty()) {
            Ok((received, _)) => {
                buffer.truncate(received);
                Ok(Some(buffer.freeze()))
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends what of `bytes` goes at once, and says how much.
    ///
    /// # Errors
    ///
    /// The permit is for another connection; or what the other end or the operating system says.
    pub fn send(&self, bytes: &[u8], permit: Permit) -> Result<usize, NetError> {
        self.way.spend(permit)?;
        match rustix::net::send(&self.descriptor, bytes, SendFlags::NOSIGNAL) {
            Ok(sent) => Ok(sent),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Closes one direction or both.
    ///
    /// # Errors
    ///
    /// The permit is for another connection; or the operating system's. A connection that is gone already is closed.
    pub fn shut_down(&self, ends: Ends, permit: Permit) -> Result<(), NetError> {
        self.way.spend(permit)?;
        let how = match ends {
            Ends::Receiving => Shutdown::Read,
            Ends::Sending => Shutdown::Write,
            Ends::Both => Shutdown::Both,
        };
        match rustix::net::shutdown(&self.descriptor, how) {
            Ok(()) | Err(Errno::NOTCONN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether something can be sent at once. A connection in error counts as such: sending then says so.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.descriptor.is_writable()
    }

    /// Waits until something, the end or an error can be received. Dropping the future gives up waiting.
    pub async fn readable(&self) {
        self.descriptor.readable().await;
    }

    /// Waits until something can be sent. Dropping the future gives up waiting.
    pub async fn writable(&self) {
        self.descriptor.writable().await;
    }
}
