//! What guests and the writer share: the ring's permits, the queue of finished calls, and the wish for a flush.
//!
//! The ring counts effects, not records: a call takes a permit before its effect and the writer gives it back once the
//! record that covers it is flushed. So however calls are coalesced, no more than [`RING`] effects lack a flushed record.

use crate::clock;
use crate::error::{AuditError, Failure};
use crate::lock::lock;
use crate::state::{Raw, RunState};
use crate::summary::Account;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

/// Effects that may lack a flushed record, over all guests of one log.
pub(crate) const RING: usize = 4096;

/// How long a finished call may wait for its record to be flushed.
const FLUSH_NS: u64 = 100_000_000;

/// Bytes of waiting records that make a flush due.
const FLUSH_BYTES: u64 = 1024 * 1024;

/// Written records that are kept until those who make new ones free them: a megabyte, or eight where all of their names are
/// as long as names may be.
const DONE: usize = RING / 2;

/// A waiter for the moment when everything queued before it is flushed; dropped when that will never be.
pub(crate) type Ack = oneshot::Sender<()>;

#[derive(Default)]
struct Queue {
    records: Vec<Raw>,
    /// An empty list, for when the writer takes the records: one that grows anew each time is mapped and copied anew.
    spare: Vec<Raw>,
    /// Records that are written. Whoever makes the next ones frees them: memory that one thread takes and another gives
    /// back is found again slowly, by locks and lists of the allocator, and each call of a guest takes some.
    done: Vec<Raw>,
    bytes: u64,
    acks: Vec<Ack>,
    timers: Vec<(u64, oneshot::Sender<()>)>,
    /// When the oldest thing that waits for a flush began to wait, here or in a run's open spans.
    dirty_since: Option<u64>,
    closing: bool,
    /// Nobody reads the queue any more.
    dead: bool,
}

/// What the writer takes at once.
pub(crate) struct Batch {
    pub(crate) records: Vec<Raw>,
    pub(crate) acks: Vec<Ack>,
    pub(crate) closing: bool,
}

pub(crate) struct Shared {
    ring: Semaphore,
    /// Effects that are finished and not yet taken by the writer.
    finished: AtomicUsize,
    /// Effects that the writer has taken and not yet flushed.
    in_flight: AtomicUsize,
    /// Calls that wait for a permit.
    starving: AtomicUsize,
    urgent: AtomicBool,
    queue: Mutex<Queue>,
    wake: Condvar,
    runs: Mutex<Vec<Arc<RunState>>>,
    failure: OnceLock<Failure>,
    pub(crate) account: Mutex<Account>,
}

impl Shared {
    pub(crate) fn new() -> Shared {
        Shared {
            ring: Semaphore::new(RING),
            finished: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            starving: AtomicUsize::new(0),
            urgent: AtomicBool::new(false),
            queue: Mutex::default(),
            wake: Condvar::new(),
            runs: Mutex::default(),
            failure: OnceLock::new(),
            account: Mutex::default(),
        }
    }

