//! The order of a VM's requests: one lane for each VM, in which requests begin one after the other and are answered in the
//! order in which they came. What takes long for its own reasons, a fetch or a program that is asked for its answer, goes on
//! beside those that follow.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use futures_util::stream::FuturesOrdered;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tollgate_protocol::types::RequestPayload;
use tollgate_protocol::{Asked, event};

use crate::answer::Answer;
use crate::outbox::{Gone, Outbox};
use crate::ports::MOST_FETCHES;
use crate::vm::Vm;

/// Room that a request takes of its transport until it is answered.
pub(crate) struct Room(
    #[expect(dead_code, reason = "held, not read")] pub(crate) [OwnedSemaphorePermit; 2],
);

/// A request for a VM, and where its answer goes.
pub(crate) struct Work {
    pub(crate) asked: Asked,
    pub(crate) payload: RequestPayload,
    pub(crate) outbox: Outbox,
    pub(crate) room: Room,
}

/// The end that a VM's requests are handed over to, and the VM itself. Clones are the same.
#[derive(Clone)]
pub(crate) struct Lane {
    pub(crate) vm: Arc<Vm>,
    work: mpsc::UnboundedSender<Work>,
}

impl Lane {
    /// Opens the lane of a VM.
    pub(crate) fn open(vm: Arc<Vm>) -> Self {
        // Bounded by the room that each request takes of its transport.
        let (work, waiting) = mpsc::unbounded_channel();
        tokio::spawn(serve(Arc::clone(&vm), waiting));
        Self { vm, work }
    }

    /// Hands a request over. A lane whose VM is gone answers it too.
    pub(crate) fn take(&self, work: Work) {
        let _the_runtime_ended = self.work.send(work);
    }
}

/// A request that is answered as soon as those before it are.
struct Done {
    asked: Asked,
    outbox: Outbox,
    _room: Room,
    answer: Answer,
}

async fn serve(vm: Arc<Vm>, mut waiting: mpsc::UnboundedReceiver<Work>) {
    let mut under_way: FuturesOrdered<BoxFuture<'static, Done>> = FuturesOrdered::new();
    let mut more = true;
    while more || !under_way.is_empty() {
        tokio::select! {
            biased;
            Some(done) = under_way.next(), if !under_way.is_empty() => {
                // Where the client is gone, so are its VMs: the lane ends when the last one who could ask lets go of it.
                let _the_client_is_gone = deliver(&done.outbox, done.asked, done.answer).await;
            }
            next = waiting.recv(), if more && under_way.len() < MOST_FETCHES => match next {
                Some(work) => under_way.push_back(begin(&vm, work).await),
                None => more = false,
            },
        }
    }
}

/// Begins what is asked. All but a fetch and a program that is asked for its answer is done when this returns.
async fn begin(vm: &Arc<Vm>, work: Work) -> BoxFuture<'static, Done> {
    let Work {
        asked,
        payload,
        outbox,
        room,
    } = work;
    let done = |answer| Done {
        asked,
        outbox,
        _room: room,
        answer,
    };
    match payload {
        RequestPayload::VmFetchRequest(fetch) => {
            let vm = Arc::clone(vm);
            async move { done(vm.fetch(fetch).await) }.boxed()
        }
        RequestPayload::ExtEnvelope(asked) => {
            let answer = Arc::clone(vm).exec(asked);
            async move { done(answer.await) }.boxed()
        }
        payload => ready(done(vm.request(payload).await)).boxed(),
    }
}

/// Sends an answer, and what comes after it.
pub(crate) async fn deliver(outbox: &Outbox, asked: Asked, answer: Answer) -> Result<(), Gone> {
    let events = answer.events.into_iter();
    let events = events.map(|(ownership, payload)| event(ownership, payload));
    outbox
        .answer(asked.answer(answer.payload), events.collect())
        .await?;
    if let Some(then) = answer.then {
        let _nobody_waits = then.send(());
    }
    Ok(())
}
