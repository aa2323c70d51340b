//! One request and its answer, between whoever asks and the guest that answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use tokio::sync::oneshot;
use wasmtime::component::Resource;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::p2::types::{HostIncomingRequest, HostResponseOutparam};
use wasmtime_wasi_http::{Error, WasiHttpCtxView};

/// A request on its way to a guest. Dropped, whoever sent it hears that there is no answer.
#[derive(Debug)]
pub struct Posted {
    request: http::Request<Bytes>,
    reply: oneshot::Sender<Result<Reply, NoReply>>,
}

/// Where the answer to a request will be.
#[derive(Debug)]
pub struct Replied(oneshot::Receiver<Result<Reply, NoReply>>);

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// The guest let go of the request, or ended.
    #[error("nobody answered the request")]
    Gone,
    /// The guest answered with an error in the place of a response.
    #[error("the server failed")]
    Failed,
}

/// A guest's answer.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: http::StatusCode,
    /// Its fields.
    pub headers: http::HeaderMap,
    /// What follows them.
    pub body: ReplyBody,
}

/// The body of an answer, as the guest writes it.
#[derive(Debug)]
pub struct ReplyBody {
    body: HyperOutgoingBody,
    received: u64,
    declared: Option<u64>,
    /// Whether the guest that writes it is still there, or ended well.
    alive: Arc<AtomicBool>,
}

/// The guest gave the body up, or ended in its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer ended before it was whole")]
pub struct CutOff;

/// A request, and where its answer will be.
#[must_use]
pub fn post(request: http::Request<Bytes>) -> (Posted, Replied) {
    let (reply, replied) = oneshot::channel();
    (Posted { request, reply }, Replied(replied))
}

impl Posted {
    pub(crate) fn body_bytes(&self) -> u64 {
        self.request.body().len() as u64
    }
}

impl Replied {
    /// Waits for the answer.
    ///
    /// # Errors
    ///
    /// See [`NoReply`].
    pub async fn reply(self) -> Result<Reply, NoReply> {
        self.0.await.unwrap_or(Err(NoReply::Gone))
    }
}

impl ReplyBody {
    /// The next piece; none at the end. Cancelled, none is lost.
    ///
    /// # Errors
    ///
    /// The body is not whole.
    pub async fn next(&mut self) -> Result<Option<Bytes>, CutOff> {
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|_given_up| CutOff)?;
            // Trailers are not passed on.
            if let Ok(data) = frame.into_data() {
                self.received = self.received.saturating_add(data.len() as u64);
                return Ok(Some(data));
            }
        }
        // What a guest had not finished when it ended looks like an end, unless it had said how long it would be.
        let is_whole = match self.declared {
            Some(declared) => declared == self.received,
            None => self.alive.load(Ordering::Acquire),
        };
        if is_whole { Ok(None) } else { Err(CutOff) }
    }
}

/// The two handles of a request that a guest was given.
pub(crate) type Taken = (
    Resource<HostIncomingRequest>,
    Resource<HostResponseOutparam>,
);

fn answered(
    told: Result<http::Response<HyperOutgoingBody>, ErrorCode>,
    alive: Arc<AtomicBool>,
) -> Result<Reply, NoReply> {
    let (parts, body) = told.map_err(|_code| NoReply::Failed)?.into_parts();
    let declared = parts.headers.get(http::header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse().ok());
    Ok(Reply {
        status: parts.status,
        headers: parts.headers,
        body: ReplyBody {
            body,
            received: 0,
            declared,
            alive,
        },
    })
}

/// Hands a request over to a guest. `alive` says whether the guest is there when its answer ends.
pub(crate) fn request_of(
    posted: Posted,
    alive: Arc<AtomicBool>,
    http: &mut WasiHttpCtxView<'_>,
) -> wasmtime::Result<Taken> {
    let Posted { request, reply } = posted;
    let request = request.map(|body| Full::new(body).map_err(|never| -> Error { match never {} }));
    let request = http.new_incoming_request(Scheme::Http, request)?;
    let outparam = http.new_response_outparam_from_callback(move |told| {
        // Nobody may wait for it any more.
        let _nobody = reply.send(answered(told, alive));
    })?;
    Ok((request, outparam))
}
