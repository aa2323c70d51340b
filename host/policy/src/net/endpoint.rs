//! `H[:P]`, the text of a network grant: its grammar, and what it covers.

use std::fmt;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use thiserror::Error;

use super::address::internal_range;
use super::name::{self, NameError};
use super::peer::{Named, Peer};
use super::port::{PortError, Ports};
use crate::scope::Mode;

/// A text that names no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EndpointError {
    /// There is no host.
    #[error("there is no host")]
    NoHost,
    /// The host is neither a name nor an address.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The ports can't be read.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A wildcard anywhere but in front.
    #[error("a wildcard is `*` alone or the first label, as in `*.example.com`")]
    Wildcard,
    /// An IPv6 address without brackets: where the port begins could not be told.
    #[error("an IPv6 address stands in brackets: `[{0}]` or `[{0}]:PORT`")]
    Brackets(String),
    /// A bracket that is not closed, or that holds no IPv6 address.
    #[error("brackets hold an IPv6 address, and what follows them is `:PORT`")]
    BadBrackets,
    /// A block that can't be read.
    #[error("a block is ADDRESS/LENGTH, as in `10.0.0.0/8`")]
    Block,
    /// A block whose address has bits beyond its length: one of the two is a slip.
    #[error("the address has bits beyond the length of the block; did you mean `{0}`?")]
    LooseBlock(IpNet),
    /// A URL where a host belongs.
    #[error("a host stands here, without scheme, path or userinfo")]
    Url,
    /// A list where one host belongs.
    #[error("one host stands here; give the flag (or a list item) once for each")]
    List,
    /// A name where only addresses of this machine make sense.
    #[error("what is listened on is an address, a block, `localhost` or `*`")]
    ListenName,
}

/// Where in the text it went wrong, and how.
type Located<E> = (usize, E);

/// Which way a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Connecting, sending, resolving.
    Outgoing,
    /// Binding and listening.
    Incoming,
}

/// The hosts and ports of a network rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    direction: Direction,
    host: Host,
    ports: Ports,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// `*`
    Any,
    /// `localhost`
    Localhost,
    /// `example.com`
    Name(Box<str>),
    /// `*.example.com`; holds `.example.com`.
    Below(Box<str>),
    /// An address, or a block.
    Block(IpNet),
}

impl Endpoint {
    /// Reads `H[:P]`.
    pub(crate) fn parse(direction: Direction, text: &str) -> Result<Self, Located<EndpointError>> {
        let (host, ports) = split(text)?;
        let ports = match ports {
            Some((offset, ports)) => Ports::parse(ports).map_err(|error| (offset, error.into()))?,
            None => Ports::ANY,
        };
        let host = Host::parse(host).map_err(|error| (0, error))?;
        if direction == Direction::Incoming && matches!(host, Host::Name(_) | Host::Below(_)) {
            return Err((0, EndpointError::ListenName));
        }
        Ok(Self {
            direction,
            host,
            ports,
        })
    }

    /// Whether a rule of this mode on this endpoint speaks about `peer`.
    ///
    /// A grant speaks about what it surely means; a denial about whatever it could mean. The two
    /// differ for internal addresses, for odd spellings, and before an address is known.
    pub(crate) fn covers(&self, mode: Mode, peer: &Peer<'_>) -> bool {
        match mode {
            Mode::Allow | Mode::Ask => self.grants(peer),
            Mode::Deny => self.denies(peer),
        }
    }

    fn grants(&self, peer: &Peer<'_>) -> bool {
        if !peer.internet || peer.name == Named::Nonsense {
            return false;
        }
        peer.port.is_none_or(|port| self.ports.contains(port))
            && match self.direction {
                Direction::Outgoing => self.host.grants_outgoing(peer),
                Direction::Incoming => self.host.grants_incoming(peer),
            }
    }

