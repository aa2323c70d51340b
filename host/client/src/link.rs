//! One conversation: who waits for what, what waits to be written, and how it ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tollgate_protocol::types::{
    ConnectionOwnership, OwnershipScope, ProtocolFrame, RequestPayload, ResponseFrame,
    ResponsePayload, SidecarResponseFrame, VmOwnership,
};
use tollgate_protocol::{FrameError, FrameLimits, encode, request};

use crate::error::{Error, Unexpected};
use crate::events::{Events, Subscriptions, WhenFull};
use crate::limits::{FIRST_FRAME_BYTES, Limits};

/// An answer, and for a VM that was made the events that come after it: between the two, nothing may be missed.
pub(crate) struct Answer {
    pub(crate) payload: ResponsePayload,
    pub(crate) events: Option<Events>,
}

/// A frame that waits to be written, with the room that it takes until it is.
pub(crate) struct Outgoing {
    pub(crate) bytes: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

/// What waits to be written. Answers have a way of their own, for a sidecar may wait for one before it reads on.
pub(crate) struct Writing {
    pub(crate) answers: mpsc::UnboundedReceiver<Outgoing>,
    pub(crate) requests: mpsc::UnboundedReceiver<Outgoing>,
}

/// Who waits for an answer.
struct Waiting {
    /// The kind of answer that goes with the question. Not the question: it may hold a file.
    answer: &'static str,
    /// The namespace, where an extension was asked.
    namespace: Option<String>,
    ownership: OwnershipScope,
    to: oneshot::Sender<Result<Answer, Error>>,
    _place: OwnedSemaphorePermit,
}

struct State {
    waiting: HashMap<i64, Waiting>,
    last_id: i64,
    ended: Option<Error>,
}

/// One conversation, shared by everybody who takes part in it.
pub(crate) struct Link {
    pub(crate) limits: Limits,
    pub(crate) events: Arc<Subscriptions>,
    state: Mutex<State>,
    /// Bytes of a body in either direction, as the sidecar announced.
    frame_bytes: AtomicU32,
    places: Arc<Semaphore>,
    requests: Lane,
    answers: Lane,
    over: watch::Sender<bool>,
}

/// A way to the writer, with room for so many bytes. Empty once nothing more is to be written.
struct Lane {
    to: Mutex<Option<mpsc::UnboundedSender<Outgoing>>>,
    room: Arc<Semaphore>,
    room_bytes: u32,
}

impl Lane {
    fn new(room_bytes: u32) -> (Self, mpsc::UnboundedReceiver<Outgoing>) {
        let (to, from) = mpsc::unbounded_channel();
        let room_bytes = room_bytes.max(1);
        let lane = Self {
            to: Mutex::new(Some(to)),
            room: Arc::new(Semaphore::new(room_bytes as usize)),
            room_bytes,
        };
        (lane, from)
    }

    /// Waits for room for so many bytes. What is larger than all the room takes all of it.
    async fn room(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Error> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room);
        let room = room.acquire_many_owned(bytes.min(self.room_bytes)).await;
        room.map_err(|_closed| Error::Closed)
    }

    fn send(&self, bytes: Vec<u8>, room: OwnedSemaphorePermit) -> Result<(), Error> {
        let to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        let outgoing = Outgoing { bytes, _room: room };
        match to.as_ref().map(|to| to.send(outgoing)) {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err(Error::Closed),
        }
    }

    /// What was sent is still written, and nothing more is.
    fn close(&self) {
        self.room.close();
        self.to
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

impl Link {
    pub(crate) fn new(limits: Limits) -> (Arc<Self>, Writing) {
        let (requests, from_requests) = Lane::new(limits.outgoing_bytes);
        let (answers, from_answers) = Lane::new(limits.outgoing_bytes);
        let link = Self {
            limits,
            events: Arc::new(Subscriptions::new(limits.event_bytes)),
            state: Mutex::new(State {
                waiting: HashMap::new(),
                last_id: 0,
                ended: None,
            }),
            frame_bytes: AtomicU32::new(FIRST_FRAME_BYTES.min(limits.frame_bytes)),
            places: Arc::new(Semaphore::new(limits.requests.min(Semaphore::MAX_PERMITS))),
            requests,
            answers,
            over: watch::Sender::new(false),
        };
        let writing = Writing {
            answers: from_answers,
            requests: from_requests,
        };
        (Arc::new(link), writing)
    }

    pub(crate) fn frame_limits(&self) -> FrameLimits {
        FrameLimits::of(self.frame_bytes.load(Ordering::Relaxed))
    }

    /// Asks, and waits for the answer. Dropped before the question is in line, nothing was sent; dropped later, the
    /// question is asked and its answer is thrown away.
    pub(crate) async fn ask(
        &self,
        ownership: OwnershipScope,
        payload: RequestPayload,
    ) -> Result<Answer, Error> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_none| self.no_place())?;
        let (to, answer) = oneshot::channel();
        let waiting = Waiting {
            answer: payload.answer_name(),
            namespace: match &payload {
                RequestPayload::ExtEnvelope(asked) => Some(asked.namespace.clone()),
                _ => None,
            },
            ownership: ownership.clone(),
            to,
            _place: place,
        };
        // The number is given when the question is in line: it takes as much room as any other.
        let mut frame = ProtocolFrame::from(request(1, ownership, payload));
        let limits = self.frame_limits();
        let length = frame.body_bytes();
        if length > u64::from(limits.body_bytes) {
            let limit = limits.body_bytes;
            return Err(FrameError::TooLarge { length, limit }.into());
        }
        let room = self.requests.room(length).await;
        let room = room.map_err(|_over| self.end_of())?;
        let id = self.enlist(waiting)?;
        if let ProtocolFrame::RequestFrame(frame) = &mut frame {
            frame.request_id = id;
        }
        let sent = encode(&frame, limits)
            .map_err(Error::from)
            .and_then(|bytes| self.requests.send(bytes, room));
        if let Err(error) = sent {
            self.lock().waiting.remove(&id);
            return Err(error);
        }
        answer.await.unwrap_or_else(|_gone| Err(self.end_of()))
    }

