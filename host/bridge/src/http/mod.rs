//! `wasi:http/outgoing-handler`: requests, through the gate.
//!
//! The types of requests are wasmtime-wasi-http's: building one touches nothing. What is done with one is ours: `handle`
//! decides about it and gives the future at once; a task of the run looks the name up, decides about each address that it
//! led to before it is dialled, and moves the bodies piece by piece, each counted against the limits and recorded under
//! the decision about its request. The task ends with the future, the body or the guest that wanted it.

mod download;
mod exchange;
mod failure;
mod message;
mod route;
mod upload;

use std::sync::Arc;

use http::HeaderName;
use tollgate_capability::http::{Times, fields};
use tollgate_engine::{Rate, Traffic, Verdict};
use tollgate_policy::{LimitKey, Limits};
use tollgate_world::wasi::http::outgoing_handler::{self, ErrorCode};
use wasmtime::component::Resource;
use wasmtime_wasi::runtime;
use wasmtime_wasi_http::p2::bindings::http::types::IoError;
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostOutgoingRequest};
use wasmtime_wasi_http::{
    Error, FieldMapError, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks,
};

use self::exchange::{Exchange, IMPORT};
use self::failure::Failure;
use self::message::Message;
use crate::fixed::{BODY_CHUNK_BYTES, LEAST_FIELD_BYTES};
use crate::view::View;

/// What a collection of fields may take of the host's memory. It is counted with the room that each field takes beside its
/// text, while the limit speaks of bytes on the wire, and what is sent is held against that. A small limit is no reason to
/// end a guest while it still collects.
pub(crate) fn most_kept_bytes(limits: &Limits) -> usize {
    let most = limits.http_header.saturating_mul(2).max(LEAST_FIELD_BYTES);
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// The limit that stands behind an error of the types, which have none for it.
pub(crate) fn limit_behind(error: &wasmtime::Error) -> Option<LimitKey> {
    match error.downcast_ref::<FieldMapError>()? {
        FieldMapError::TooManyFields | FieldMapError::TotalSizeTooBig => Some(LimitKey::HttpHeader),
        FieldMapError::Immutable
        | FieldMapError::InvalidHeaderName
        | FieldMapError::InvalidHeaderValue
        | FieldMapError::Forbidden => None,
    }
}

fn times(options: Option<&RequestOptions>) -> Times {
    let asked = options.copied().unwrap_or_default();
    Times::asked(
        asked.connect_timeout,
        asked.first_byte_timeout,
        asked.between_bytes_timeout,
    )
}

impl outgoing_handler::Host for View<'_> {
    async fn handle(
        &mut self,
        request: Resource<HostOutgoingRequest>,
        options: Option<Resource<RequestOptions>>,
    ) -> wasmtime::Result<Result<Resource<HostFutureIncomingResponse>, ErrorCode>> {
        let options = options
            .map(|options| self.table.delete(options))
            .transpose()?;
        let message = Message::read(self.table.delete(request)?);
        let address = message.to.literal();
        let operation = message.to.operation(address);
        match self.gate.enter(IMPORT, &operation, Rate::Single).await? {
            Verdict::Denied(call) => {
                call.finish(Failure::Denied.case(), Traffic::default())
                    .await?;
                Ok(Err(Failure::Denied.into()))
            }
            Verdict::Permitted(permit, call) => {
                let slot = self.given.http_requests().try_acquire_owned();
                let slot = slot.map_err(|_| Failure::TooManyRequests);
                let refused = match (message.sendable(self.gate).await?, slot) {
                    (Ok((sent, body)), Ok(slot)) => {
                        let exchange = Exchange {
                            gate: self.gate.clone(),
                            client: self.given.http.clone(),
                            resolver: self.given.resolver(),
                            times: times(options.as_ref()),
                            slot,
                        };
                        let answer = exchange.answered(sent, body, permit, call);
                        let task = runtime::spawn(async move { answer.await.map_err(Error::from) });
                        return Ok(Ok(self
                            .table
                            .push(HostFutureIncomingResponse::Pending(task))?));
                    }
                    (Err(failure), _) | (Ok(_), Err(failure)) => failure,
                };
                call.finish(refused.case(), Traffic::default()).await?;
                Ok(Err(refused.into()))
            }
        }
    }
}

/// The code of the interface that stands behind a stream's error. The types' own answer to that knows no error of a body.
pub(crate) fn code_behind(error: &IoError) -> Option<ErrorCode> {
    match error.downcast_ref::<Error>() {
        Some(Error::Connect(carried)) => Some(failure::code(carried)),
        Some(_) | None => error.downcast_ref::<ErrorCode>().cloned(),
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
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(|name: &HeaderName| fields::is_forbidden(name))
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        BODY_CHUNK_BYTES
    }

    fn p2_error_from_connect(&mut self, carried: &std::io::Error) -> ErrorCode {
        failure::code(carried)
    }

    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _done: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}
