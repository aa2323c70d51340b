//! What a sidecar tells without being asked, for whoever wants to hear it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tollgate_protocol::types::{EventPayload, OwnershipScope, VmLifecycleState};

use crate::limits::EVENT_OVERHEAD;

/// Something that a sidecar told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// What it told.
    Told(EventPayload),
    /// Here so many events are missing: there was no room for them, and nobody wanted the sidecar to wait.
    Lost(u64),
}

/// What happens to an event for which a subscriber has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It waits, and with it everything that the sidecar sends, answers too, until the subscriber has read something or
    /// is dropped. Nothing is lost. A subscriber is then read in a task of its own, and not by whoever waits for an
    /// answer.
    Wait,
    /// It is lost, and [`Event::Lost`] stands where it would have stood.
    Lose,
}

/// The events of one VM or one connection, in the order in which they came.
///
/// So many bytes of them wait to be read as [`Limits::event_bytes`](crate::Limits) says; then what [`WhenFull`] says
/// happens. Dropped, it hears no more, and nobody waits for it.
pub struct Events {
    queue: Arc<Queue>,
    all: Arc<Subscriptions>,
    scope: Scope,
}

impl Events {
    /// The next event; none once the VM is disposed of or the conversation is over, and all was read. May be dropped
    /// while it waits, and nothing is lost.
    pub async fn next(&mut self) -> Option<Event> {
        self.queue.pop().await
    }

    /// What is to happen from now on when there is no room. A subscription waits, where nothing was said.
    #[must_use]
    pub fn when_full(self, when_full: WhenFull) -> Self {
        self.queue.set(when_full);
        self
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.queue.close();
        self.all.forget(&self.scope, &self.queue);
    }
}

/// A scope as a key: which kind it is, and its names.
type Scope = (u8, String, String, String);

fn key(scope: &OwnershipScope) -> Scope {
    match scope {
        OwnershipScope::ConnectionOwnership(of) => {
            (0, of.connection_id.clone(), String::new(), String::new())
        }
        OwnershipScope::SessionOwnership(of) => (
            1,
            of.connection_id.clone(),
            of.session_id.clone(),
            String::new(),
        ),
        OwnershipScope::VmOwnership(of) => (
            2,
            of.connection_id.clone(),
            of.session_id.clone(),
            of.vm_id.clone(),
        ),
    }
}

/// Who hears what.
pub(crate) struct Subscriptions {
    /// None once the conversation is over.
    queues: Mutex<Option<HashMap<Scope, Vec<Arc<Queue>>>>>,
    room: usize,
}

impl Subscriptions {
    pub(crate) fn new(room: usize) -> Self {
        Self {
            queues: Mutex::new(Some(HashMap::new())),
            room,
        }
    }