    /// A place in the ring, waiting for one if there is none. Dropped, it goes back at once.
    pub(crate) async fn permit(&self) -> Result<SemaphorePermit<'_>, AuditError> {
        match self.ring.try_acquire() {
            Ok(permit) => Ok(permit),
            Err(tokio::sync::TryAcquireError::Closed) => Err(self.stopped()),
            Err(tokio::sync::TryAcquireError::NoPermits) => {
                let _starving = Starving::new(&self.starving);
                self.flush_if_idle();
                self.ring.acquire().await.map_err(|_closed| self.stopped())
            }
        }
    }

    /// A place in the ring if there is one now; asks for a flush if there is none.
    pub(crate) fn try_permit(&self) -> Result<Option<SemaphorePermit<'_>>, AuditError> {
        match self.ring.try_acquire() {
            Ok(permit) => Ok(Some(permit)),
            Err(tokio::sync::TryAcquireError::Closed) => Err(self.stopped()),
            Err(tokio::sync::TryAcquireError::NoPermits) => {
                self.flush_if_idle();
                Ok(None)
            }
        }
    }

    /// Why nothing can begin any more.
    pub(crate) fn stopped(&self) -> AuditError {
        self.failure
            .get()
            .map_or(AuditError::Closed, |failure| AuditError::Failed(*failure))
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.ring.is_closed()
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure.get().copied()
    }

    /// To be called before a finished call can be seen by the writer, so that the count never falls below zero.
    pub(crate) fn count_finished(&self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }

    /// After a call has finished: asks for a flush if half of the ring waits for one, or if somebody waits for the ring.
    pub(crate) fn flush_if_pressed(&self) {
        if self.finished.load(Ordering::Relaxed) >= RING / 2 {
            self.request_flush();
        } else if self.starves() {
            self.flush_if_idle();
        }
    }

    /// Whether somebody waits for a place and there is none. Who was given one counts as waiting until its task has its
    /// turn, which can be long after.
    fn starves(&self) -> bool {
        self.starving.load(Ordering::Relaxed) > 0 && self.ring.available_permits() == 0
    }

    /// Asks for a flush unless one is under way, which will give places back by itself: another one right behind it would
    /// find only the few calls that finished meanwhile, and so would the one after that.
    fn flush_if_idle(&self) {
        if self.in_flight.load(Ordering::Relaxed) == 0 {
            self.request_flush();
        }
    }

    pub(crate) fn request_flush(&self) {
        if !self.urgent.swap(true, Ordering::AcqRel) {
            // Through the lock, or the writer could miss the call between its last look and its sleep.
            drop(lock(&self.queue));
            self.wake.notify_one();
        }
    }

    /// Hands a record over, and with `ack` somebody who waits for its flush.
    pub(crate) fn push(&self, raw: Raw, ack: Option<Ack>) {
        let mut queue = lock(&self.queue);
        if queue.dead {
            return;
        }
        queue.bytes = queue.bytes.saturating_add(raw.charged);
        queue.records.push(raw);
        let due = ack.is_some() || queue.bytes >= FLUSH_BYTES;
        queue.acks.extend(ack);
        let first = queue.dirty_since.is_none();
        queue.dirty_since.get_or_insert_with(clock::mono_ns);
        // One for one: more at once, and the allocator's own lists for this thread would run over.
        let done = queue.done.pop();
        drop(queue);
        drop(done);
        if due || first {
            self.wake.notify_one();
        }
    }

    /// The writer: gives back records that it is done with, and their list.
    pub(crate) fn give_back(&self, mut records: Vec<Raw>) {
        records.truncate(DONE);
        let mut spare = std::mem::replace(&mut lock(&self.queue).done, records);
        // What nobody has freed meanwhile.
        spare.clear();
        lock(&self.queue).spare = spare;
    }

    /// Says that a run has an open span, which must not stay open for longer than a flush may be late.
    pub(crate) fn mark_dirty(&self, now: u64) {
        let mut queue = lock(&self.queue);
        if queue.dirty_since.is_none() {
            queue.dirty_since = Some(now);
            drop(queue);
            self.wake.notify_one();
        }
    }

    /// Waits until everything that is finished now is flushed.
    pub(crate) async fn flushed(&self) -> Result<(), AuditError> {
        let (ack, done) = oneshot::channel();
        self.enqueue_ack(ack);
        self.acknowledged(done).await
    }

    pub(crate) async fn acknowledged(&self, done: oneshot::Receiver<()>) -> Result<(), AuditError> {
        done.await.map_err(|_never| self.stopped())
    }

    fn enqueue_ack(&self, ack: Ack) {
        let mut queue = lock(&self.queue);
        if !queue.dead {
            queue.acks.push(ack);
            drop(queue);
            self.wake.notify_one();
        }
    }

    /// Waits until the monotonic clock shows `due`. The writer's thread keeps the time, so that no particular runtime
    /// with a timer is needed.
    pub(crate) async fn sleep_until(&self, due: u64) -> Result<(), AuditError> {
        let (bell, rung) = oneshot::channel();
        {
            let mut queue = lock(&self.queue);
            if queue.dead {
                return Err(self.stopped());
            }
            // Waiters may be cancelled; their bells must not pile up.
            if queue.timers.len() == queue.timers.capacity() {
                queue.timers.retain(|(_, bell)| !bell.is_closed());
            }
            queue.timers.push((due, bell));
        }
        self.wake.notify_one();
        rung.await.map_err(|_never| self.stopped())
    }

    pub(crate) fn register(&self, run: Arc<RunState>) {
        let mut runs = lock(&self.runs);
        if runs.len() == runs.capacity() {
            runs.retain(|run| !run.is_gone());
        }
        runs.push(run);
    }

    /// The writer: sleeps until there is reason to flush, and takes everything that is finished.
    pub(crate) fn next_batch(&self) -> Batch {
        let mut queue = lock(&self.queue);
        loop {
            let now = clock::mono_ns();
            ring_bells(&mut queue.timers, now);
            let due = queue
                .dirty_since
                .map(|since| since.saturating_add(FLUSH_NS));
            let pressed = self.urgent.load(Ordering::Acquire)
                || !queue.acks.is_empty()
                || queue.bytes >= FLUSH_BYTES;
            if queue.closing || pressed || due.is_some_and(|due| due <= now) {
                break;
            }
            let bell = queue.timers.iter().map(|(due, _)| *due).min();
            queue = match due.into_iter().chain(bell).min() {
                Some(until) => {
                    let pause = Duration::from_nanos(until.saturating_sub(now));
                    self.wake
                        .wait_timeout(queue, pause)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
                None => self
                    .wake
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
        self.urgent.store(false, Ordering::Release);
        queue.dirty_since = None;
        queue.bytes = 0;
        let spare = std::mem::take(&mut queue.spare);
        let mut batch = Batch {
            records: std::mem::replace(&mut queue.records, spare),
            acks: std::mem::take(&mut queue.acks),
            closing: queue.closing,
        };
        drop(queue);
        self.sweep(&mut batch.records);
        batch
    }

    /// Closes the open spans of every run, and forgets runs that are over.
    fn sweep(&self, records: &mut Vec<Raw>) {
        lock(&self.runs).retain(|run| {
            let gone = run.is_gone();
            run.close_spans(records);
            if gone {
                // Nobody can ask for it any more, and what is written of the run may lie about for long.
                *lock(&run.account) = Account::default();
            }
            !gone
        });
        let taken = records.iter().map(|raw| raw.permits).sum();
        self.in_flight.fetch_add(taken, Ordering::Relaxed);
        self.finished.fetch_sub(taken, Ordering::Relaxed);
    }

    /// The writer: gives back the places of effects whose records are flushed. Who goes without one still needs a flush.
    pub(crate) fn flushed_permits(&self, permits: usize) {
        self.in_flight.fetch_sub(permits, Ordering::Relaxed);
        self.release(permits);
        if self.starves() {
            self.request_flush();
        }
    }

    /// Gives places back.
    pub(crate) fn release(&self, permits: usize) {
        self.ring.add_permits(permits);
    }

    /// Calls that have begun and not finished.
    pub(crate) fn unfinished(&self) -> u64 {
        lock(&self.runs)
            .iter()
            .map(|run| u64::from(run.outstanding()))
            .sum()
    }

    /// Lets nothing begin any more and asks the writer to end after one more batch.
    pub(crate) fn begin_closing(&self) {
        self.ring.close();
        lock(&self.queue).closing = true;
        self.wake.notify_one();
        self.wake_waiting_runs();
    }

    /// The writer is gone, well or with a failure: wakes everybody who waits for it.
    pub(crate) fn end(&self, failure: Option<Failure>) {
        if let Some(failure) = failure {
            // The first failure is the cause; later ones follow from it.
            let _first_stays = self.failure.set(failure);
        }
        self.ring.close();
        let left = {
            let mut queue = lock(&self.queue);
            queue.dead = true;
            (
                std::mem::take(&mut queue.records),
                std::mem::take(&mut queue.done),
                std::mem::take(&mut queue.acks),
                std::mem::take(&mut queue.timers),
            )
        };
        drop(left);
        self.wake_waiting_runs();
    }

    fn wake_waiting_runs(&self) {
        for run in lock(&self.runs).iter() {
            run.wake_all();
        }
    }
}

fn ring_bells(timers: &mut Vec<(u64, oneshot::Sender<()>)>, now: u64) {
    for (_, bell) in timers.extract_if(.., |(due, _)| *due <= now) {
        // A waiter that was cancelled hears no bell.
        let _maybe_cancelled = bell.send(());
    }
}

/// Counts a waiter for as long as it waits, cancelled or not.
struct Starving<'a>(&'a AtomicUsize);

impl<'a> Starving<'a> {
    fn new(count: &'a AtomicUsize) -> Starving<'a> {
        count.fetch_add(1, Ordering::Relaxed);
        Starving(count)
    }
}

impl Drop for Starving<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
