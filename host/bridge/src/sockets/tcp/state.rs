//! The states of a TCP socket, and what leads from one to the next.

use std::mem;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use tollgate_capability::net::{Connecting, Options, TcpConnection, TcpListener, TcpSocket};
use tollgate_policy::Permit;
use tollgate_world::wasi::sockets::network::IpAddressFamily;
use wasmtime_wasi::p2::Pollable;

use super::super::Refusal;
use super::super::route::Route;
use super::streams::Link;
use crate::fixed::BACKLOG;

/// Where a socket would listen that is bound to nothing: anywhere.
pub(super) const UNBOUND: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0));

/// A TCP socket of a guest.
pub(super) struct Socket {
    pub(super) family: IpAddressFamily,
    backlog: u32,
    pub(super) state: State,
}

/// Binding and listening are done when they begin, and finished when the guest asks.
pub(super) enum State {
    Unbound(TcpSocket),
    BindStarted(TcpSocket),
    Bound(TcpSocket),
    Connecting(Connecting, Route),
    Connected(Link),
    ListenStarted(TcpListener),
    Listening(TcpListener),
    Closed,
}

impl Socket {
    pub(super) fn new(family: IpAddressFamily, socket: TcpSocket) -> Self {
        Self {
            family,
            backlog: BACKLOG,
            state: State::Unbound(socket),
        }
    }

    pub(super) fn accepted(family: IpAddressFamily, link: Link) -> Self {
        Self {
            family,
            backlog: BACKLOG,
            state: State::Connected(link),
        }
    }

    /// The socket to bind.
    pub(super) fn unbound(&self) -> Result<&TcpSocket, Refusal> {
        match &self.state {
            State::Unbound(socket) => Ok(socket),
            State::BindStarted(_) => Err(Refusal::ConcurrencyConflict),
            State::Bound(_)
            | State::Connecting(..)
            | State::Connected(_)
            | State::ListenStarted(_)
            | State::Listening(_)
            | State::Closed => Err(Refusal::InvalidState),
        }
    }

    /// From unbound to binding, once the operating system has bound it.
    pub(super) fn begin_bind(&mut self) {
        self.state = match mem::replace(&mut self.state, State::Closed) {
            State::Unbound(socket) => State::BindStarted(socket),
            other => other,
        };
    }

    pub(super) fn finish_bind(&mut self) -> Result<(), Refusal> {
        match mem::replace(&mut self.state, State::Closed) {
            State::BindStarted(socket) => {
                self.state = State::Bound(socket);
                Ok(())
            }
            other => {
                self.state = other;
                Err(Refusal::NotInProgress)
            }
        }
    }

    pub(super) fn may_connect(&self) -> Result<(), Refusal> {
        match &self.state {
            State::Unbound(_) | State::Bound(_) => Ok(()),
            State::BindStarted(_) | State::Connecting(..) | State::ListenStarted(_) => {
                Err(Refusal::ConcurrencyConflict)
            }
            State::Connected(_) | State::Listening(_) | State::Closed => Err(Refusal::InvalidState),
        }
    }

    /// Begins to connect. What fails is closed.
    pub(super) fn connect(
        &mut self,
        remote: SocketAddr,
        route: Route,
        permit: Permit,
    ) -> Result<(), Refusal> {
        match mem::replace(&mut self.state, State::Closed) {
            State::Unbound(socket) | State::Bound(socket) => {
                self.state = State::Connecting(socket.connect(remote, permit)?, route);
                Ok(())
            }
            other => {
                self.state = other;
                Err(Refusal::InvalidState)
            }
        }
    }

    /// The way to what this socket is connecting to, once it is known what came of it.
    pub(super) fn connecting(&self) -> Result<Route, Refusal> {
        match &self.state {
            State::Connecting(connecting, route) if connecting.is_over() => Ok(route.clone()),
            State::Connecting(..) => Err(Refusal::WouldBlock),
            State::Unbound(_)
            | State::BindStarted(_)
            | State::Bound(_)
            | State::Connected(_)
            | State::ListenStarted(_)
            | State::Listening(_)
            | State::Closed => Err(Refusal::NotInProgress),
        }
    }

