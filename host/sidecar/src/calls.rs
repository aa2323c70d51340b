//! What the sidecar asks its client: host callbacks, the calls of `js_bridge`, extensions. A question has a number below
//! zero, and is answered by a frame with that number; nobody waits longer than the question says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tollgate_protocol::sidecar_request;
use tollgate_protocol::types::{
    AnswerRefused, OwnershipScope, ProtocolSchema, RequestId, SidecarRequestPayload,
    SidecarResponseFrame, SidecarResponsePayload,
};

use crate::outbox::{Outbox, Unasked};

/// Questions that wait for one client's answer.
pub(crate) const MOST_WAITING: usize = 10_000;

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// None came in time.
    #[error("timed out waiting for sidecar response after {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// The client is gone.
    #[error("the client is gone")]
    Gone,
    /// What came is no answer to this question.
    #[error("the client answered with something else")]
    Unfit,
    /// The question does not fit a frame.
    #[error("the question does not fit a frame")]
    TooLarge,
    /// Too many questions wait already.
    #[error("{MOST_WAITING} questions wait for the client already")]
    Full,
}

/// The questions to one client. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Calls(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    outbox: Outbox,
    waiting: Mutex<HashMap<RequestId, Waiting>>,
    last: AtomicI64,
    invocations: AtomicU64,
}

/// A question that waits.
#[derive(Debug)]
struct Waiting {
    answer: oneshot::Sender<SidecarResponseFrame>,
    ownership: OwnershipScope,
    kind: Kind,
}

/// What kind of answer a question wants.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    HostCallback,
    JsBridge,
    Extension(String),
}

impl Kind {
    fn of(question: &SidecarRequestPayload) -> Self {
        match question {
            SidecarRequestPayload::HostCallbackRequest(_) => Self::HostCallback,
            SidecarRequestPayload::JsBridgeCallRequest(_) => Self::JsBridge,
            SidecarRequestPayload::ExtEnvelope(asked) => Self::Extension(asked.namespace.clone()),
        }
    }

    fn of_answer(answer: &SidecarResponsePayload) -> Self {
        match answer {
            SidecarResponsePayload::HostCallbackResultResponse(_) => Self::HostCallback,
            SidecarResponsePayload::JsBridgeResultResponse(_) => Self::JsBridge,
            SidecarResponsePayload::ExtEnvelope(said) => Self::Extension(said.namespace.clone()),
        }
    }
}

/// A place among the questions that wait, given back however the waiting ends.
struct Place<'a> {
    calls: &'a Calls,
    id: RequestId,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.calls.waiting().remove(&self.id);
    }
}

impl Calls {
    pub(crate) fn new(outbox: Outbox) -> Self {
        Self(Arc::new(Inner {
            outbox,
            waiting: Mutex::default(),
            last: AtomicI64::new(0),
            invocations: AtomicU64::new(0),
        }))
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<RequestId, Waiting>> {
        // One entry is put in or taken out at a time.
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for what a question is called, never twice.
    pub(crate) fn invocation(&self) -> u64 {
        self.0.invocations.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Asks, and waits for the answer for at most `patience`. Dropping the future forgets the question.
    ///
    /// # Errors
    ///
    /// There is no answer.
    pub(crate) async fn ask(
        &self,
        ownership: OwnershipScope,
        payload: SidecarRequestPayload,
        patience: Duration,
    ) -> Result<SidecarResponsePayload, NoAnswer> {
        let id = self.0.last.fetch_sub(1, Ordering::Relaxed) - 1;
        let (answer, answered) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            if waiting.len() >= MOST_WAITING {
                return Err(NoAnswer::Full);
            }
            let asked = Waiting {
                answer,
                ownership: ownership.clone(),
                kind: Kind::of(&payload),
            };
            waiting.insert(id, asked);
        }
        let _place = Place { calls: self, id };
        let question = sidecar_request(id, ownership, payload);
        let asked = async {
            let sent = self.0.outbox.ask(question.clone()).await;
            sent.map_err(|error| match error {
                Unasked::Frame(_) => NoAnswer::TooLarge,
                Unasked::Gone => NoAnswer::Gone,
            })?;
            answered.await.map_err(|_forgotten| NoAnswer::Gone)
        };
        let frame = tokio::time::timeout(patience, asked)
            .await
            .map_err(|_elapsed| NoAnswer::TimedOut(patience))??;
        let fits =
            frame.ownership == question.ownership && frame.payload.answers(&question.payload);
        if fits {
            Ok(frame.payload)
        } else {
            Err(NoAnswer::Unfit)
        }
    }

    /// An answer has come. One that nobody waits for is dropped: its question was answered, or is forgotten.
    pub(crate) fn answered(&self, frame: SidecarResponseFrame) {
        let asker = self.waiting().remove(&frame.request_id);
        if let Some(asker) = asker {
            let _nobody_waits_any_more = asker.answer.send(frame);
        }
    }

    /// The answer of a client that is told whether it was taken. A question that it does not fit goes on waiting.
    pub(crate) fn answer(
        &self,
        id: RequestId,
        payload: SidecarResponsePayload,
    ) -> Result<(), AnswerRefused> {
        let mut waiting = self.waiting();
        let asked = waiting.get(&id).ok_or(AnswerRefused::NobodyWaits)?;
        if asked.kind != Kind::of_answer(&payload) {
            return Err(AnswerRefused::WrongKind);
        }
        let asked = waiting.remove(&id).ok_or(AnswerRefused::NobodyWaits)?;
        drop(waiting);
        let frame = SidecarResponseFrame {
            schema: ProtocolSchema::current(),
            request_id: id,
            ownership: asked.ownership,
            payload,
        };
        let sent = asked.answer.send(frame);
        sent.map_err(|_nobody| AnswerRefused::NobodyWaits)
    }

    /// Ends the waiting of all: the client is gone.
    pub(crate) fn forget(&self) {
        self.waiting().clear();
    }
}
