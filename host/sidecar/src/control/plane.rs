//! One run's end of the sidecar: a client that asks by calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tollgate::Waits;
use tollgate::engine::{Traffic, async_trait};
use tollgate::interface::Calling;
use tollgate_protocol::types::{
    AnswerRefused, Callback, Event, OwnershipScope, RequestFrame, RequestId, RequestPayload,
    ResponsePayload, SidecarResponsePayload,
};
use tollgate_protocol::{RefusalCode, request};

use super::caller::Caller;
use crate::calls::Calls;
use crate::dispatch::{self, Client};
use crate::inbox::{Inbox, OTHER_BYTES, Waiting};
use crate::lane::Room;
use crate::outbox::Outbox;
use crate::registry::TransportId;
use crate::rejection::Rejection;
use crate::service::Sidecar;
use crate::transport::Rooms;

/// One run's end of the sidecar. Dropped, all that the run made is disposed of.
pub(super) struct Plane {
    sidecar: Sidecar,
    transport: TransportId,
    requests: mpsc::UnboundedSender<(RequestFrame, Room)>,
    rooms: Rooms,
    inbox: Arc<Inbox>,
    calls: Calls,
    last: AtomicI64,
    /// Taken out at the end.
    dispatching: Option<JoinHandle<()>>,
    runtime: Handle,
}

impl Plane {
    /// That of the run that calls, made at its first call; none where no sidecar serves it.
    pub(super) fn of(calling: &Calling) -> Option<Arc<Self>> {
        let sidecar = calling.attached::<Sidecar>()?;
        Some(calling.keep(|| Self::open(&sidecar, calling)))
    }

    /// That of the run that calls, if it has called for it before.
    pub(super) fn known(calling: &Calling) -> Option<Arc<Self>> {
        calling.attached()
    }

    fn open(sidecar: &Sidecar, calling: &Calling) -> Self {
        let inbox = Arc::new(Inbox::new());
        let outbox = Outbox::to_component(Arc::clone(&inbox), sidecar.frame_limits());
        let calls = Calls::new(outbox.clone());
        let caller = Caller {
            run: calling.run().to_owned(),
            policy: calling.policy(),
        };
        let client = Client::of_component(sidecar.clone(), outbox, calls.clone(), caller);
        let transport = client.transport();
        // Bounded by the room that each request takes before it is put in.
        let (requests, waiting) = mpsc::unbounded_channel();
        Self {
            sidecar: sidecar.clone(),
            transport,
            requests,
            rooms: Rooms::new(),
            inbox,
            calls,
            last: AtomicI64::new(0),
            dispatching: Some(tokio::spawn(dispatch::serve(client, waiting))),
            runtime: Handle::current(),
        }
    }

    /// Asks, and waits for the answer. Dropping the future forgets the question.
    pub(super) async fn ask(
        &self,
        ownership: OwnershipScope,
        payload: RequestPayload,
        traffic: &mut Traffic,
    ) -> Result<ResponsePayload, Rejection> {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let frame = request(id, ownership, payload);
        let length = frame.body_bytes();
        traffic.bytes_out = length;
        let limit = self.sidecar.frame_limits().body_bytes;
        let bytes = u32::try_from(length).unwrap_or(u32::MAX);
        if bytes > limit {
            let message = format!("the request does not fit a frame of {limit} bytes");
            return Err(Rejection::new(RefusalCode::FrameTooLarge, message));
        }
        if self.inbox.is_full() {
            return Err(Rejection::state(format!(
                "more than {OTHER_BYTES} bytes of events wait to be fetched"
            )));
        }
        let over = || Rejection::state("the sidecar has ended");
        let room = self.rooms.take(bytes).await.ok_or_else(over)?;
        let expected = self.inbox.expect(id);
        self.requests.send((frame, room)).map_err(|_over| over())?;
        let answer = expected.answer().await.ok_or_else(over)?;
        traffic.bytes_in = answer.body_bytes();
        Ok(answer.payload)
    }

    pub(super) fn next_event(&self) -> Option<Event> {
        self.inbox.next_event()
    }

    pub(super) fn next_question(&self) -> Option<Callback> {
        self.inbox.next_question()
    }

    pub(super) fn answer(
        &self,
        question: RequestId,
        payload: SidecarResponsePayload,
    ) -> Result<(), AnswerRefused> {
        self.calls.answer(question, payload)
    }

    /// Something to wait for. It holds what waits, and not this: the run ends all the same.
    pub(super) fn waits(&self, what: Waiting) -> Arc<dyn Waits> {
        Arc::new(Waited {
            inbox: Arc::clone(&self.inbox),
            what,
        })
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        let dispatching = self.dispatching.take();
        if let Some(dispatching) = &dispatching {
            dispatching.abort();
        }
        self.calls.forget();
        self.inbox.close();
        let (sidecar, transport) = (self.sidecar.clone(), self.transport);
        let leaving = sidecar.leaving();
        self.runtime.spawn(async move {
            // Nothing is made for this client once it is struck out.
            if let Some(dispatching) = dispatching {
                let _aborted = dispatching.await;
            }
            sidecar.disconnect(transport).await;
            drop(leaving);
        });
    }
}

struct Waited {
    inbox: Arc<Inbox>,
    what: Waiting,
}

#[async_trait]
impl Waits for Waited {
    async fn ready(&self) {
        self.inbox.waits(self.what).await;
    }
}
