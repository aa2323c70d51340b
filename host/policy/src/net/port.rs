//! Ports of a grant: a number, a range `a-b`, or any.

use std::fmt;

use thiserror::Error;

/// A text that names no ports.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PortError {
    /// It is no number, range or `*`.
    #[error("a port is a number from 1 to 65535, a range `a-b`, or `*`")]
    NotAPort,
    /// The range ends before it begins.
    #[error("the range of ports ends before it begins")]
    Backwards,
}

/// A range of ports, both ends within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ports {
    first: u16,
    last: u16,
}

impl Ports {
    pub(crate) const ANY: Self = Self {
        first: 0,
        last: u16::MAX,
    };

    /// Reads `443`, `8000-8999` or `*`.
    pub(crate) fn parse(text: &str) -> Result<Self, PortError> {
        if text == "*" {
            return Ok(Self::ANY);
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let ports = Self {
            first: number(first)?,
            last: number(last)?,
        };
        if ports.first > ports.last {
            return Err(PortError::Backwards);
        }
        Ok(ports)
    }

    pub(crate) const fn contains(self, port: u16) -> bool {
        self.first <= port && port <= self.last
    }

    pub(crate) fn is_any(self) -> bool {
        self == Self::ANY
    }
}

/// Only plain digits: `+80`, `080` and ` 80` are slips.
fn number(text: &str) -> Result<u16, PortError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    match text.parse() {
        Ok(port) if plain => Ok(port),
        _ => Err(PortError::NotAPort),
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_any() {
            f.write_str("*")
        } else if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_a_number_a_range_or_any() {
        assert_eq!(
            Ports::parse("443"),
            Ok(Ports {
                first: 443,
                last: 443
            })
        );
        assert_eq!(Ports::parse("*"), Ok(Ports::ANY));
        assert_eq!(
            Ports::parse("80-90"),
            Ok(Ports {
                first: 80,
                last: 90
            })
        );
        assert_eq!(Ports::parse("90-80"), Err(PortError::Backwards));
        for text in [
            "", "0", "65536", "+80", "080", " 80", "http", "1-", "-1", "1-2-3", "0-10",
        ] {
            assert_eq!(Ports::parse(text), Err(PortError::NotAPort), "{text}");
        }
    }

    #[test]
    fn a_range_holds_both_its_ends() {
        let ports = Ports {
            first: 80,
            last: 90,
        };
        assert!(ports.contains(80) && ports.contains(90));
        assert!(!ports.contains(79) && !ports.contains(91));
    }
}
