//! What the two bodies of a request share: where it goes, by which decision, and what went wrong.

use std::net::IpAddr;
use std::sync::OnceLock;

use tokio::sync::Notify;
use tollgate_engine::{Call, Gate, Ruling, Stop, Traffic};
use tollgate_policy::LimitKey;

use super::failure::Failure;
use super::message::To;

/// A request on its way, for whatever moves its bytes.
pub(super) struct Route {
    pub(super) gate: Gate,
    to: To,
    address: IpAddr,
    ruling: Ruling,
    /// What went wrong first. What the client says afterwards follows from it.
    cause: OnceLock<Failure>,
    /// Rung for each piece of the request that goes out.
    pub(super) moved: Notify,
}

impl Route {
    pub(super) fn new(gate: &Gate, to: &To, address: IpAddr, ruling: Ruling) -> Self {
        Self {
            gate: gate.clone(),
            to: to.clone(),
            address,
            ruling,
            cause: OnceLock::new(),
            moved: Notify::new(),
        }
    }

    /// Reserves the record of a piece of a body.
    pub(super) async fn part(&self, import: &'static str) -> Result<Call, Stop> {
        let operation = self.to.operation(Some(self.address));
        self.gate.part(import, &operation, &self.ruling).await
    }

    /// Records that a body came to nothing, and why; keeps the reason where there is none yet.
    pub(super) async fn fail(&self, import: &'static str, failure: Failure) -> Failure {
        let cause = *self.cause.get_or_init(|| failure);
        let limit = match cause {
            Failure::RequestBody(bytes) if bytes > self.gate.limits().http_body => {
                Some(LimitKey::HttpBody)
            }
            Failure::ResponseBody(_) => Some(LimitKey::HttpBody),
            Failure::RequestTrailer(_) | Failure::ResponseTrailer(_) => Some(LimitKey::HttpHeader),
            _ => None,
        };
        let recorded = async {
            self.part(import)
                .await?
                .finish(cause.case(), Traffic::default())
                .await?;
            match limit {
                Some(limit) if cause == failure => self.gate.limit_reached(limit).await,
                Some(_) | None => Ok(()),
            }
        };
        match recorded.await {
            Ok(()) => cause,
            Err(stop) => stop.into(),
        }
    }

    /// What went wrong first, if anything did.
    pub(super) fn cause(&self) -> Option<Failure> {
        self.cause.get().copied()
    }
}
