//! TCP sockets on their way to a connection, or listening for some.

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{SocketFlags, SocketType, acceptfrom_with, ipproto, sockopt};
use tollgate_policy::{NetworkVerb, Permit};

use super::descriptor::{Watched, address, local_address, open};
use super::error::of_connect;
use super::permit::spend;
use super::room::Place;
use super::{Family, NetError, Options, Sockets, TcpConnection, Way};

/// The longest queue of connections that nobody accepted yet.
const LONGEST_BACKLOG: u32 = 4_096;

impl Sockets {
    /// A TCP socket. It is bound to nothing and speaks with nobody, which takes no permit.
    ///
    /// # Errors
    ///
    /// There are too many already, or the operating system makes none.
    pub fn tcp(&self, family: Family) -> Result<TcpSocket, NetError> {
        TcpSocket::new(family, self.place()?, self.clone())
    }
}

/// A socket that is not connected and does not listen.
#[derive(Debug)]
pub struct TcpSocket {
    descriptor: OwnedFd,
    family: Family,
    place: Place,
    sockets: Sockets,
}

impl TcpSocket {
    fn new(family: Family, place: Place, sockets: Sockets) -> Result<Self, NetError> {
        let descriptor = open(family, SocketType::STREAM, ipproto::TCP)?;
        Ok(Self {
            descriptor,
            family,
            place,
            sockets,
        })
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> Options<'_> {
        Options::new(self.descriptor.as_fd(), self.family)
    }

    /// Takes a local address.
    ///
    /// # Errors
    ///
    /// The permit is for another address; or the operating system's.
    pub fn bind(&self, local: SocketAddr, permit: Permit) -> Result<(), NetError> {
        spend(permit, NetworkVerb::Bind, local)?;
        if local.port() != 0 {
            // A port that a connection of before has not quite left is free for whoever names it.
            sockopt::set_socket_reuseaddr(&self.descriptor, true)?;
        }
        Ok(rustix::net::bind(&self.descriptor, &local)?)
    }

    /// The address that it is bound to.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn local_address(&self) -> Result<SocketAddr, NetError> {
        local_address(self.descriptor.as_fd())
    }

    /// Listens on the address that it is bound to, with a queue of at most `backlog` connections.
    ///
    /// # Errors
    ///
    /// The permit is for another address; or the operating system's.
    pub fn listen(self, backlog: u32, permit: Permit) -> Result<TcpListener, NetError> {
        let local = self.local_address()?;
        spend(permit, NetworkVerb::Listen, local)?;
        rustix::net::listen(&self.descriptor, length(backlog))?;
        Ok(TcpListener {
            descriptor: Watched::new(self.descriptor)?,
            family: self.family,
            local,
            sockets: self.sockets,
            _place: self.place,
        })
    }

    /// Begins to connect.
    ///
    /// # Errors
    ///
    /// The permit is for another address; or the operating system's.
    pub fn connect(self, remote: SocketAddr, permit: Permit) -> Result<Connecting, NetError> {
        spend(permit, NetworkVerb::Connect, remote)?;
        match rustix::net::connect(&self.descriptor, &remote) {
            Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(Connecting {
                descriptor: Watched::new(self.descriptor)?,
                family: self.family,
                remote,
                place: self.place,
            }),
            Err(error) => Err(of_connect(error)),
        }
    }
}

/// A connection that is being made.
#[derive(Debug)]
pub struct Connecting {
    descriptor: Watched,
    family: Family,
    remote: SocketAddr,
    place: Place,
}

impl Connecting {
    /// Its options.
    #[must_use]
    pub fn options(&self) -> Options<'_> {
        Options::new(self.descriptor.as_fd(), self.family)
    }

    /// The address that it has here.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn local_address(&self) -> Result<SocketAddr, NetError> {
        local_address(self.descriptor.as_fd())
    }

    /// Whether it is known what came of it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.descriptor.is_writable()
    }

    /// Waits until it is known what came of it. Dropping the future gives up waiting, and the connection goes on.
    pub async fn over(&self) {
        self.descriptor.writable().await;
    }

    /// The connection, or why there is none.
    ///
    /// # Errors
    ///
    /// The permit is for another address; what the other end or the operating system says; or it is not known yet
    /// (`WouldBlock`).
    pub fn finish(self, permit: Permit) -> Result<TcpConnection, NetError> {
        spend(permit, NetworkVerb::Connect, self.remote)?;
        if !self.is_over() {
            return Err(NetError::WouldBlock);
        }
        sockopt::socket_error(&self.descriptor)?.map_err(of_connect)?;
        let way = Way::Dialled {
            remote: self.remote,
        };
        Ok(TcpConnection::new(
            self.descriptor,
            self.family,
            way,
            self.place,
        ))
    }
}

/// A socket that listens.
#[derive(Debug)]
pub struct TcpListener {
    descriptor: Watched,
    family: Family,
    local: SocketAddr,
    sockets: Sockets,
    _place: Place,
}

/// A connection from outside, of which nobody has decided yet.
#[derive(Debug)]
pub struct Arrived {
    connection: TcpConnection,
    local: SocketAddr,
    peer: SocketAddr,
}

impl TcpListener {
    /// Its options.
    #[must_use]
    pub fn options(&self) -> Options<'_> {
        Options::new(self.descriptor.as_fd(), self.family)
    }

    /// The address that it listens on.
    #[must_use]
    pub fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Changes the length of the queue.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn set_backlog(&self, backlog: u32) -> Result<(), NetError> {
        Ok(rustix::net::listen(&self.descriptor, length(backlog))?)
    }

    /// Whether somebody waits to be accepted.
    #[must_use]
    pub fn has_arrivals(&self) -> bool {
        self.descriptor.is_readable()
    }

    /// Waits until somebody waits to be accepted. Dropping the future gives up waiting.
    pub async fn arrivals(&self) {
        self.descriptor.readable().await;
    }

    /// Takes a connection out of the queue; nothing when there is none.
    ///
    /// # Errors
    ///
    /// The permit is for another address; there are too many sockets; or the operating system's.
    pub fn accept(&self, permit: Permit) -> Result<Option<Arrived>, NetError> {
        spend(permit, NetworkVerb::Listen, self.local)?;
        let place = self.sockets.place()?;
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let (descriptor, peer) = match acceptfrom_with(&self.descriptor, flags) {
            Ok((descriptor, Some(peer))) => (descriptor, address(peer)?),
            Ok((_, None)) => return Err(NetError::ConnectionAborted),
            Err(Errno::AGAIN | Errno::INTR) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let way = Way::Accepted {
            local: self.local,
            peer,
        };
        let connection = TcpConnection::new(Watched::new(descriptor)?, self.family, way, place);
        Ok(Some(Arrived {
            connection,
            local: self.local,
            peer,
        }))
    }
}

impl Arrived {
    /// Who it is.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Lets it in.
    ///
    /// # Errors
    ///
    /// The permit is for another address.
    pub fn admit(self, permit: Permit) -> Result<TcpConnection, NetError> {
        spend(permit, NetworkVerb::Listen, self.local)?;
        Ok(self.connection)
    }
}

fn length(backlog: u32) -> i32 {
    i32::try_from(backlog.clamp(1, LONGEST_BACKLOG)).unwrap_or(1)
}
