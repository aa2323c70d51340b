//! The network side of one operation, read once per decision.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::net::address::Forms;
use crate::net::name;
use crate::operation::{NetworkTarget, Operation, Transport};
use crate::verb::NetworkVerb;

/// The far end of an operation (or the near one of a bind).
#[derive(Clone, Debug)]
pub(crate) struct Peer<'a> {
    /// The name that the guest used.
    pub(crate) name: Named<'a>,
    /// The address that will be dialled or bound.
    pub(crate) address: Option<Forms>,
    pub(crate) port: Option<u16>,
    /// Whether it is over IP or the resolver at all.
    pub(crate) internet: bool,
    /// Whether the port does not matter, since nothing is dialled yet.
    pub(crate) lookup: bool,
}

/// What the guest wrote as the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// Nothing.
    Nothing,
    /// A name, in its one spelling.
    Name(Cow<'a, str>),
    /// Something that is neither a name nor an address.
    Nonsense,
}

impl<'a> Peer<'a> {
    /// The peer of a network or HTTP operation; `None` for the others.
    pub(crate) fn of(operation: &Operation<'a>) -> Option<Self> {
        match *operation {
            Operation::Network { verb, target } => Some(Self::of_target(verb, target)),
            Operation::Incoming {
                transport, local, ..
            } => Some(Self::of_target(
                NetworkVerb::Listen,
                NetworkTarget::at(transport, local),
            )),
            Operation::Http {
                host, port, addr, ..
            } => Some(Self::new(Some(host), addr, Some(port), true, false)),
            _ => None,
        }
    }

    fn of_target(verb: NetworkVerb, target: NetworkTarget<'a>) -> Self {
        let internet = target.transport != Transport::Unix;
        let lookup = verb == NetworkVerb::Resolve;
        Self::new(target.host, target.addr, target.port, internet, lookup)
    }

    fn new(
        host: Option<&'a str>,
        addr: Option<IpAddr>,
        port: Option<u16>,
        internet: bool,
        lookup: bool,
    ) -> Self {
        let literal = host.and_then(literal);
        let (name, address) = match (host, literal, addr) {
            (None, _, addr) => (Named::Nothing, addr),
            // A literal that isn't what will be dialled: somebody confused two requests.
            (Some(_), Some(literal), Some(addr))
                if literal.to_canonical() != addr.to_canonical() =>
            {
                (Named::Nonsense, Some(addr))
            }
            (Some(_), Some(literal), addr) => (Named::Nothing, addr.or(Some(literal))),
            (Some(host), None, addr) => match name::normalised(host) {
                Ok(name) => (Named::Name(name), addr),
                Err(_) => (Named::Nonsense, addr),
            },
        };
        Self {
            name,
            address: address.map(Forms::of),
            port,
            internet,
            lookup,
        }
    }

    /// The same operation before the lookup, when there was a name to look up: a name must be
    /// granted of itself, or a grant of an address block would admit every name that leads into it.
    pub(crate) fn before_lookup(&self) -> Option<Self> {
        match (&self.name, self.address) {
            (Named::Name(_) | Named::Nonsense, Some(_)) => Some(Self {
                address: None,
                ..self.clone()
            }),
            _ => None,
        }
    }
}

/// An address in the only spellings that every reader agrees on, with or without the brackets of a
/// URL. `127.1`, `0x7f.1` and `2130706433` are none.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match bare {
        Some(bare) => bare.parse().ok().map(IpAddr::V6),
        None => host.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(host: &str) -> Named<'_> {
        Peer::new(Some(host), None, None, true, true).name
    }

    #[test]
    fn i83_only_plain_spellings_are_addresses() {
        assert_eq!(literal("127.0.0.1"), Some([127, 0, 0, 1].into()));
        assert_eq!(literal("[::1]"), Some("::1".parse().unwrap()));
        assert_eq!(literal("::1"), Some("::1".parse().unwrap()));
        for odd in [
            "127.1",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "2130706433",
            "127.0.0.1.",
            "[127.0.0.1]",
            "[::1",
            "127.0.0.01",
        ] {
            assert_eq!(literal(odd), None, "{odd}");
            assert_eq!(named(odd), Named::Nonsense, "{odd}");
        }
    }

    #[test]
    fn a_literal_that_is_not_what_is_dialled_is_nonsense() {
        let peer = Peer::new(
            Some("1.1.1.1"),
            Some([127, 0, 0, 1].into()),
            Some(80),
            true,
            false,
        );
        assert_eq!(peer.name, Named::Nonsense);
        let peer = Peer::new(
            Some("::ffff:1.1.1.1"),
            Some([1, 1, 1, 1].into()),
            Some(80),
            true,
            false,
        );
        assert_eq!(peer.name, Named::Nothing);
    }
}
