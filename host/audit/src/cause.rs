//! A system error as a value.

use std::fmt;
use std::io;

/// A system error that can be copied to everybody who waits for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IoCause {
    /// The portable kind.
    pub kind: io::ErrorKind,
    /// The system's number, if it came from the system.
    pub code: Option<i32>,
}

impl fmt::Display for IoCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => io::Error::from_raw_os_error(code).fmt(f),
            None => self.kind.fmt(f),
        }
    }
}

impl From<io::Error> for IoCause {
    fn from(error: io::Error) -> IoCause {
        IoCause {
            kind: error.kind(),
            code: error.raw_os_error(),
        }
    }
}

impl From<rustix::io::Errno> for IoCause {
    fn from(error: rustix::io::Errno) -> IoCause {
        io::Error::from(error).into()
    }
}
