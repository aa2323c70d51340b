//! The states of a UDP socket, and whom it speaks with.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tollgate_capability::net::{NetError, Options, UdpSocket};
use tollgate_policy::Permit;
use tollgate_world::wasi::sockets::network::IpAddressFamily;
use wasmtime_wasi::p2::Pollable;

use super::super::route::Route;
use super::super::{Refusal, SocketResult};

/// A UDP socket of a guest.
pub(super) struct Socket {
    pub(super) family: IpAddressFamily,
    state: State,
    socket: Arc<UdpSocket>,
    /// Counts the pairs of streams: only those of the last one do anything.
    pairs: Arc<AtomicU64>,
    remote: Option<SocketAddr>,
}

/// Binding is done when it begins, and finished when the guest asks.
enum State {
    Unbound,
    BindStarted,
    /// To this address, from the beginning.
    Bound(SocketAddr),
}

/// One pair of streams, as long as there is no later one.
pub(super) struct Association {
    pub(super) family: IpAddressFamily,
    pub(super) socket: Arc<UdpSocket>,
    /// Where the socket is bound.
    pub(super) local: SocketAddr,
    /// The one peer, with the way to it; without, everybody.
    pub(super) peer: Option<(SocketAddr, Route)>,
    pairs: Arc<AtomicU64>,
    number: u64,
}

impl Association {
    pub(super) fn is_current(&self) -> bool {
        self.pairs.load(Ordering::Relaxed) == self.number
    }

    /// # Errors
    ///
    /// A later pair of streams has taken its place.
    pub(super) fn current(&self) -> Result<(), Refusal> {
        if self.is_current() {
            Ok(())
        } else {
            Err(Refusal::InvalidState)
        }
    }
}

impl Socket {
    pub(super) fn new(family: IpAddressFamily, socket: UdpSocket) -> Self {
        Self {
            family,
            state: State::Unbound,
            socket: Arc::new(socket),
            pairs: Arc::default(),
            remote: None,
        }
    }

    pub(super) fn may_bind(&self) -> Result<(), Refusal> {
        match self.state {
            State::Unbound => Ok(()),
            State::BindStarted => Err(Refusal::ConcurrencyConflict),
            State::Bound(_) => Err(Refusal::InvalidState),
        }
    }

    pub(super) fn bind(&mut self, local: SocketAddr, permit: Permit) -> Result<(), Refusal> {
        self.socket.bind(local, permit)?;
        self.state = State::BindStarted;
        Ok(())
    }

    pub(super) fn finish_bind(&mut self) -> Result<(), Refusal> {
        match self.state {
            State::BindStarted => {
                self.state = State::Bound(self.socket.local_address()?);
                Ok(())
            }
            State::Unbound | State::Bound(_) => Err(Refusal::NotInProgress),
        }
    }

    fn bound(&self) -> Result<SocketAddr, Refusal> {
        match self.state {
            State::Bound(local) => Ok(local),
            State::Unbound | State::BindStarted => Err(Refusal::InvalidState),
        }
    }

    /// From now on with `remote` alone.
    pub(super) fn associate(
        &mut self,
        remote: SocketAddr,
        route: Route,
        permit: Permit,
    ) -> Result<Association, Refusal> {
        self.bound()?;
        self.socket.connect(remote, permit)?;
        self.remote = Some(remote);
        self.association(Some((remote, route)))
    }

    /// From now on with everybody.
    pub(super) fn associate_with_anybody(&mut self) -> Result<Association, Refusal> {
        let bound = self.bound()?;
        if self.remote.take().is_some() {
            self.socket.disconnect(bound)?;
        }
        self.association(None)
    }

    fn association(&self, peer: Option<(SocketAddr, Route)>) -> Result<Association, Refusal> {
        let number = self.pairs.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        Ok(Association {
            family: self.family,
            socket: Arc::clone(&self.socket),
            local: self.socket.local_address()?,
            peer,
            pairs: Arc::clone(&self.pairs),
            number,
        })
    }

    pub(super) fn local_address(&self) -> Result<SocketAddr, Refusal> {
        self.bound()?;
        Ok(self.socket.local_address()?)
    }

    pub(super) fn remote_address(&self) -> Result<SocketAddr, Refusal> {
        self.remote.ok_or(Refusal::InvalidState)
    }

    pub(super) fn option<T>(
        &self,
        act: impl FnOnce(Options<'_>) -> Result<T, NetError>,
    ) -> SocketResult<T> {
        Ok(act(self.socket.options()).map_err(Refusal::from)?)
    }
}

#[async_trait::async_trait]
impl Pollable for Socket {
    async fn ready(&mut self) {
        // Binding takes no time, so the answer to any question is there.
    }
}
