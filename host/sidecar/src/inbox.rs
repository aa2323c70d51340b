//! What waits for a client that is a component: it fetches what it is told and asked, and its calls bring the answers.
//!
//! A component fetches nothing while it waits for an answer. So nothing that an answer may have to wait for waits for room
//! here: programs wait with what they write, and whoever asks waits with the question; all other events go in at once, and
//! once too many bytes of them are here, [`Inbox::is_full`], no further request is taken that could make more.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};
use tollgate_protocol::types::{
    Callback, Event, EventFrame, EventPayload, RequestId, ResponseFrame, SidecarRequestFrame,
};
use tollgate_protocol::{FrameError, FrameLimits};

use crate::undelivered::{Gone, Unasked, WAITING_BYTES};

/// Bytes of events that wait beside what programs have written.
pub(crate) const OTHER_BYTES: usize = 1 << 20;

/// Something that waits, with the room that it takes.
struct Kept<T> {
    what: T,
    /// What it counts among the events that wait for no room.
    at_once: usize,
    _room: Option<OwnedSemaphorePermit>,
}

#[derive(Default)]
struct Queues {
    events: VecDeque<Kept<Event>>,
    questions: VecDeque<Kept<Callback>>,
    answers: HashMap<RequestId, oneshot::Sender<ResponseFrame>>,
    at_once: usize,
}

/// What waits for a component.
pub(crate) struct Inbox {
    queues: Mutex<Queues>,
    /// For what programs write.
    output: Arc<Semaphore>,
    /// For questions.
    asking: Arc<Semaphore>,
    came: Notify,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

/// What a component can wait for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Waiting {
    Event,
    Question,
}

/// The bytes of a frame, if one may have as many.
fn fitting(length: u64, limits: FrameLimits) -> Result<u32, FrameError> {
    let limit = limits.body_bytes;
    match u32::try_from(length) {
        Ok(fits) if fits <= limit => Ok(fits),
        Ok(_) | Err(_) => Err(FrameError::TooLarge { length, limit }),
    }
}

async fn room(of: &Arc<Semaphore>, bytes: u32) -> Result<OwnedSemaphorePermit, Gone> {
    let room = Arc::clone(of).acquire_many_owned(bytes.clamp(1, WAITING_BYTES));
    room.await.map_err(|_closed| Gone)
}