    /// Hears what concerns a scope from now on.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        scope: &OwnershipScope,
        when_full: WhenFull,
    ) -> Events {
        let scope = key(scope);
        let queue = Arc::new(Queue::new(self.room, when_full));
        match &mut *self.lock() {
            Some(queues) => queues
                .entry(scope.clone())
                .or_default()
                .push(Arc::clone(&queue)),
            None => queue.close(),
        }
        Events {
            queue,
            all: Arc::clone(self),
            scope,
        }
    }

    /// Hands an event to everybody who hears it. Where one of them is full and does not want to lose it, this waits.
    pub(crate) async fn tell(&self, scope: &OwnershipScope, event: EventPayload) {
        let last = matches!(
            &event,
            EventPayload::VmLifecycleEvent(event) if event.state == VmLifecycleState::Disposed
        );
        let scope = key(scope);
        let queues = {
            let mut all = self.lock();
            let Some(all) = all.as_mut() else { return };
            if last {
                all.remove(&scope)
            } else {
                all.get(&scope).cloned()
            }
        };
        for queue in queues.into_iter().flatten() {
            queue.push(event.clone()).await;
            if last {
                queue.finish();
            }
        }
    }

    /// The conversation is over. What waits to be read can still be read.
    pub(crate) fn end(&self) {
        let queues = self.lock().take();
        for queue in queues.into_iter().flatten().flat_map(|(_, queues)| queues) {
            queue.finish();
        }
    }

    fn forget(&self, scope: &Scope, queue: &Arc<Queue>) {
        let mut all = self.lock();
        let Some(all) = all.as_mut() else { return };
        if let Some(queues) = all.get_mut(scope) {
            queues.retain(|each| !Arc::ptr_eq(each, queue));
            if queues.is_empty() {
                all.remove(scope);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<HashMap<Scope, Vec<Arc<Queue>>>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Queue {
    waiting: Mutex<Waiting>,
    /// How many bytes may wait.
    room: usize,
    filled: Notify,
    emptied: Notify,
}

struct Waiting {
    events: VecDeque<Event>,
    bytes: usize,
    when_full: WhenFull,
    /// Nothing more comes in.
    finished: bool,
}

impl Queue {
    fn new(room: usize, when_full: WhenFull) -> Self {
        let waiting = Waiting {
            events: VecDeque::new(),
            bytes: 0,
            when_full,
            finished: false,
        };
        Self {
            waiting: Mutex::new(waiting),
            room,
            filled: Notify::new(),
            emptied: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn push(&self, event: EventPayload) {
        let bytes = size(&event);
        let mut event = Some(event);
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.lock().take(&mut event, bytes, self.room) {
                self.filled.notify_one();
                return;
            }
            emptied.await;
        }
    }

    async fn pop(&self) -> Option<Event> {
        loop {
            let filled = self.filled.notified();
            tokio::pin!(filled);
            filled.as_mut().enable();
            {
                let mut waiting = self.lock();
                if let Some(event) = waiting.give() {
                    self.emptied.notify_one();
                    return Some(event);
                }
                if waiting.finished {
                    return None;
                }
            }
            filled.await;
        }
    }

    fn set(&self, when_full: WhenFull) {
        self.lock().when_full = when_full;
        self.emptied.notify_one();
    }

    /// Nothing more comes in.
    fn finish(&self) {
        self.lock().finished = true;
        self.filled.notify_one();
        self.emptied.notify_one();
    }

    /// Nothing more comes in, and nobody reads what is there.
    fn close(&self) {
        self.finish();
        let mut waiting = self.lock();
        waiting.events = VecDeque::new();
        waiting.bytes = 0;
    }
}

impl Waiting {
    /// Takes an event in, or counts it as lost; `false` where it has to wait for room.
    fn take(&mut self, event: &mut Option<EventPayload>, bytes: usize, room: usize) -> bool {
        if self.finished {
            return true;
        }
        let fits = self.bytes == 0 || self.bytes.saturating_add(bytes) <= room;
        // What is lost is one piece: an event that is small enough does not get in between two that were not.
        let within_a_gap = matches!(self.events.back(), Some(Event::Lost(_)));
        match self.when_full {
            WhenFull::Wait if !fits => return false,
            WhenFull::Lose if !fits || within_a_gap => {
                if let Some(Event::Lost(lost)) = self.events.back_mut() {
                    *lost = lost.saturating_add(1);
                } else {
                    self.events.push_back(Event::Lost(1));
                }
            }
            WhenFull::Wait | WhenFull::Lose => {
                if let Some(event) = event.take() {
                    self.events.push_back(Event::Told(event));
                    self.bytes = self.bytes.saturating_add(bytes);
                }
            }
        }
        true
    }

    fn give(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        if let Event::Told(told) = &event {
            self.bytes = self.bytes.saturating_sub(size(told));
        }
        Some(event)
    }
}

/// What an event takes in a queue.
fn size(event: &EventPayload) -> usize {
    let holds = match event {
        EventPayload::VmLifecycleEvent(_) => 0,
        EventPayload::ProcessOutputEvent(event) => event.process_id.len() + event.chunk.len(),
        EventPayload::ProcessExitedEvent(event) => event.process_id.len(),
        EventPayload::StructuredEvent(event) => event
            .detail
            .iter()
            .map(|(key, value)| EVENT_OVERHEAD + key.len() + value.len())
            .sum(),
        EventPayload::ExtEnvelope(event) => event.namespace.len() + event.payload.len(),
    };
    EVENT_OVERHEAD + holds
}
