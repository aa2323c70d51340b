//! `[METHOD ]scheme://host[:port]`, the text of an HTTP grant.

use std::fmt;

use thiserror::Error;

use crate::net::{Direction, Endpoint, EndpointError, Peer};
use crate::operation::{HttpScheme, Operation};
use crate::scope::Mode;
use crate::suggest::Suggestion;
use crate::words::UnknownWord;

/// A text that is no HTTP grant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpGrantError {
    /// There is no `://`.
    #[error("an HTTP grant is `[METHOD ]SCHEME://HOST[:PORT]`{0}")]
    NoScheme(Suggestion),
    /// The scheme is not known.
    #[error(transparent)]
    Scheme(#[from] UnknownWord),
    /// The method has characters that no method has, or lower-case letters: methods are compared
    /// byte by byte, and `get` is not `GET`.
    #[error("a method is written in capital letters{0}")]
    Method(Suggestion),
    /// The host or the port can't be read.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// Grants reach as far as the host; a path after it would promise a check that nobody makes.
    #[error("an HTTP grant ends with host and port; paths and queries are not looked at")]
    Path,
}

/// A compiled HTTP grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpGrant {
    /// `None` is every method.
    method: Option<Box<str>>,
    /// `None` is either scheme.
    scheme: Option<HttpScheme>,
    endpoint: Endpoint,
    /// Whether the port was left out. A grant then means the scheme's own port, as in any URL; a
    /// denial means every port, since leaving one open would be a surprise.
    portless: bool,
}

impl HttpGrant {
    /// Reads `[METHOD ]scheme://host[:port]`; `*` stands for every method, scheme, host or port.
    pub(crate) fn parse(text: &str) -> Result<Self, (usize, HttpGrantError)> {
        let (method, url_at, url) = match text.split_once(' ') {
            Some((method, url)) => (method, method.len() + 1, url),
            None => ("*", 0, text),
        };
        let method = parse_method(method).map_err(|error| (0, error))?;
        let Some((scheme, authority)) = url.split_once("://") else {
            return Err((url_at, HttpGrantError::NoScheme(likely(url))));
        };
        let authority_at = url_at + scheme.len() + "://".len();
        let scheme = match scheme {
            "*" => None,
            scheme => Some(
                scheme
                    .parse()
                    .map_err(|error: UnknownWord| (url_at, error.into()))?,
            ),
        };
        if let Some(path) = path_begin(authority) {
            return Err((authority_at + path, HttpGrantError::Path));
        }
        let endpoint = Endpoint::parse(Direction::Outgoing, authority)
            .map_err(|(offset, error)| (authority_at + offset, error.into()))?;
        let portless = !names_port(authority);
        Ok(Self {
            method,
            scheme,
            endpoint,
            portless,
        })
    }

    pub(crate) fn covers(&self, mode: Mode, operation: &Operation<'_>, peer: &Peer<'_>) -> bool {
        let Operation::Http {
            method,
            scheme,
            port,
            ..
        } = *operation
        else {
            return false;
        };
        let own_port = port == scheme.default_port();
        self.method
            .as_deref()
            .is_none_or(|granted| granted == method)
            && self.scheme.is_none_or(|granted| granted == scheme)
            && (mode == Mode::Deny || !self.portless || own_port)
            && self.endpoint.covers(mode, peer)
    }
}

fn parse_method(text: &str) -> Result<Option<Box<str>>, HttpGrantError> {
    if text == "*" {
        return Ok(None);
    }
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || !text.bytes().all(capital) {
        let upper = text.to_ascii_uppercase();
        let likely = upper != text && upper.bytes().all(capital);
        let suggestion = if likely {
            Suggestion::of(upper)
        } else {
            Suggestion::default()
        };
        return Err(HttpGrantError::Method(suggestion));
    }
    Ok(Some(text.into()))
}

/// What somebody meant who wrote a bare host.
fn likely(url: &str) -> Suggestion {
    match Endpoint::parse(Direction::Outgoing, url) {
        Ok(_) => Suggestion::of(format!("https://{url}")),
        Err(_) => Suggestion::default(),
    }
}

/// Where a path begins; the slash of a block (`10.0.0.0/8`) begins none.
fn path_begin(authority: &str) -> Option<usize> {
    let slash = authority.find(['/', '?', '#'])?;
    let rest = authority.get(slash..)?.strip_prefix('/');
    let is_block = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let address = authority.get(..slash)?;
    let numeric = address
        .bytes()
        .all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'[' | b']'));
    (!(is_block && numeric && address.contains(['.', ':']))).then_some(slash)
}

/// Whether the authority names a port: the last colon stands outside brackets.
fn names_port(authority: &str) -> bool {
    let after = authority.rsplit(']').next().unwrap_or(authority);
    match after.find('/') {
        Some(slash) if after.matches(':').count() > 1 => {
            after.get(slash..).is_some_and(|rest| rest.contains(':'))
        }
        _ => after.contains(':'),
    }
}

impl fmt::Display for HttpGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.scheme.map_or("*", HttpScheme::as_str);
        if let Some(method) = &self.method {
            write!(f, "{method} ")?;
        }
        write!(f, "{scheme}://{}", self.endpoint)
    }
}