    fn denies(&self, peer: &Peer<'_>) -> bool {
        let port = match peer.port {
            Some(port) => self.ports.contains(port),
            // Looking a name up is no use of a port that is denied.
            None => !peer.lookup || self.ports.is_any(),
        };
        port && match self.direction {
            Direction::Outgoing => self.host.denies_outgoing(peer),
            Direction::Incoming => self.host.denies_incoming(peer),
        }
    }
}

impl Host {
    fn parse(text: &str) -> Result<Self, EndpointError> {
        if text.contains(',') {
            return Err(EndpointError::List);
        }
        if text.contains("://") || text.contains('@') {
            return Err(EndpointError::Url);
        }
        match text {
            "" => return Err(EndpointError::NoHost),
            "*" => return Ok(Self::Any),
            _ => {}
        }
        if let Some(block) = text.split_once('/') {
            return block_of(block).map(Self::Block);
        }
        if let Ok(address) = unbracketed(text).parse::<IpAddr>() {
            return Ok(Self::Block(canonical_block(IpNet::from(address))));
        }
        if text.starts_with('[') {
            return Err(EndpointError::BadBrackets);
        }
        Self::parse_name(text)
    }

    fn parse_name(text: &str) -> Result<Self, EndpointError> {
        let (wildcard, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.contains(['*', '?']) {
            return Err(EndpointError::Wildcard);
        }
        let name = name::normalised(rest)?;
        Ok(match (wildcard, &*name) {
            (false, "localhost") => Self::Localhost,
            (false, name) => Self::Name(name.into()),
            (true, name) => Self::Below(format!(".{name}").into()),
        })
    }

    fn grants_outgoing(&self, peer: &Peer<'_>) -> bool {
        let public = peer
            .address
            .is_none_or(|address| internal_range(address.raw).is_none());
        match (self, &peer.name) {
            (Self::Any, Named::Name(name)) => public && !name::is_localhost(name),
            (Self::Any, _) => peer.address.is_some() && public,
            (Self::Localhost, name) => match peer.address {
                Some(address) => address.is_loopback(),
                None => matches!(name, Named::Name(name) if name == "localhost"),
            },
            (Self::Name(granted), Named::Name(name)) => public && **granted == **name,
            (Self::Below(suffix), Named::Name(name)) => public && name.ends_with(&**suffix),
            (Self::Name(_) | Self::Below(_), _) => false,
            (Self::Block(block), _) => peer
                .address
                .is_some_and(|address| address.granted_by(block)),
        }
    }

    fn grants_incoming(&self, peer: &Peer<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Localhost => peer.address.is_some_and(|address| address.is_loopback()),
            Self::Block(block) => peer
                .address
                .is_some_and(|address| address.granted_by(block)),
            Self::Name(_) | Self::Below(_) => false,
        }
    }

    fn denies_outgoing(&self, peer: &Peer<'_>) -> bool {
        match (self, &peer.name) {
            (Self::Any, _) => true,
            (Self::Localhost, Named::Name(name)) if name::is_localhost(name) => true,
            (Self::Localhost, _) => peer
                .address
                .is_some_and(|address| LOOPBACK.iter().any(|block| address.denied_by(block))),
            (Self::Name(denied), Named::Name(name)) => **denied == **name,
            (Self::Below(suffix), Named::Name(name)) => name.ends_with(&**suffix),
            (Self::Name(_) | Self::Below(_), _) => false,
            (Self::Block(block), _) => peer.address.is_some_and(|address| address.denied_by(block)),
        }
    }

    /// Listening on the unspecified address is listening on each, the denied one among them.
    fn denies_incoming(&self, peer: &Peer<'_>) -> bool {
        let every = peer.address.is_some_and(|address| address.is_unspecified());
        every || self.denies_outgoing(peer)
    }
}

/// The addresses that `localhost` stands for.
const LOOPBACK: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(
        std::net::Ipv4Addr::new(127, 0, 0, 0),
        8,
    )),
    IpNet::new_assert(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), 128),
];

