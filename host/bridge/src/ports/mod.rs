//! Ports of a network that is no machine's: who listens at them, and the requests that come in.
//!
//! A guest listens by `tollgate:host/http-server`, where its run was given [`Ports`]; a component that exports
//! `wasi:http/incoming-handler` is called with a request. Either answers in the types of `wasi:http`, and whoever asked reads
//! the answer piece by piece, so that a guest that answers faster than it is read waits.

mod exchange;
mod serve;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::sync::mpsc;
use tollgate_engine::Outcome;
use tollgate_policy::{NetworkTarget, NetworkVerb, Operation, Permit, Transport};

pub use self::exchange::{CutOff, NoReply, Posted, Replied, Reply, ReplyBody, post};
pub(crate) use self::exchange::{Taken, request_of};
pub(crate) use self::serve::{Serving, ServingView};

/// Why nobody listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Somebody does already.
    #[error("address already in use")]
    InUse,
    /// No address of this network.
    #[error("address not available")]
    NotAvailable,
    /// The policy says no, or the port is beyond those that may be listened on.
    #[error("permission denied")]
    Denied,
    /// As many ports as may be are listened on.
    #[error("too many servers")]
    TooMany,
    /// The run is in no network of its own.
    #[error("this run has no network in which it could listen")]
    NoNetwork,
    /// The permit is for something else.
    #[error("the permit does not cover the port")]
    Permit,
}

impl Outcome for PortError {
    fn case(&self) -> &'static str {
        self.code()
    }
}

impl PortError {
    /// The code that programs know it by.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InUse => "EADDRINUSE",
            Self::NotAvailable => "EADDRNOTAVAIL",
            Self::Denied => "EACCES",
            Self::TooMany => "EMFILE",
            Self::NoNetwork => "ENOTSUP",
            Self::Permit => "EINVAL",
        }
    }
}

/// The ports of the network that a run is in.
pub trait Ports: Send + Sync + fmt::Debug {
    /// A port that is free, for whoever does not mind which.
    fn free(&self) -> Option<u16>;

    /// Listens at a port, under the host that the program named. The permit is for [`port_operation`] of it.
    ///
    /// # Errors
    ///
    /// See [`PortError`].
    fn listen(&self, host: &str, port: u16, permit: Permit) -> Result<Listener, PortError>;
}

/// A port that is listened at: what comes in, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    requests: mpsc::Receiver<Posted>,
    _held: Box<dyn Held>,
}

/// What is let go of when nobody listens any more.
pub trait Held: Send + Sync + fmt::Debug {}

impl<T: Send + Sync + fmt::Debug> Held for T {}

impl Listener {
    /// A port whose requests come by `requests`; `held` is dropped with it.
    #[must_use]
    pub fn new(requests: mpsc::Receiver<Posted>, held: impl Held + 'static) -> Self {
        Self {
            requests,
            _held: Box::new(held),
        }
    }

    /// The next request; none once nobody can send one any more. Cancelled, none is lost.
    pub async fn next(&mut self) -> Option<Posted> {
        self.requests.recv().await
    }

    /// The next request, if it is there already.
    pub fn try_next(&mut self) -> Option<Posted> {
        self.requests.try_recv().ok()
    }
}

/// Where every port of such a network is reached.
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What is asked of the policy for listening at a port. The network is a loopback, whatever address of it a program names.
#[must_use]
pub fn port_operation(port: u16) -> Operation<'static> {
    Operation::Network {
        verb: NetworkVerb::Serve,
        target: NetworkTarget::at(Transport::Tcp, SocketAddr::new(LOOPBACK, port)),
    }
}

/// Whether a permit is for listening at this port.
#[must_use]
pub fn covers_port(permit: &Permit, port: u16) -> bool {
    permit.covers_network(NetworkVerb::Serve, LOOPBACK, port)
}

/// Whether `host` is an address of such a network.
#[must_use]
pub fn is_local(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || address.is_unspecified(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
