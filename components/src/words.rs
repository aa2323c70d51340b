//! The error cases of each interface, in their WIT spelling.

use crate::host::wasi::filesystem::types::{self as fs, filesystem_error_code};
use crate::host::wasi::http::types as http;
use crate::host::wasi::io::streams::StreamError;
use crate::host::wasi::sockets::network::{self, network_error_code};

/// The name of an error case as WIT spells it.
pub trait Case {
    /// For example `no-entry`.
    fn case(&self) -> String;
}

impl Case for fs::ErrorCode {
    fn case(&self) -> String {
        self.name().to_owned()
    }
}

impl Case for network::ErrorCode {
    fn case(&self) -> String {
        self.name().to_owned()
    }
}

impl Case for StreamError {
    fn case(&self) -> String {
        match self {
            Self::Closed => "closed".to_owned(),
            Self::LastOperationFailed(error) => match filesystem_error_code(error) {
                Some(code) => code.case(),
                None => match network_error_code(error) {
                    Some(code) => code.case(),
                    None => format!("last-operation-failed {}", error.to_debug_string()),
                },
            },
        }
    }
}

impl Case for http::ErrorCode {
    fn case(&self) -> String {
        match self {
            Self::HttpRequestDenied => "HTTP-request-denied".to_owned(),
            Self::HttpRequestUriInvalid => "HTTP-request-URI-invalid".to_owned(),
            Self::HttpProtocolError => "HTTP-protocol-error".to_owned(),
            Self::InternalError(_) => "internal-error".to_owned(),
            other => format!("{other:?}"),
        }
    }
}

impl Case for http::HeaderError {
    fn case(&self) -> String {
        format!("{self:?}")
    }
}

/// A setter that only says that it refuses.
impl Case for () {
    fn case(&self) -> String {
        "refused".to_owned()
    }
}

/// `std` says in words of its own what the interface said as a case.
impl Case for std::io::Error {
    fn case(&self) -> String {
        format!("{:?}", self.kind())
    }
}
