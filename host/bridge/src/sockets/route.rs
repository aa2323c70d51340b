//! What the bytes of a connection, and the datagrams of a peer, are decided on.

use std::net::SocketAddr;

use tollgate_policy::{NetworkTarget, NetworkVerb, Operation, Transport};

use crate::view::View;

/// How a peer was come by. What is sent and received after that is part of the same: each chunk is decided again, on
/// the same operation, so that one rule covers a connection and its bytes.
#[derive(Debug, Clone)]
pub(super) enum Route {
    /// The guest chose the peer, perhaps by a name that a lookup of this run led from.
    Dialled {
        transport: Transport,
        name: Option<String>,
        remote: SocketAddr,
    },
    /// The peer came to where the guest listens.
    Accepted {
        local: SocketAddr,
        source: SocketAddr,
    },
}

impl Route {
    /// What using it asks for.
    pub(super) fn operation(&self) -> Operation<'_> {
        match self {
            Self::Dialled {
                transport,
                name,
                remote,
            } => outgoing(NetworkVerb::Connect, *transport, name.as_deref(), *remote),
            Self::Accepted { local, source } => Operation::Incoming {
                transport: Transport::Tcp,
                local: *local,
                source: *source,
            },
        }
    }
}

/// `verb` to `remote`, by `name`.
pub(super) fn outgoing<'a>(
    verb: NetworkVerb,
    transport: Transport,
    name: Option<&'a str>,
    remote: SocketAddr,
) -> Operation<'a> {
    let target = NetworkTarget {
        host: name,
        ..NetworkTarget::at(transport, remote)
    };
    Operation::Network { verb, target }
}

/// `verb` at the guest's own address.
pub(super) fn here(
    verb: NetworkVerb,
    transport: Transport,
    local: SocketAddr,
) -> Operation<'static> {
    Operation::Network {
        verb,
        target: NetworkTarget::at(transport, local),
    }
}

impl View<'_> {
    /// The name by which the policy lets this run do `verb` with `remote`: one whose lookup in this very run led there.
    /// Without any the address stands for itself.
    pub(super) fn name_of(
        &self,
        verb: NetworkVerb,
        transport: Transport,
        remote: SocketAddr,
    ) -> Option<String> {
        self.learnt
            .lookups
            .names(remote.ip())
            .find(|name| {
                self.gate
                    .permits(&outgoing(verb, transport, Some(name), remote))
            })
            .map(str::to_owned)
    }

    /// The way to a peer that the guest chose.
    pub(super) fn dialled(&self, transport: Transport, remote: SocketAddr) -> Route {
        Route::Dialled {
            transport,
            name: self.name_of(NetworkVerb::Connect, transport, remote),
            remote,
        }
    }
}
