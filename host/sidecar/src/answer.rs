//! What a request comes to.

use tokio::sync::oneshot;
use tollgate_protocol::types::{EventPayload, OwnershipScope, ResponsePayload};

use crate::rejection::Rejection;

/// What a request comes to: an answer, and what is told after it.
pub(crate) struct Answer {
    pub(crate) payload: ResponsePayload,
    pub(crate) events: Vec<(OwnershipScope, EventPayload)>,
    /// What may go on once the answer is on its way: a program's own events come after it.
    pub(crate) then: Option<oneshot::Sender<()>>,
}

impl From<ResponsePayload> for Answer {
    fn from(payload: ResponsePayload) -> Self {
        Self {
            payload,
            events: Vec::new(),
            then: None,
        }
    }
}

impl From<Rejection> for Answer {
    fn from(rejection: Rejection) -> Self {
        ResponsePayload::from(rejection).into()
    }
}

impl<T: Into<Answer>> From<Result<T, Rejection>> for Answer {
    fn from(result: Result<T, Rejection>) -> Self {
        result.map_or_else(Self::from, T::into)
    }
}
