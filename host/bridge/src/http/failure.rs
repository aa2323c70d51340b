//! What a request comes to when it comes to nothing, in the words of the interface.

use std::io;

use tollgate_capability::http::HttpError;
use tollgate_capability::net::ResolveError;
use tollgate_engine::Stop;
use tollgate_world::wasi::http::outgoing_handler::ErrorCode;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::bindings::http::types::{DnsErrorPayload, TlsAlertReceivedPayload};

/// Why a request has no answer, or no whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.case())]
pub(super) enum Failure {
    Denied,
    /// A scheme that is neither http nor https.
    Scheme,
    /// No authority, or one that is none, or a path that is none.
    Uri,
    /// A method that the client does not have.
    Method,
    /// As many requests as may be are on their way.
    TooManyRequests,
    /// The fields are beyond the limit; how many bytes there are.
    RequestHeader(u64),
    /// The trailers, with the fields, are beyond the limit.
    RequestTrailer(u64),
    /// The body is beyond the limit, or not what its length says; how many bytes were sent.
    RequestBody(u64),
    ResponseTrailer(u64),
    ResponseBody(u64),
    /// The name was not found in time.
    LookupTimeout,
    Lookup(ResolveError),
    Client(HttpError),
    /// The log takes no more records: the guest ends at its next use of the gate.
    Log,
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        Self::Client(error)
    }
}

impl From<Stop> for Failure {
    fn from(_: Stop) -> Self {
        Self::Log
    }
}

fn size(bytes: u64) -> Option<u32> {
    Some(u32::try_from(bytes).unwrap_or(u32::MAX))
}

/// A failure's name in the log and its code, side by side, so that they cannot part.
fn told(failure: Failure) -> (&'static str, ErrorCode) {
    use ErrorCode as Code;
    match failure {
        Failure::Denied => ("HTTP-request-denied", Code::HttpRequestDenied),
        Failure::Scheme => ("HTTP-protocol-error", Code::HttpProtocolError),
        Failure::Uri => ("HTTP-request-URI-invalid", Code::HttpRequestUriInvalid),
        Failure::Method => (
            "HTTP-request-method-invalid",
            Code::HttpRequestMethodInvalid,
        ),
        Failure::TooManyRequests => ("connection-limit-reached", Code::ConnectionLimitReached),
        Failure::RequestHeader(bytes) => (
            "HTTP-request-header-section-size",
            Code::HttpRequestHeaderSectionSize(size(bytes)),
        ),
        Failure::RequestTrailer(bytes) => (
            "HTTP-request-trailer-section-size",
            Code::HttpRequestTrailerSectionSize(size(bytes)),
        ),
        Failure::RequestBody(bytes) => (
            "HTTP-request-body-size",
            Code::HttpRequestBodySize(Some(bytes)),
        ),
        Failure::ResponseTrailer(bytes) => (
            "HTTP-response-trailer-section-size",
            Code::HttpResponseTrailerSectionSize(size(bytes)),
        ),
        Failure::ResponseBody(bytes) => (
            "HTTP-response-body-size",
            Code::HttpResponseBodySize(Some(bytes)),
        ),
        Failure::LookupTimeout => ("DNS-timeout", Code::DnsTimeout),
        Failure::Lookup(error) => lookup(error),
        Failure::Client(error) => client(error),
        Failure::Log => ("internal-error", Code::InternalError(None)),
    }
}

fn lookup(error: ResolveError) -> (&'static str, ErrorCode) {
    let code = |rcode: Option<&str>| {
        let rcode = rcode.map(str::to_owned);
        (
            "DNS-error",
            ErrorCode::DnsError(DnsErrorPayload {
                rcode,
                info_code: None,
            }),
        )
    };
    match error {
        ResolveError::NoAddress => code(Some("NXDOMAIN")),
        ResolveError::Temporary => code(Some("SERVFAIL")),
        ResolveError::Permit(_) => ("internal-error", ErrorCode::InternalError(None)),
    }
}

fn client(error: HttpError) -> (&'static str, ErrorCode) {
    use ErrorCode as Code;
    match error {
        HttpError::Permit(_) => ("internal-error", Code::InternalError(None)),
        HttpError::Refused => ("connection-refused", Code::ConnectionRefused),
        HttpError::Unreachable => ("destination-unavailable", Code::DestinationUnavailable),
        HttpError::ConnectTimeout => ("connection-timeout", Code::ConnectionTimeout),
        HttpError::NoRoom => ("connection-limit-reached", Code::ConnectionLimitReached),
        HttpError::Terminated => ("connection-terminated", Code::ConnectionTerminated),
        HttpError::Certificate => ("TLS-certificate-error", Code::TlsCertificateError),
        HttpError::Tls => ("TLS-protocol-error", Code::TlsProtocolError),
        HttpError::TlsAlert(alert) => {
            let payload = TlsAlertReceivedPayload {
                alert_id: Some(alert),
                alert_message: None,
            };
            ("TLS-alert-received", Code::TlsAlertReceived(payload))
        }
        HttpError::Protocol | HttpError::Aborted => {
            ("HTTP-protocol-error", Code::HttpProtocolError)
        }
        HttpError::Incomplete => ("HTTP-response-incomplete", Code::HttpResponseIncomplete),
        HttpError::TransferCoding => (
            "HTTP-response-transfer-coding",
            Code::HttpResponseTransferCoding(None),
        ),
        HttpError::Upgrade => ("HTTP-upgrade-failed", Code::HttpUpgradeFailed),
        HttpError::HeaderSection => (
            "HTTP-response-header-section-size",
            Code::HttpResponseHeaderSectionSize(None),
        ),
        HttpError::AnswerTimeout => ("HTTP-response-timeout", Code::HttpResponseTimeout),
        HttpError::ReadTimeout => ("connection-read-timeout", Code::ConnectionReadTimeout),
    }
}

impl Failure {
    pub(super) fn case(self) -> &'static str {
        told(self).0
    }
}

/// The failure inside the one error of the types that carries a value of somebody else's, so that the mapping above is the
/// only one there is.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Connect(io::Error::other(failure))
    }
}

/// The code of a failure that was carried so. Nothing else is: no connection is ever made by the types.
pub(super) fn code(carried: &io::Error) -> ErrorCode {
    let failure = carried
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Failure>());
    failure.map_or(ErrorCode::InternalError(None), |failure| (*failure).into())
}

impl From<Failure> for ErrorCode {
    fn from(failure: Failure) -> Self {
        told(failure).1
    }
}