    /// Answers a question of the sidecar. One that fits no frame is `instead`.
    pub(crate) async fn answer(&self, answer: SidecarResponseFrame, instead: SidecarResponseFrame) {
        let limits = self.frame_limits();
        let frame = encode(&answer.into(), limits).or_else(|_| encode(&instead.into(), limits));
        let Ok(bytes) = frame else { return };
        // A conversation that is over takes no answers, which is no trouble of whoever answered.
        if let Ok(room) = self.answers.room(bytes.len() as u64).await {
            let _over = self.answers.send(bytes, room);
        }
    }

    /// Hands an answer to whoever waits for it.
    pub(crate) fn answered(&self, frame: ResponseFrame) -> Result<(), Error> {
        let id = frame.request_id;
        let Some(waiting) = self.lock().waiting.remove(&id) else {
            return Err(Unexpected::Answer { id }.into());
        };
        let answer = waiting.check(&frame).and_then(|()| {
            if let ResponsePayload::AuthenticatedResponse(made) = &frame.payload {
                self.adopt(made.max_frame_bytes)?;
            }
            Ok(Answer {
                events: self.of_a_new_vm(&frame),
                payload: frame.payload,
            })
        });
        let bad = answer.as_ref().err().cloned();
        // Nobody waits where the future was dropped.
        let _dropped = waiting.to.send(answer);
        bad.map_or(Ok(()), Err)
    }

    /// The conversation is over. The first reason is the one that everybody hears.
    pub(crate) fn end(&self, why: Error) {
        let waiting = {
            let mut state = self.lock();
            if state.ended.is_some() {
                return;
            }
            state.ended = Some(why.clone());
            std::mem::take(&mut state.waiting)
        };
        self.stop_writing();
        self.events.end();
        self.over.send_replace(true);
        for waiting in waiting.into_values() {
            let _dropped = waiting.to.send(Err(why.clone()));
        }
    }

    /// What was asked and answered is still written, and nothing more is.
    pub(crate) fn stop_writing(&self) {
        self.requests.close();
        self.answers.close();
    }

    /// Comes back when the conversation is over.
    pub(crate) async fn over(&self) {
        let mut over = self.over.subscribe();
        // The sender lives as long as this does.
        let _ended = over.wait_for(|over| *over).await;
    }

    /// Why the conversation is over; [`Error::Closed`] while it is being ended.
    pub(crate) fn end_of(&self) -> Error {
        self.lock().ended.clone().unwrap_or(Error::Closed)
    }

    fn no_place(&self) -> Error {
        let ended = self.lock().ended.clone();
        ended.unwrap_or(Error::TooManyRequests {
            limit: self.limits.requests,
        })
    }

    fn enlist(&self, waiting: Waiting) -> Result<i64, Error> {
        let mut state = self.lock();
        if let Some(why) = &state.ended {
            return Err(why.clone());
        }
        // At a request each nanosecond this ends in 292 years.
        state.last_id = state.last_id.saturating_add(1);
        let id = state.last_id;
        state.waiting.insert(id, waiting);
        Ok(id)
    }

    fn adopt(&self, announced: u32) -> Result<(), Error> {
        let most = self.limits.frame_bytes;
        if announced == 0 || announced > most {
            return Err(Error::Announced { announced, most });
        }
        self.frame_bytes.store(announced, Ordering::Relaxed);
        Ok(())
    }

    /// Until somebody takes them, events of a VM are kept as far as there is room, and keep nobody waiting.
    fn of_a_new_vm(&self, frame: &ResponseFrame) -> Option<Events> {
        let made = vm_of(frame)?;
        Some(self.events.subscribe(&made, WhenFull::Lose))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Whether this is the answer that was waited for.
    fn check(&self, frame: &ResponseFrame) -> Result<(), Error> {
        let asker = match &frame.payload {
            ResponsePayload::AuthenticatedResponse(made) => {
                OwnershipScope::ConnectionOwnership(ConnectionOwnership {
                    connection_id: made.connection_id.clone(),
                })
            }
            _ => self.ownership.clone(),
        };
        if frame.ownership != asker {
            return Err(Unexpected::Scope {
                id: frame.request_id,
            }
            .into());
        }
        let fits = match &frame.payload {
            ResponsePayload::RejectedResponse(_) => true,
            ResponsePayload::ExtEnvelope(answer) => {
                self.namespace.as_ref() == Some(&answer.namespace)
            }
            other => other.name() == self.answer,
        };
        if fits {
            Ok(())
        } else {
            Err(Unexpected::Kind {
                asked: self.answer,
                came: frame.payload.name(),
            }
            .into())
        }
    }
}

/// The scope of a VM that was made.
fn vm_of(frame: &ResponseFrame) -> Option<OwnershipScope> {
    match (&frame.payload, &frame.ownership) {
        (ResponsePayload::VmCreatedResponse(made), OwnershipScope::SessionOwnership(of)) => {
            Some(OwnershipScope::VmOwnership(VmOwnership {
                connection_id: of.connection_id.clone(),
                session_id: of.session_id.clone(),
                vm_id: made.vm_id.clone(),
            }))
        }
        _ => None,
    }
}
