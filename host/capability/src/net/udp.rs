//! Datagrams.

use std::net::SocketAddr;
use std::os::fd::AsFd;

use bytes::{Bytes, BytesMut};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketType, ipproto};
use tollgate_policy::{NetworkVerb, Permit};

use super::descriptor::{Watched, address, local_address, open};
use super::error::of_connect;
use super::permit::spend;
use super::room::Place;
use super::{Family, NetError, Options, Sockets};
use crate::WrongPermit;

/// Room for the largest datagram that there is.
const DATAGRAM_BYTES: usize = 64 << 10;

impl Sockets {
    /// A UDP socket. It is bound to nothing and speaks with nobody, which takes no permit.
    ///
    /// # Errors
    ///
    /// There are too many already, or the operating system makes none.
    pub fn udp(&self, family: Family) -> Result<UdpSocket, NetError> {
        UdpSocket::new(family, self.place()?)
    }
}

/// A UDP socket.
#[derive(Debug)]
pub struct UdpSocket {
    descriptor: Watched,
    family: Family,
    _place: Place,
}

impl UdpSocket {
    fn new(family: Family, place: Place) -> Result<Self, NetError> {
        let descriptor = open(family, SocketType::DGRAM, ipproto::UDP)?;
        Ok(Self {
            descriptor: Watched::new(descriptor)?,
            family,
            _place: place,
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

    /// Fixes the peer, so that the kernel hands on what it says and nobody else.
    ///
    /// # Errors
    ///
    /// The permit is for another address; or the operating system's.
    pub fn connect(&self, remote: SocketAddr, permit: Permit) -> Result<(), NetError> {
        spend(permit, NetworkVerb::Connect, remote)?;
        rustix::net::connect(&self.descriptor, &remote).map_err(of_connect)
    }

    /// Lets the peer go; the socket keeps the address that it was bound to.
    ///
    /// # Errors
    ///
    /// The operating system's: among others that somebody took the port meanwhile.
    pub fn disconnect(&self, bound: SocketAddr) -> Result<(), NetError> {
        rustix::net::connect_unspec(&self.descriptor)?;
        // The kernel gives a port back with the peer when it had chosen it itself.
        if self.local_address()?.port() != bound.port() {
            rustix::net::bind(&self.descriptor, &bound)?;
        }
        Ok(())
    }

    /// Who sent the datagram that waits in front, if one does. It stays where it is.
    ///
    /// # Errors
    ///
    /// What came of an earlier datagram, or the operating system's.
    pub fn next_source(&self) -> Result<Option<SocketAddr>, NetError> {
        let mut nothing = [0; 1];
        match rustix::net::recvfrom(&self.descriptor, &mut nothing[..], RecvFlags::PEEK) {
            Ok((_, _, Some(source))) => Ok(Some(address(source)?)),
            Ok((_, _, None)) => Err(NetError::Unknown),
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Throws the datagram in front away, unread.
    pub fn discard(&self) {
        let mut nothing = [0; 1];
        // Whatever comes of it is said by the next look.
        let _next_time = rustix::net::recv(&self.descriptor, &mut nothing[..], RecvFlags::empty());
    }

    /// Receives the datagram in front, if there is one and it is of `source`: with a permit to listen where this socket
    /// is bound, or to connect to the source.
    ///
    /// # Errors
    ///
    /// The permit is for something else; or the operating system's.
    pub fn receive(&self, source: SocketAddr, permit: Permit) -> Result<Option<Bytes>, NetError> {
        let local = self.local_address()?;
        if !permit.covers_network(NetworkVerb::Connect, source.ip(), source.port()) {
            spend(permit, NetworkVerb::Listen, local)?;
        }
        let mut buffer = BytesMut::zeroed(DATAGRAM_BYTES);
        match rustix::net::recvfrom(&self.descriptor, &mut buffer[..], RecvFlags::empty()) {
            Ok((received, _, Some(from))) => {
                buffer.truncate(received);
                // A short datagram must not keep the room for the largest one.
                let bytes = Bytes::copy_from_slice(&buffer);
                Ok((address(from)? == source).then_some(bytes))
            }
            Ok((_, _, None)) | Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends one datagram; nothing is sent (`false`) when it would have to wait.
    ///
    /// # Errors
    ///
    /// The permit is for another address; or the operating system's.
    pub fn send(&self, bytes: &[u8], to: Recipient, permit: Permit) -> Result<bool, NetError> {
        let address = to.address();
        if !permit.covers_network(NetworkVerb::Send, address.ip(), address.port()) {
            return Err(WrongPermit.into());
        }
        let sent = match to {
            Recipient::Peer(_) => rustix::net::send(&self.descriptor, bytes, SendFlags::NOSIGNAL),
            Recipient::Anybody(address) => {
                rustix::net::sendto(&self.descriptor, bytes, SendFlags::NOSIGNAL, &address)
            }
        };
        match sent {
            Ok(_) => Ok(true),
            Err(Errno::AGAIN | Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a datagram can be sent at once.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.descriptor.is_writable()
    }

    /// Waits until a datagram or an error can be received. Dropping the future gives up waiting.
    pub async fn readable(&self) {
        self.descriptor.readable().await;
    }

    /// Waits until a datagram can be sent. Dropping the future gives up waiting.
    pub async fn writable(&self) {
        self.descriptor.writable().await;
    }
}

/// Where a datagram goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// To the peer that the socket was connected to, which is this one.
    Peer(SocketAddr),
    /// To this address, from a socket without a peer.
    Anybody(SocketAddr),
}

impl Recipient {
    /// The address.
    #[must_use]
    pub fn address(self) -> SocketAddr {
        match self {
            Self::Peer(address) | Self::Anybody(address) => address,
        }
    }
}
