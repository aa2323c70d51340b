//! A request's body, from the guest to the peer.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use tollgate_capability::http::{HttpError, Piece, Sender, Slot, fields};
use tollgate_engine::Traffic;
use tollgate_policy::LimitKey;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use super::failure::Failure;
use super::route::Route;

const IMPORT: &str = "wasi:io/streams#[method]output-stream.write";

/// The guest gave its body up: the types say no more.
#[derive(Debug, Clone, Copy)]
pub(super) struct GivenUp;

/// The next piece of a body. Cancelled, none is lost.
pub(super) async fn next(body: &mut HyperOutgoingBody) -> Option<Result<Piece, GivenUp>> {
    loop {
        let Ok(frame) = body.frame().await? else {
            return Some(Err(GivenUp));
        };
        match frame.into_data() {
            Ok(data) => return Some(Ok(Piece::Data(data))),
            Err(frame) => {
                if let Ok(trailers) = frame.into_trailers() {
                    return Some(Ok(Piece::Trailers(trailers)));
                }
            }
        }
    }
}

/// A body that is to be sent. What has no end must look like none: a body that the guest gave up, that is longer or
/// shorter than its length says, or beyond the limit, breaks the connection instead of ending the message.
pub(super) struct Upload {
    pub(super) route: Arc<Route>,
    /// A piece that was taken from it already.
    pub(super) first: Option<Result<Piece, GivenUp>>,
    pub(super) body: HyperOutgoingBody,
    pub(super) declared: Option<u64>,
    pub(super) field_bytes: u64,
}

impl Upload {
    /// Feeds `sender` until the body ends, or nobody wants it any more.
    pub(super) async fn run(mut self, sender: Sender<HttpError>) {
        if let Err(failure) = self.feed(&sender).await {
            self.route.fail(IMPORT, failure).await;
            if let Some(room) = sender.room().await {
                room.fail(HttpError::Aborted);
            }
        }
    }

    async fn feed(&mut self, sender: &Sender<HttpError>) -> Result<(), Failure> {
        let mut sent = 0_u64;
        loop {
            let given = match self.first.take() {
                Some(first) => Some(first),
                None => next(&mut self.body).await,
            };
            let Some(given) = given else {
                self.check_whole(sent)?;
                if let Some(room) = sender.room().await {
                    room.end();
                }
                return Ok(());
            };
            match given {
                Err(GivenUp) => return Err(self.given_up(sent)),
                Ok(Piece::Data(data)) => {
                    sent = sent.saturating_add(data.len() as u64);
                    self.check(sent)?;
                    let Some(room) = sender.room().await else {
                        return Ok(());
                    };
                    pass_on(&self.route, room, data).await?;
                }
                Ok(Piece::Trailers(mut trailers)) => {
                    self.check_whole(sent)?;
                    fields::remove(&mut trailers, fields::is_forbidden_in_trailers);
                    let all = self.field_bytes.saturating_add(fields::bytes(&trailers));
                    self.route.gate.in_use(LimitKey::HttpHeader, all);
                    if all > self.route.gate.limits().http_header {
                        return Err(Failure::RequestTrailer(all));
                    }
                    if let Some(room) = sender.room().await {
                        room.trailers(trailers);
                    }
                    return Ok(());
                }
            }
        }
    }

    fn check(&self, sent: u64) -> Result<(), Failure> {
        let gate = &self.route.gate;
        gate.in_use(LimitKey::HttpBody, sent);
        let most = gate.limits().http_body;
        if sent > self.declared.unwrap_or(most).min(most) {
            return Err(Failure::RequestBody(sent));
        }
        Ok(())
    }

    fn check_whole(&self, sent: u64) -> Result<(), Failure> {
        match self.declared {
            Some(declared) if declared != sent => Err(Failure::RequestBody(sent)),
            Some(_) | None => Ok(()),
        }
    }

    fn given_up(&self, sent: u64) -> Failure {
        self.check_whole(sent)
            .err()
            .unwrap_or(HttpError::Aborted.into())
    }
}

async fn pass_on(route: &Route, room: Slot<'_, HttpError>, data: Bytes) -> Result<(), Failure> {
    let traffic = Traffic {
        bytes_in: 0,
        bytes_out: data.len() as u64,
    };
    let call = route.part(IMPORT).await?;
    room.data(data);
    route.moved.notify_one();
    Ok(call.finish("ok", traffic).await?)
}