/// A host, and where its ports begin, with their text.
type Split<'a> = (&'a str, Option<(usize, &'a str)>);

/// Splits host from ports.
fn split(text: &str) -> Result<Split<'_>, Located<EndpointError>> {
    if text.contains("://") {
        return Err((0, EndpointError::Url));
    }
    let port_at = |index: usize| text.get(index + 1..).map(|ports| (index + 1, ports));
    if text.starts_with('[') {
        let Some(close) = text.find(']') else {
            return Err((0, EndpointError::BadBrackets));
        };
        return after_brackets(text, close + 1);
    }
    let colons = text.bytes().filter(|byte| *byte == b':').count();
    // In `fd00::/8:443` the slash tells where the address ends.
    if colons > 1
        && let Some(slash) = text.find('/')
    {
        return Ok(match text.get(slash..).and_then(|rest| rest.find(':')) {
            Some(colon) => (
                text.get(..slash + colon).unwrap_or_default(),
                port_at(slash + colon),
            ),
            None => (text, None),
        });
    }
    if colons > 1 {
        return Err((0, EndpointError::Brackets(text.to_owned())));
    }
    Ok(match text.find(':') {
        Some(colon) => (text.get(..colon).unwrap_or_default(), port_at(colon)),
        None => (text, None),
    })
}

/// Splits what follows `[ADDRESS]`: nothing, `:PORT`, or `/LENGTH` and then either.
fn after_brackets(text: &str, close: usize) -> Result<Split<'_>, Located<EndpointError>> {
    let (host, rest) = text.split_at(close);
    if rest.is_empty() {
        return Ok((host, None));
    }
    let colon = rest.find(':').unwrap_or(rest.len());
    let is_block = rest.starts_with('/');
    if colon != 0 && !is_block {
        return Err((close, EndpointError::BadBrackets));
    }
    let end = close + colon;
    let ports = text.get(end + 1..).map(|ports| (end + 1, ports));
    Ok((text.get(..end).unwrap_or_default(), ports))
}

/// `[::1]` without its brackets, which only IPv6 addresses have.
fn unbracketed(text: &str) -> &str {
    match text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) if inner.contains(':') => inner,
        _ => text,
    }
}

/// The block `ADDRESS/LENGTH`; brackets may stand around the address or around it all.
fn block_of((address, length): (&str, &str)) -> Result<IpNet, EndpointError> {
    let plain: String = match (address.strip_prefix('['), length.strip_suffix(']')) {
        (Some(address), Some(length)) => format!("{address}/{length}"),
        (_, _) => format!("{}/{length}", unbracketed(address)),
    };
    let block: IpNet = plain.parse().map_err(|_| EndpointError::Block)?;
    if block.trunc() != block {
        return Err(EndpointError::LooseBlock(block.trunc()));
    }
    Ok(canonical_block(block))
}

/// A block of IPv4-mapped addresses is a block of IPv4 addresses: that is what sockets talk to.
fn canonical_block(block: IpNet) -> IpNet {
    const MAPPED: u8 = 96;
    let (IpNet::V6(v6), IpAddr::V4(v4)) = (block, block.addr().to_canonical()) else {
        return block;
    };
    let length = v6.prefix_len().checked_sub(MAPPED);
    match length.map(|length| Ipv4Net::new(v4, length)) {
        Some(Ok(v4)) => IpNet::V4(v4),
        Some(Err(_)) | None => block,
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.host)?;
        if self.ports.is_any() {
            Ok(())
        } else {
            write!(f, ":{}", self.ports)
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Localhost => f.write_str("localhost"),
            Self::Name(name) => f.write_str(name),
            Self::Below(suffix) => write!(f, "*{suffix}"),
            Self::Block(block) if block.prefix_len() < block.max_prefix_len() => match block {
                IpNet::V4(block) => write!(f, "{block}"),
                IpNet::V6(block) => write!(f, "[{block}]"),
            },
            Self::Block(block) => match block.addr() {
                IpAddr::V4(address) => write!(f, "{address}"),
                IpAddr::V6(address) => write!(f, "[{address}]"),
            },
        }
    }
}
