//! One run of a guest: its door to the log.

use crate::clock;
use crate::entry::Entry;
use crate::error::AuditError;
use crate::handle::{Handle, RunHandle};
use crate::lock::lock;
use crate::pending::Pending;
use crate::record::{Decision, RunIdentity};
use crate::span::{Key, Outcome, Span, Totals};
use crate::state::{Admission, RunLimits, RunState};
use crate::summary::Summary;
use std::sync::Arc;

/// One run's door to the log. Clones are the same run; the run is over when the last clone and the last
/// [`Pending`] are dropped.
#[derive(Clone)]
pub struct Run(Arc<RunHandle>);

impl Run {
    pub(crate) fn new(log: Arc<Handle>, identity: RunIdentity, limits: RunLimits) -> Run {
        let state = Arc::new(RunState::new(identity, limits));
        log.shared.register(Arc::clone(&state));
        Run(Arc::new(RunHandle { log, state }))
    }

    /// What the run is called in its records.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.state.name
    }

    /// Reserves the record of a call, before its effect. To be called for what is denied too.
    ///
    /// Waits while the ring is full, while the run writes more records than it may, and with [`Flush::Each`] (for
    /// what has an effect) until a record of outcome `begun` is flushed. Cancelled, it leaves nothing behind, or with
    /// [`Flush::Each`] a record of outcome `dropped`.
    ///
    /// [`Flush::Each`]: crate::Flush::Each
    ///
    /// # Errors
    /// [`AuditError::Failed`] once the writer has failed, [`AuditError::Limit`] once the run's bytes are used up,
    /// [`AuditError::Closed`] after [`end`](Run::end) or the log's end. The effect must not take place then.
    pub async fn begin(&self, entry: Entry<'_>) -> Result<Pending, AuditError> {
        let (key, now) = self.admitted(&entry).await?;
        let mut pending = Pending::new(Arc::clone(&self.0), key, entry.high_rate, now);
        if self.0.flushes_each() && entry.decision.has_effect() {
            pending.announce().await?;
        }
        Ok(pending)
    }

    /// Records something that is over when it is told, as the beginning and the end of a run: as [`begin`](Run::begin) and
    /// [`finish_flushed`](Pending::finish_flushed) at once.
    ///
    /// # Errors
    /// As [`begin`](Run::begin).
    pub async fn note(&self, entry: Entry<'_>, outcome: &str) -> Result<(), AuditError> {
        if self.noted(&entry, outcome)? {
            return Ok(());
        }
        let pending = self.begin(entry).await?;
        pending.finish_flushed(outcome, 0, 0).await
    }

    /// Where nothing is to be waited for, and nothing is announced, a record takes one look at the clock and one lock. Says
    /// whether it was written.
    fn noted(&self, entry: &Entry<'_>, outcome: &str) -> Result<bool, AuditError> {
        let (shared, state) = (self.0.shared(), &self.0.state);
        if self.0.flushes_each() || entry.high_rate {
            return Ok(false);
        }
        let Some(permit) = shared.try_permit()? else {
            return Ok(false);
        };
        let Some(span) = state.note(entry, outcome, clock::mono_ns()) else {
            return Ok(false);
        };
        permit.forget();
        shared.count_finished();
        shared.push(state.raw(span, 1), None);
        shared.flush_if_pressed();
        match shared.is_stopped() {
            true => Err(shared.stopped()),
            false => Ok(true),
        }
    }

    /// As [`begin`](Run::begin), but answers `None` where that would wait: for callers that may not, such as the
    /// synchronous half of a stream. With [`Flush::Each`](crate::Flush::Each) it begins nothing that has an effect.
    ///
    /// # Errors
    /// As [`begin`](Run::begin).
    pub fn try_begin(&self, entry: Entry<'_>) -> Result<Option<Pending>, AuditError> {
        let (shared, state) = (self.0.shared(), &self.0.state);
        if self.0.flushes_each() && entry.decision.has_effect() {
            return Ok(None);
        }
        let Some(permit) = shared.try_permit()? else {
            return Ok(None);
        };
        let now = clock::mono_ns();
        match state.admit(&entry, 1, now) {
            Admission::Granted(key) => {
                permit.forget();
                let run = Arc::clone(&self.0);
                Ok(Some(Pending::new(run, key, entry.high_rate, now)))
            }
            Admission::TooSoon(_) | Admission::TooManyPending => Ok(None),
            Admission::Spent => Err(self.limit_reached()),
            Admission::Ended => Err(AuditError::Closed),
        }
    }

    /// Whether every record is flushed before the next thing happens.
    #[must_use]
    pub fn flushes_each(&self) -> bool {
        self.0.flushes_each()
    }

    /// Waits until the next [`try_begin`](Run::try_begin) has a chance. Somebody else may be quicker.
    pub async fn room(&self) {
        let (shared, state) = (self.0.shared(), &self.0.state);
        // What stops the log is for the call itself to find out.
        while let Ok(permit) = shared.permit().await {
            drop(permit);
            let Some(due) = state.due(clock::mono_ns()) else {
                return state.wait_for_turn(|| shared.is_stopped()).await;
            };
            if shared.sleep_until(due).await.is_err() {
                return;
            }
        }
    }

    async fn admitted(&self, entry: &Entry<'_>) -> Result<(Arc<Key>, u64), AuditError> {
        let (shared, state) = (self.0.shared(), &self.0.state);
        let records = if self.0.flushes_each() { 2 } else { 1 };
        let mut settled = false;
        loop {
            // A permit that is not used at once goes back before anything is waited for: one guest that waits for its
            // own limit must not hold a place of the others.
            let permit = shared.permit().await?;
            let now = clock::mono_ns();
            match state.admit(entry, records, now) {
                Admission::Granted(key) => {
                    permit.forget();
                    return Ok((key, now));
                }
                Admission::TooSoon(due) => {
                    drop(permit);
                    shared.sleep_until(due).await?;
                }
                Admission::TooManyPending => {
                    drop(permit);
                    state.wait_for_turn(|| shared.is_stopped()).await;
                }
                // What was charged for records that are not written yet is more than they will take.
                Admission::Spent if !settled => {
                    drop(permit);
                    settled = true;
                    shared.flushed().await?;
                }
                Admission::Spent => return Err(self.limit_reached()),
                Admission::Ended => return Err(AuditError::Closed),
            }
        }
    }

    /// Whether no call of the run is pending.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.0.state.outstanding() == 0
    }

    /// Waits until no call of the run is pending: each has finished or was dropped. A call that somebody still holds is
    /// waited for, however long.
    pub async fn settled(&self) {
        let (shared, state) = (self.0.shared(), &self.0.state);
        state.settled(|| shared.is_stopped()).await;
    }

    /// Waits until every call that has finished is flushed.
    ///
    /// # Errors
    /// [`AuditError::Failed`] or [`AuditError::Closed`] when the writer is gone.
    pub async fn flush(&self) -> Result<(), AuditError> {
        self.0.shared().flushed().await
    }

    /// Ends the run: nothing begins any more, and every call that has finished is flushed. Calls still pending are
    /// recorded when they finish or are dropped.
    ///
    /// # Errors
    /// [`AuditError::Failed`] or [`AuditError::Closed`] when the writer is gone.
    pub async fn end(&self) -> Result<(), AuditError> {
        let _known_already = self.0.state.end();
        self.flush().await
    }

    /// As [`end`](Run::end), without waiting: what has finished is flushed within 100 ms.
    pub fn end_unflushed(&self) {
        let _known_already = self.0.state.end();
    }

    /// Ends the run at once, with one last record that waits for nothing: for a run that is dropped, and so cannot wait.
    /// It takes no place in the ring, which is bounded because a run has one such record at most; a run that has
    /// ended, or used up its bytes, has none.
    pub fn cut(&self, entry: Entry<'_>, outcome: &'static str) {
        if !self.0.state.end() {
            return;
        }
        let totals = Totals {
            count: 1,
            stamp: clock::mono_ns(),
            ..Totals::default()
        };
        let span = Span {
            key: Arc::new(Key::new(&entry)),
            outcome: Outcome::Known(outcome),
            totals,
        };
        self.0.shared().push(self.0.state.raw(span, 0), None);
        if self.0.flushes_each() {
            self.0.shared().request_flush();
        }
    }

    /// Bytes of records that the run was charged for so far.
    #[must_use]
    pub fn charged(&self) -> u64 {
        self.0.state.charged()
    }

    /// What the run was asked and answered, as far as it is written: all of it after [`end`](Run::end).
    #[must_use]
    pub fn summary(&self) -> Summary {
        lock(&self.0.state.account).summary()
    }

    /// The answer to a call beyond the run's bytes. The first one writes the one record that a run may write beyond
    /// them: that they are used up.
    fn limit_reached(&self) -> AuditError {
        let limit = self.0.state.limits.bytes;
        if self.0.state.spend_all() {
            let entry = Entry {
                import: "",
                operation: "log.limit",
                resource: &format!("audit={limit}"),
                decision: Decision::Deny,
                rule: "limits:audit",
                high_rate: false,
            };
            let totals = Totals {
                count: 1,
                stamp: clock::mono_ns(),
                ..Totals::default()
            };
            let outcome = Outcome::Known("limit");
            let span = Span {
                key: Arc::new(Key::new(&entry)),
                outcome,
                totals,
            };
            self.0.shared().push(self.0.state.raw(span, 0), None);
        }
        AuditError::Limit { limit }
    }
}
