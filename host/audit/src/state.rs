//! A run as its calls and the writer share it: what it may write, and the spans that it has open.

use crate::clock;
use crate::encode::{FIXED_BYTES, Identity};
use crate::entry::Entry;
use crate::escape;
use crate::lock::lock;
use crate::pace::Pace;
use crate::record::{RunIdentity, bounds};
use crate::span::{Key, Outcome, Span, Spans, Totals};
use crate::summary::Account;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// Calls that one run may have begun and not finished: the rest of the ring stays for the others.
pub(crate) const PENDING_PER_RUN: u32 = 1024;

/// What one run may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// Bytes of the run's records, line ends included. Beyond: one last record (`log.limit`), then
    /// [`AuditError::Limit`](crate::AuditError::Limit) for every call.
    pub bytes: u64,
    /// Records per second in the long run (at least 1); one second's worth may come at once. Beyond, calls wait.
    pub records_per_second: u32,
}

impl Default for RunLimits {
    /// 256 MiB, and 10,000 records a second.
    fn default() -> RunLimits {
        RunLimits {
            bytes: 256 * 1024 * 1024,
            records_per_second: 10_000,
        }
    }
}

/// A finished call, or a span of them, on its way to the writer.
pub(crate) struct Raw {
    pub(crate) run: Arc<RunState>,
    pub(crate) key: Arc<Key>,
    pub(crate) outcome: Outcome,
    pub(crate) totals: Totals,
    /// Ring permits that come back with the record's flush.
    pub(crate) permits: usize,
    /// Bytes that the run was charged for it: at least what the line takes.
    pub(crate) charged: u64,
}

/// What a run's limits say to one more call.
pub(crate) enum Admission {
    Granted(Arc<Key>),
    TooSoon(u64),
    TooManyPending,
    Spent,
    Ended,
}

/// The part of a run that the writer sees too.
pub(crate) struct RunState {
    pub(crate) name: String,
    pub(crate) identity: Identity,
    pub(crate) limits: RunLimits,
    inner: Mutex<Inner>,
    /// Calls that have begun, and whose end is not in the queue, or in a span, yet. Counted up under the lock only.
    outstanding: AtomicU32,
    turn: Notify,
    /// Charged bytes that records turned out not to take.
    refunded: AtomicU64,
    gone: AtomicBool,
    /// What the writer has written of this run.
    pub(crate) account: Mutex<Account>,
}

struct Inner {
    spans: Spans,
    pace: Pace,
    charged: u64,
    spent: bool,
    ended: bool,
}

impl RunState {
    pub(crate) fn new(identity: RunIdentity, limits: RunLimits) -> RunState {
        let inner = Inner {
            spans: Spans::default(),
            pace: Pace::new(limits.records_per_second),
            charged: 0,
            spent: false,
            ended: false,
        };
        RunState {
            identity: Identity::new(&identity),
            name: identity.run,
            limits,
            inner: Mutex::new(inner),
            outstanding: AtomicU32::new(0),
            turn: Notify::new(),
            refunded: AtomicU64::new(0),
            gone: AtomicBool::new(false),
            account: Mutex::new(Account::default()),
        }
    }

    /// Grants one call its record(s), or says what stands against it.
    pub(crate) fn admit(&self, entry: &Entry<'_>, records: u64, now: u64) -> Admission {
        let mut inner = lock(&self.inner);
        if inner.ended {
            return Admission::Ended;
        }
        if inner.spent {
            return Admission::Spent;
        }
        if self.outstanding() >= PENDING_PER_RUN {
            return Admission::TooManyPending;
        }
        if let Some(due) = inner.pace.wait_until(now) {
            return Admission::TooSoon(due);
        }
        let key = inner.spans.key(entry);
        let used = inner
            .charged
            .saturating_sub(self.refunded.load(Ordering::Relaxed));
        let reserved = self.reserve(&key).saturating_mul(records);
        if used.saturating_add(reserved) > self.limits.bytes {
            return Admission::Spent;
        }
        inner.charged = inner.charged.saturating_add(reserved);
        self.outstanding.fetch_add(1, Ordering::Relaxed);
        Admission::Granted(key)
    }

    /// Grants a record of something that is over already, and takes it; none where it has to wait, or is not granted.
    pub(crate) fn note(&self, entry: &Entry<'_>, outcome: &str, now: u64) -> Option<Span> {
        let mut inner = lock(&self.inner);
        let is_free = !inner.ended && !inner.spent && self.outstanding() < PENDING_PER_RUN;
        if !is_free || inner.pace.wait_until(now).is_some() {
            return None;
        }
        let key = inner.spans.key(entry);
        let outcome = Outcome::new(outcome);
        let charged = inner.charged.saturating_add(self.cost(&key, &outcome));
        let used = charged.saturating_sub(self.refunded.load(Ordering::Relaxed));
        if used > self.limits.bytes {
            return None;
        }
        inner.charged = charged;
        inner.pace.spend(now);
        let totals = Totals {
            count: 1,
            stamp: now,
            ..Totals::default()
        };
        Some(Span {
            key,
            outcome,
            totals,
        })
    }

    /// When the run may write its next record, if not now.
    pub(crate) fn due(&self, now: u64) -> Option<u64> {
        lock(&self.inner).pace.wait_until(now)
    }

    /// A call that did nothing is as if it had never begun.
    pub(crate) fn withdraw(&self, key: &Key) {
        let mut inner = lock(&self.inner);
        inner.charged = inner.charged.saturating_sub(self.reserve(key));
        drop(inner);
        self.one_less();
    }