impl Inbox {
    pub(crate) fn new() -> Self {
        Self {
            queues: Mutex::default(),
            output: Arc::new(Semaphore::new(WAITING_BYTES as usize)),
            asking: Arc::new(Semaphore::new(WAITING_BYTES as usize)),
            came: Notify::new(),
        }
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        // Each change is one thing put in or taken out.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for the answer to a request, before that is made.
    pub(crate) fn expect(self: &Arc<Self>, request: RequestId) -> Expected {
        let (sender, answer) = oneshot::channel();
        self.queues().answers.insert(request, sender);
        Expected {
            inbox: Arc::clone(self),
            request,
            answer,
        }
    }

    /// An answer has come. Where nobody waits for it any more, it goes.
    pub(crate) fn answer(&self, answer: ResponseFrame) {
        let waiting = self.queues().answers.remove(&answer.request_id);
        if let Some(waiting) = waiting {
            let _nobody_waits = waiting.send(answer);
        }
    }

    /// An event: what a program has written waits for room, all else goes in at once. One that no frame could hold is left
    /// out.
    pub(crate) async fn tell(&self, event: EventFrame, limits: FrameLimits) -> Result<(), Gone> {
        if !matches!(event.payload, EventPayload::ProcessOutputEvent(_)) {
            return self.tell_at_once(event, limits);
        }
        let Ok(length) = fitting(event.body_bytes(), limits) else {
            return Ok(());
        };
        let room = room(&self.output, length).await?;
        self.put(event, 0, Some(room));
        Ok(())
    }

    /// An event that waits for no room.
    pub(crate) fn tell_at_once(&self, event: EventFrame, limits: FrameLimits) -> Result<(), Gone> {
        if self.is_closed() {
            return Err(Gone);
        }
        if let Ok(length) = fitting(event.body_bytes(), limits) {
            self.put(event, length as usize, None);
        }
        Ok(())
    }

    fn put(&self, event: EventFrame, at_once: usize, room: Option<OwnedSemaphorePermit>) {
        let what = Event {
            ownership: event.ownership,
            payload: event.payload,
        };
        {
            let mut queues = self.queues();
            queues.at_once = queues.at_once.saturating_add(at_once);
            queues.events.push_back(Kept {
                what,
                at_once,
                _room: room,
            });
        }
        self.came.notify_waiters();
    }

    /// A question.
    pub(crate) async fn ask(
        &self,
        question: SidecarRequestFrame,
        limits: FrameLimits,
    ) -> Result<(), Unasked> {
        let length = fitting(question.body_bytes(), limits).map_err(Unasked::Frame)?;
        let room = room(&self.asking, length).await;
        let room = room.map_err(|Gone| Unasked::Gone)?;
        self.queues().questions.push_back(Kept {
            what: Callback {
                request_id: question.request_id,
                ownership: question.ownership,
                payload: question.payload,
            },
            at_once: 0,
            _room: Some(room),
        });
        self.came.notify_waiters();
        Ok(())
    }

    /// Takes the first event. Its room is free again.
    pub(crate) fn next_event(&self) -> Option<Event> {
        let mut queues = self.queues();
        let kept = queues.events.pop_front()?;
        queues.at_once = queues.at_once.saturating_sub(kept.at_once);
        Some(kept.what)
    }

    /// Takes the first question. Its room is free again.
    pub(crate) fn next_question(&self) -> Option<Callback> {
        Some(self.queues().questions.pop_front()?.what)
    }

    /// Comes back when something waits. Dropped, it has taken nothing.
    pub(crate) async fn waits(&self, what: Waiting) {
        loop {
            let came = self.came.notified();
            tokio::pin!(came);
            // From here on nothing comes unnoticed.
            came.as_mut().enable();
            let is_empty = {
                let queues = self.queues();
                match what {
                    Waiting::Event => queues.events.is_empty(),
                    Waiting::Question => queues.questions.is_empty(),
                }
            };
            if !is_empty {
                return;
            }
            came.await;
        }
    }

    /// Whether so many events wait that no request is taken before some are fetched.
    pub(crate) fn is_full(&self) -> bool {
        self.queues().at_once > OTHER_BYTES
    }

    /// Ends the waiting of all: the component is gone.
    pub(crate) fn close(&self) {
        self.output.close();
        self.asking.close();
        let waiting = std::mem::take(&mut *self.queues());
        drop(waiting);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.output.is_closed()
    }
}

/// An answer that is waited for. Dropped, it is forgotten.
pub(crate) struct Expected {
    inbox: Arc<Inbox>,
    request: RequestId,
    answer: oneshot::Receiver<ResponseFrame>,
}

impl Expected {
    /// The answer; none where the sidecar ended before it.
    pub(crate) async fn answer(mut self) -> Option<ResponseFrame> {
        (&mut self.answer).await.ok()
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.inbox.queues().answers.remove(&self.request);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tollgate_protocol::event;
    use tollgate_protocol::types::{
        ConnectionOwnership, OwnershipScope, ProcessExitedEvent, ProcessOutputEvent, StreamChannel,
    };

    use super::*;

    const LIMITS: FrameLimits = FrameLimits::of(16 << 20);

    fn scope() -> OwnershipScope {
        OwnershipScope::ConnectionOwnership(ConnectionOwnership {
            connection_id: "conn-1".to_owned(),
        })
    }

    fn output(bytes: usize) -> EventFrame {
        let output = ProcessOutputEvent {
            process_id: "p".to_owned(),
            channel: StreamChannel::Stdout,
            chunk: vec![0; bytes],
        };
        event(scope(), EventPayload::ProcessOutputEvent(output))
    }

    fn exit(process: &str) -> EventFrame {
        let exited = ProcessExitedEvent {
            process_id: process.to_owned(),
            exit_code: 0,
        };
        event(scope(), EventPayload::ProcessExitedEvent(exited))
    }

    async fn in_time<T>(what: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(Duration::from_millis(50), what)
            .await
            .ok()
    }

    #[tokio::test]
    async fn output_waits_for_room_and_nothing_is_lost() {
        let inbox = Arc::new(Inbox::new());
        for _ in 0..2 {
            inbox.tell(output(15 << 20), LIMITS).await.unwrap();
        }
        let third = inbox.tell(output(15 << 20), LIMITS);
        tokio::pin!(third);
        assert!(in_time(&mut third).await.is_none());
        // What is no output goes in all the same.
        inbox.tell(exit("q"), LIMITS).await.unwrap();
        assert!(!inbox.is_full());
        assert!(inbox.next_event().is_some());
        third.await.unwrap();
        let left: Vec<_> = std::iter::from_fn(|| inbox.next_event()).collect();
        assert_eq!(left.len(), 3);
        // Gone, it keeps nobody.
        let fourth = output(16 << 20);
        inbox.tell(output(15 << 20), LIMITS).await.unwrap();
        inbox.tell(output(15 << 20), LIMITS).await.unwrap();
        let (told, ()) = tokio::join!(inbox.tell(fourth, FrameLimits::of(32 << 20)), async {
            inbox.close();
        });
        assert_eq!(told, Err(Gone));
    }

    #[tokio::test]
    async fn who_never_fetches_is_full_at_a_bound_and_ready_at_once() {
        let inbox = Arc::new(Inbox::new());
        assert!(in_time(inbox.waits(Waiting::Event)).await.is_none());
        let mut events = 0;
        while !inbox.is_full() {
            inbox.tell(exit(&"p".repeat(1_000)), LIMITS).await.unwrap();
            events += 1;
        }
        assert!((1_000..1_100).contains(&events), "{events}");
        in_time(inbox.waits(Waiting::Event)).await.unwrap();
        assert!(in_time(inbox.waits(Waiting::Question)).await.is_none());
        inbox.next_event().unwrap();
        inbox.next_event().unwrap();
        assert!(!inbox.is_full());
    }

    #[tokio::test]
    async fn what_comes_while_it_is_waited_for_ends_the_waiting() {
        let inbox = Arc::new(Inbox::new());
        let waiting = tokio::spawn({
            let inbox = Arc::clone(&inbox);
            async move { inbox.waits(Waiting::Event).await }
        });
        tokio::task::yield_now().await;
        inbox.tell(exit("p"), LIMITS).await.unwrap();
        in_time(waiting).await.unwrap().unwrap();
    }
}
