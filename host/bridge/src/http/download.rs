//! An answer's body, from the peer to the guest.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tollgate_capability::http::{Incoming, Piece, Sender, fields};
use tollgate_engine::Traffic;
use tollgate_policy::LimitKey;

use super::failure::Failure;
use super::route::Route;

const IMPORT: &str = "wasi:io/streams#[method]input-stream.read";

/// Reads `incoming` into `sender` until it ends, or the guest does not want it any more. Nothing is read that the guest has
/// no room for, and the guest's own slowness is not held against the peer.
pub(super) async fn run(
    route: Arc<Route>,
    mut incoming: Incoming,
    field_bytes: u64,
    between: Duration,
    sender: Sender<Failure>,
) {
    let failure = match read(&route, &mut incoming, field_bytes, between, &sender).await {
        Ok(()) => return,
        Err(failure) => route.fail(IMPORT, failure).await,
    };
    if let Some(room) = sender.room().await {
        room.fail(failure);
    }
}

async fn read(
    route: &Route,
    incoming: &mut Incoming,
    field_bytes: u64,
    between: Duration,
    sender: &Sender<Failure>,
) -> Result<(), Failure> {
    let limits = *route.gate.limits();
    let mut received = 0_u64;
    while let Some(room) = sender.room().await {
        match incoming.piece(between).await? {
            None => {
                room.end();
                return Ok(());
            }
            Some(Piece::Data(mut data)) => {
                let left = limits.http_body.saturating_sub(received);
                let length = data.len() as u64;
                received = received.saturating_add(length);
                route.gate.in_use(LimitKey::HttpBody, received);
                let beyond = length > left;
                data.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                if !data.is_empty() {
                    handed_on(route, data, |data| room.data(data)).await?;
                }
                if beyond {
                    return Err(Failure::ResponseBody(received));
                }
            }
            Some(Piece::Trailers(mut trailers)) => {
                let all = field_bytes.saturating_add(fields::bytes(&trailers));
                route.gate.in_use(LimitKey::HttpHeader, all);
                if all > limits.http_header {
                    return Err(Failure::ResponseTrailer(all));
                }
                fields::remove(&mut trailers, fields::is_forbidden_in_trailers);
                room.trailers(trailers);
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn handed_on(route: &Route, data: Bytes, hand: impl FnOnce(Bytes)) -> Result<(), Failure> {
    let traffic = Traffic {
        bytes_in: data.len() as u64,
        bytes_out: 0,
    };
    let call = route.part(IMPORT).await?;
    hand(data);
    Ok(call.finish("ok", traffic).await?)
}
