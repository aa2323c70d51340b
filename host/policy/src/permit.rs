//! Permits: proof that policy allowed one operation.

use std::net::IpAddr;

use crate::operation::{HttpScheme, Operation};
use crate::scope::Scope;
use crate::verb::{FsVerb, NetworkVerb, VerbSet};

/// Proof that policy allowed **one** operation.
///
/// It has no `Clone`, no `Copy` and no constructor outside this crate: only a decision makes one,
/// and what acts takes it by value, so that a check can't be spent twice nor be skipped. It says
/// which operation it covers, so that a permit to read can't be spent on a write.
///
/// ```compile_fail
/// # use tollgate_policy::Permit;
/// fn twice(permit: Permit) -> (Permit, Permit) {
///     (permit.clone(), permit)
/// }
/// ```
///
/// ```compile_fail
/// let forged = tollgate_policy::Permit { scope: tollgate_policy::Scope::Fs };
/// ```
#[must_use = "a permit that is not spent is a check without an act"]
#[derive(Debug)]
pub struct Permit {
    scope: Scope,
    operation: &'static str,
    verb: VerbSet,
    peer: Peer,
}

/// Where a permit of the network lets one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Peer {
    address: Option<IpAddr>,
    port: Option<u16>,
    scheme: Option<HttpScheme>,
}

impl Permit {
    pub(crate) fn new(operation: &Operation<'_>) -> Self {
        let (address, port, scheme) = match *operation {
            Operation::Network { target, .. } => (target.addr, target.port, None),
            Operation::Incoming { local, .. } => (Some(local.ip()), Some(local.port()), None),
            Operation::Http {
                scheme, port, addr, ..
            } => (addr, Some(port), Some(scheme)),
            _ => (None, None, None),
        };
        Self {
            scope: operation.scope(),
            operation: operation.name(),
            verb: operation.verb(),
            peer: Peer {
                address,
                port,
                scheme,
            },
        }
    }

    /// The scope that allowed it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// `scope.verb` of the operation that it covers.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether it covers `verb` on the path that was decided about.
    #[must_use]
    pub fn covers_fs(&self, verb: FsVerb) -> bool {
        self.scope == Scope::Fs && self.verb == verb.into()
    }

    /// Whether it covers `verb` with exactly this address and port. A permit that was decided
    /// before the address was known covers none: a name alone must never be dialled.
    #[must_use]
    pub fn covers_network(&self, verb: NetworkVerb, address: IpAddr, port: u16) -> bool {
        self.scope == Scope::Network
            && self.verb == verb.into()
            && self.peer.address == Some(address)
            && self.peer.port == Some(port)
    }

    /// Whether it covers a question to the resolver.
    #[must_use]
    pub fn covers_resolve(&self) -> bool {
        self.scope == Scope::Network && self.verb == NetworkVerb::Resolve.into()
    }

    /// Whether it covers an HTTP request that is sent to exactly this address and port.
    #[must_use]
    pub fn covers_http(&self, scheme: HttpScheme, address: IpAddr, port: u16) -> bool {
        let peer = Peer {
            address: Some(address),
            port: Some(port),
            scheme: Some(scheme),
        };
        self.scope == Scope::Http && self.peer == peer
    }
}
