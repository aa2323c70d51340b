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
        let name = match self {
            Self::DnsTimeout => "DNS-timeout",
            Self::DnsError(_) => "DNS-error",
            Self::DestinationNotFound => "destination-not-found",
            Self::DestinationUnavailable => "destination-unavailable",
            Self::DestinationIpProhibited => "destination-IP-prohibited",
            Self::DestinationIpUnroutable => "destination-IP-unroutable",
            Self::ConnectionRefused => "connection-refused",
            Self::ConnectionTerminated => "connection-terminated",
            Self::ConnectionTimeout => "connection-timeout",
            Self::ConnectionReadTimeout => "connection-read-timeout",
            Self::ConnectionWriteTimeout => "connection-write-timeout",
            Self::ConnectionLimitReached => "connection-limit-reached",
            Self::TlsProtocolError => "TLS-protocol-error",
            Self::TlsCertificateError => "TLS-certificate-error",
            Self::TlsAlertReceived(_) => "TLS-alert-received",
            Self::HttpRequestDenied => "HTTP-request-denied",
            Self::HttpRequestLengthRequired => "HTTP-request-length-required",
            Self::HttpRequestBodySize(_) => "HTTP-request-body-size",
            Self::HttpRequestMethodInvalid => "HTTP-request-method-invalid",
            Self::HttpRequestUriInvalid => "HTTP-request-URI-invalid",
            Self::HttpRequestUriTooLong => "HTTP-request-URI-too-long",
            Self::HttpRequestHeaderSectionSize(_) => "HTTP-request-header-section-size",
            Self::HttpRequestHeaderSize(_) => "HTTP-request-header-size",
            Self::HttpRequestTrailerSectionSize(_) => "HTTP-request-trailer-section-size",
            Self::HttpRequestTrailerSize(_) => "HTTP-request-trailer-size",
            Self::HttpResponseIncomplete => "HTTP-response-incomplete",
            Self::HttpResponseHeaderSectionSize(_) => "HTTP-response-header-section-size",
            Self::HttpResponseHeaderSize(_) => "HTTP-response-header-size",
            Self::HttpResponseBodySize(_) => "HTTP-response-body-size",
            Self::HttpResponseTrailerSectionSize(_) => "HTTP-response-trailer-section-size",
            Self::HttpResponseTrailerSize(_) => "HTTP-response-trailer-size",
            Self::HttpResponseTransferCoding(_) => "HTTP-response-transfer-coding",
            Self::HttpResponseContentCoding(_) => "HTTP-response-content-coding",
            Self::HttpResponseTimeout => "HTTP-response-timeout",
            Self::HttpUpgradeFailed => "HTTP-upgrade-failed",
            Self::HttpProtocolError => "HTTP-protocol-error",
            Self::LoopDetected => "loop-detected",
            Self::ConfigurationError => "configuration-error",
            Self::InternalError(_) => "internal-error",
        };
        name.to_owned()
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
