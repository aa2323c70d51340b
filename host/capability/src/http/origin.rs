//! Who a request is for.

use std::net::IpAddr;

use http::HeaderValue;
use http::uri::Authority;
use tollgate_policy::HttpScheme;

/// Who a request is for: scheme, host and port of its URL. Nothing else of a request says that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: HttpScheme,
    host: Box<str>,
    literal: Option<IpAddr>,
    port: u16,
}

/// A text that is no authority that a request may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no host with a port")]
pub struct OriginError;

impl Origin {
    /// Reads `host[:port]`. Userinfo is refused: it names nobody, and is used to look like somebody else. So is a port
    /// that is none, which others would read as the scheme's own.
    ///
    /// # Errors
    ///
    /// The text is something else.
    pub fn parse(scheme: HttpScheme, authority: &str) -> Result<Self, OriginError> {
        let parsed: Authority = authority.parse().map_err(|_| OriginError)?;
        let host = parsed.host();
        if host.is_empty() || authority.contains('@') {
            return Err(OriginError);
        }
        let port = match authority.strip_prefix(host) {
            Some("") => scheme.default_port(),
            Some(rest) => port(rest)?,
            None => return Err(OriginError),
        };
        let host = host.to_ascii_lowercase();
        let literal = literal(&host);
        if host.starts_with('[') && literal.is_none() {
            return Err(OriginError);
        }
        Ok(Self {
            scheme,
            host: host.into(),
            literal,
            port,
        })
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> HttpScheme {
        self.scheme
    }

    /// The host in small letters, an IPv6 address in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address, where the host is one in a spelling that every reader agrees on. An IPv4 address in the spelling of
    /// IPv6 is an IPv4 address: that is what is dialled.
    #[must_use]
    pub fn literal(&self) -> Option<IpAddr> {
        self.literal
    }

    /// The port, the scheme's own where none is written.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host as certificates and `Host` fields know it: without the dot that only ends a lookup.
    pub(super) fn name(&self) -> &str {
        match self.literal {
            Some(_) => &self.host,
            None => self.host.strip_suffix('.').unwrap_or(&self.host),
        }
    }

    /// The `Host` field.
    pub(super) fn field(&self) -> Result<HeaderValue, OriginError> {
        let text = if self.port == self.scheme.default_port() {
            self.name().to_owned()
        } else {
            format!("{}:{}", self.name(), self.port)
        };
        HeaderValue::try_from(text).map_err(|_| OriginError)
    }
}

/// `:80`: plain digits without a leading zero.
fn port(text: &str) -> Result<u16, OriginError> {
    let digits = text.strip_prefix(':').ok_or(OriginError)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match digits.parse() {
        Ok(port) if plain => Ok(port),
        _ => Err(OriginError),
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address: IpAddr = match bare {
        Some(bare) => IpAddr::V6(bare.parse().ok()?),
        None => IpAddr::V4(host.parse().ok()?),
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<IpAddr>, u16, String)> {
        let origin = Origin::parse(HttpScheme::Http, text).ok()?;
        let field = origin.field().unwrap().to_str().unwrap().to_owned();
        Some((
            origin.host().to_owned(),
            origin.literal(),
            origin.port(),
            field,
        ))
    }

    #[test]
    fn a_host_is_read_with_its_port() {
        let loopback = Some(IpAddr::from([127, 0, 0, 1]));
        let six = Some("::1".parse().unwrap());
        for (text, host, literal, port, field) in [
            ("a.example", "a.example", None, 80, "a.example"),
            ("A.Example:80", "a.example", None, 80, "a.example"),
            ("a.example:8080", "a.example", None, 8080, "a.example:8080"),
            ("a.example.", "a.example.", None, 80, "a.example"),
            ("127.0.0.1:81", "127.0.0.1", loopback, 81, "127.0.0.1:81"),
            ("[::1]", "[::1]", six, 80, "[::1]"),
            ("[::1]:8080", "[::1]", six, 8080, "[::1]:8080"),
            (
                "[::ffff:127.0.0.1]",
                "[::ffff:127.0.0.1]",
                loopback,
                80,
                "[::ffff:127.0.0.1]",
            ),
        ] {
            assert_eq!(
                read(text),
                Some((host.to_owned(), literal, port, field.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn i83_odd_spellings_are_no_addresses() {
        for text in [
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "127.0.0.01",
        ] {
            assert_eq!(
                read(text).and_then(|(_, literal, _, _)| literal),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn i83_what_is_no_host_with_a_port_is_refused() {
        for text in [
            "",
            ":80",
            "a@b",
            "a:b@c",
            "a.example:",
            "a.example:0",
            "a.example:080",
            "a.example:65536",
            "a.example:+80",
            "a.example:80:80",
            "a.example/",
            "a.example?",
            "a.example#",
            "a.example\\b",
            "a b",
            "[::1",
            "[::1]x",
            "[127.0.0.1]",
            "[fe80::1%25eth0]",
            "a\r\nHost: b",
            "http://a.example",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