    /// What came of connecting. What failed is closed.
    pub(super) fn connected(&mut self, permit: Permit) -> Result<TcpConnection, Refusal> {
        match mem::replace(&mut self.state, State::Closed) {
            State::Connecting(connecting, _) => Ok(connecting.finish(permit)?),
            other => {
                self.state = other;
                Err(Refusal::NotInProgress)
            }
        }
    }

    /// Where it would listen; nowhere when it is not bound.
    pub(super) fn may_listen(&self) -> Result<Option<SocketAddr>, Refusal> {
        match &self.state {
            State::Bound(socket) => Ok(Some(socket.local_address()?)),
            State::Unbound(_) => Ok(None),
            State::BindStarted(_) | State::Connecting(..) | State::ListenStarted(_) => {
                Err(Refusal::ConcurrencyConflict)
            }
            State::Connected(_) | State::Listening(_) | State::Closed => Err(Refusal::InvalidState),
        }
    }

    /// Listens. What fails is closed; what is bound to nothing stays as it is.
    pub(super) fn listen(&mut self, permit: Permit) -> Result<(), Refusal> {
        match mem::replace(&mut self.state, State::Closed) {
            State::Bound(socket) => {
                self.state = State::ListenStarted(socket.listen(self.backlog, permit)?);
                Ok(())
            }
            other => {
                self.state = other;
                Err(Refusal::InvalidState)
            }
        }
    }

    pub(super) fn finish_listen(&mut self) -> Result<(), Refusal> {
        match mem::replace(&mut self.state, State::Closed) {
            State::ListenStarted(listener) => {
                self.state = State::Listening(listener);
                Ok(())
            }
            other => {
                self.state = other;
                Err(Refusal::NotInProgress)
            }
        }
    }

    pub(super) fn listening(&self) -> Result<&TcpListener, Refusal> {
        match &self.state {
            State::Listening(listener) => Ok(listener),
            _ => Err(Refusal::InvalidState),
        }
    }

    pub(super) fn link(&self) -> Result<&Link, Refusal> {
        match &self.state {
            State::Connected(link) => Ok(link),
            _ => Err(Refusal::InvalidState),
        }
    }

    pub(super) fn local_address(&self) -> Result<SocketAddr, Refusal> {
        Ok(match &self.state {
            State::Bound(socket) => socket.local_address()?,
            State::Connecting(connecting, _) => connecting.local_address()?,
            State::Connected(link) => link.wire.connection.local_address()?,
            State::ListenStarted(listener) | State::Listening(listener) => listener.local_address(),
            State::Unbound(_) | State::BindStarted(_) | State::Closed => {
                return Err(Refusal::InvalidState);
            }
        })
    }

    pub(super) fn set_backlog(&mut self, size: u64) -> Result<(), Refusal> {
        if size == 0 {
            return Err(Refusal::InvalidArgument);
        }
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        match &self.state {
            State::Connecting(..) | State::Connected(_) | State::Closed => {
                return Err(Refusal::InvalidState);
            }
            State::ListenStarted(listener) | State::Listening(listener) => {
                listener.set_backlog(size)?;
            }
            State::Unbound(_) | State::BindStarted(_) | State::Bound(_) => {}
        }
        self.backlog = size;
        Ok(())
    }

    pub(super) fn options(&self) -> Result<Options<'_>, Refusal> {
        Ok(match &self.state {
            State::Unbound(socket) | State::BindStarted(socket) | State::Bound(socket) => {
                socket.options()
            }
            State::Connecting(connecting, _) => connecting.options(),
            State::Connected(link) => link.wire.connection.options(),
            State::ListenStarted(listener) | State::Listening(listener) => listener.options(),
            State::Closed => return Err(Refusal::InvalidState),
        })
    }
}

#[async_trait::async_trait]
impl Pollable for Socket {
    async fn ready(&mut self) {
        match &self.state {
            State::Connecting(connecting, _) => connecting.over().await,
            State::Listening(listener) => listener.arrivals().await,
            // Nothing is under way, so the answer to any question is there.
            State::Unbound(_)
            | State::BindStarted(_)
            | State::Bound(_)
            | State::Connected(_)
            | State::ListenStarted(_)
            | State::Closed => {}
        }
    }
}
