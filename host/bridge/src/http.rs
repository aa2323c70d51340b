//! `wasi:http/outgoing-handler`, decided and recorded at the gate.
//!
//! The types of requests are wasmtime-wasi-http's: building one touches nothing. The client itself is not served yet:
//! what the policy denies gets `HTTP-request-denied`, and what it allows `internal-error`.

use tollgate_engine::{Outcome, Rate};
use tollgate_policy::{HttpScheme, Operation};
use tollgate_world::wasi::http::outgoing_handler::{self, ErrorCode};
use wasmtime::component::Resource;
use wasmtime_wasi_http::p2::bindings::http::types::{Method, Scheme};
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostOutgoingRequest};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::view::View;

const IMPORT: &str = "wasi:http/outgoing-handler#handle";

/// What a request is refused with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Denied,
    NotServed,
    /// A scheme that is neither http nor https.
    Scheme,
    /// No authority, or one that is none.
    Uri,
}

impl Outcome for Refusal {
    fn case(&self) -> &'static str {
        match self {
            Self::Denied => "HTTP-request-denied",
            Self::NotServed => "internal-error",
            Self::Scheme => "HTTP-protocol-error",
            Self::Uri => "HTTP-request-URI-invalid",
        }
    }
}

impl From<Refusal> for ErrorCode {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied => Self::HttpRequestDenied,
            Refusal::NotServed => {
                Self::InternalError(Some("the HTTP client is not served yet".to_owned()))
            }
            Refusal::Scheme => Self::HttpProtocolError,
            Refusal::Uri => Self::HttpRequestUriInvalid,
        }
    }
}

/// Who a request is for, by its authority alone: a path or a header that names another host changes nothing.
struct Recipient {
    scheme: HttpScheme,
    host: String,
    port: u16,
}

fn recipient(request: &HostOutgoingRequest) -> Result<Recipient, Refusal> {
    let scheme = match &request.scheme {
        Some(Scheme::Http) => HttpScheme::Http,
        Some(Scheme::Https) | None => HttpScheme::Https,
        Some(Scheme::Other(_)) => return Err(Refusal::Scheme),
    };
    let authority = request.authority.as_deref().unwrap_or_default();
    let authority: http::uri::Authority = authority.parse().map_err(|_| Refusal::Uri)?;
    if authority.as_str().contains('@') {
        return Err(Refusal::Uri);
    }
    let port = authority
        .port_u16()
        .unwrap_or_else(|| scheme.default_port());
    Ok(Recipient {
        scheme,
        host: authority.host().to_owned(),
        port,
    })
}

fn method(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Connect => "CONNECT",
        Method::Options => "OPTIONS",
        Method::Trace => "TRACE",
        Method::Patch => "PATCH",
        Method::Other(other) => other,
    }
}

impl outgoing_handler::Host for View<'_> {
    async fn handle(
        &mut self,
        request: Resource<HostOutgoingRequest>,
        options: Option<Resource<outgoing_handler::RequestOptions>>,
    ) -> wasmtime::Result<Result<Resource<HostFutureIncomingResponse>, ErrorCode>> {
        if let Some(options) = options {
            self.table.delete(options)?;
        }
        let request = self.table.delete(request)?;
        let (recipient, invalid) = match recipient(&request) {
            Ok(recipient) => (recipient, None),
            Err(refusal) => {
                // Judged and recorded as a request to nobody.
                (
                    Recipient {
                        scheme: HttpScheme::Https,
                        host: String::new(),
                        port: 0,
                    },
                    Some(refusal),
                )
            }
        };
        let operation = Operation::Http {
            method: method(&request.method),
            scheme: recipient.scheme,
            host: &recipient.host,
            port: recipient.port,
            addr: None,
        };
        let refused: Result<Result<(), Refusal>, _> = self
            .gate
            .through(
                IMPORT,
                &operation,
                Rate::Single,
                Refusal::Denied,
                |permit, _| {
                    drop(permit);
                    Err(invalid.unwrap_or(Refusal::NotServed))
                },
            )
            .await;
        Ok(Err(refused?.err().unwrap_or(Refusal::NotServed).into()))
    }
}

/// What the types ask of an embedder. Nothing is ever sent through it: the handler above is ours.
pub(crate) struct Hooks;

type Sent = Result<
    (
        http::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _done: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}