    /// The record of a call's beginning, out of what was reserved for it.
    pub(crate) fn announce(&self, key: &Arc<Key>) -> Span {
        let mut inner = lock(&self.inner);
        let now = clock::mono_ns();
        inner.charged = inner
            .charged
            .saturating_sub(self.reserve(key))
            .saturating_add(self.cost(key, &Outcome::BEGUN));
        inner.pace.spend(now);
        let totals = Totals {
            count: 0,
            stamp: now,
            ..Totals::default()
        };
        Span {
            key: Arc::clone(key),
            outcome: Outcome::BEGUN,
            totals,
        }
    }

    /// Takes a call's end: into a span where `coalesce`, else as a span of its own. Says whether a span was opened. The
    /// call is outstanding until [`one_less`](RunState::one_less) is told that its end is in the queue.
    pub(crate) fn finish(
        &self,
        key: &Arc<Key>,
        outcome: &str,
        call: Totals,
        coalesce: bool,
    ) -> (Option<Span>, bool) {
        let mut inner = lock(&self.inner);
        inner.charged = inner.charged.saturating_sub(self.reserve(key));
        let (closed, opened) = if coalesce {
            let added = inner.spans.add(key, outcome, call);
            if !added.opened {
                return (added.closed, false);
            }
            (added.closed, true)
        } else {
            (
                Some(Span {
                    key: Arc::clone(key),
                    outcome: Outcome::new(outcome),
                    totals: call,
                }),
                false,
            )
        };
        inner.pace.spend(call.stamp);
        inner.charged = inner
            .charged
            .saturating_add(self.cost(key, &Outcome::new(outcome)));
        (closed, opened)
    }

    /// A call is over, and what is flushed from here on has its end. Wakes who waits for a place, or for the last call.
    pub(crate) fn one_less(&self) {
        let before = self.outstanding.fetch_sub(1, Ordering::AcqRel);
        if before >= PENDING_PER_RUN || before == 1 {
            self.turn.notify_waiters();
        }
    }

    /// Closes all spans into `records`.
    pub(crate) fn close_spans(self: &Arc<Self>, records: &mut Vec<Raw>) {
        let mut inner = lock(&self.inner);
        records.extend(inner.spans.close_all().map(|span| {
            let permits = usize::try_from(span.totals.count).unwrap_or(usize::MAX);
            self.raw(span, permits)
        }));
    }

    /// A span on its way to the writer, which gives back `permits` with its flush.
    pub(crate) fn raw(self: &Arc<Self>, span: Span, permits: usize) -> Raw {
        let charged = self.cost(&span.key, &span.outcome);
        let Span {
            key,
            outcome,
            totals,
        } = span;
        Raw {
            run: Arc::clone(self),
            key,
            outcome,
            totals,
            permits,
            charged,
        }
    }

    /// The writer: a record took fewer bytes than its run was charged.
    pub(crate) fn refund(&self, bytes: u64) {
        self.refunded.fetch_add(bytes, Ordering::Relaxed);
    }

    /// At least the bytes of a record with this outcome.
    fn cost(&self, key: &Key, outcome: &Outcome) -> u64 {
        self.base_cost(key)
            .saturating_add(bytes(escape::len(outcome.as_str())))
    }

    /// At least the bytes of a record with any outcome.
    fn reserve(&self, key: &Key) -> u64 {
        self.base_cost(key)
            .saturating_add(bytes(6 * bounds::OUTCOME))
    }

    fn base_cost(&self, key: &Key) -> u64 {
        FIXED_BYTES
            .saturating_add(bytes(self.identity.encoded_len()))
            .saturating_add(key.encoded_len())
    }

    /// Waits until a call of this run has finished, or whoever calls [`wake_all`](RunState::wake_all) has `stopped`.
    pub(crate) async fn wait_for_turn(&self, stopped: impl Fn() -> bool) {
        let mut turn = pin!(self.turn.notified());
        // From here on no notification is missed, so what is looked at next cannot change unheard.
        turn.as_mut().enable();
        if self.outstanding() < PENDING_PER_RUN || stopped() {
            return;
        }
        turn.await;
    }

    /// Waits until no call of this run is pending, or whoever calls [`wake_all`](RunState::wake_all) has `stopped`.
    pub(crate) async fn settled(&self, stopped: impl Fn() -> bool) {
        loop {
            let mut turn = pin!(self.turn.notified());
            // As above: enabled first, looked at then.
            turn.as_mut().enable();
            if self.outstanding() == 0 || stopped() {
                return;
            }
            turn.await;
        }
    }

    pub(crate) fn wake_all(&self) {
        self.turn.notify_waiters();
    }

    pub(crate) fn outstanding(&self) -> u32 {
        self.outstanding.load(Ordering::Acquire)
    }

    /// The run's bytes are used up, for good: no shorter record fits in later. Says whether that is news.
    pub(crate) fn spend_all(&self) -> bool {
        !std::mem::replace(&mut lock(&self.inner).spent, true)
    }

    /// Bytes that the run was charged for.
    pub(crate) fn charged(&self) -> u64 {
        lock(&self.inner).charged
    }

    /// Lets nothing begin any more. Says whether the run had neither ended nor used up its bytes until now.
    pub(crate) fn end(&self) -> bool {
        let mut inner = lock(&self.inner);
        !std::mem::replace(&mut inner.ended, true) && !inner.spent
    }

    /// Nobody can use the run any more, and its spans are in the queue.
    pub(crate) fn leave(&self) {
        self.gone.store(true, Ordering::Release);
    }

    /// Whether [`leave`](RunState::leave) was called.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }
}

fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
