//! A call between its beginning and its end.

use crate::clock;
use crate::error::AuditError;
use crate::handle::RunHandle;
use crate::record::Decision;
use crate::shared::Ack;
use crate::span::{Key, Outcome, Totals};
use std::sync::Arc;
use tokio::sync::oneshot;

/// A reserved record. Filled once, by [`finish`](Pending::finish) or [`finish_flushed`](Pending::finish_flushed);
/// dropped unfilled, as when the call's future is cancelled, it is recorded with outcome `dropped`.
#[must_use = "dropping it records the call as cancelled"]
pub struct Pending {
    call: Option<Call>,
}

struct Call {
    run: Arc<RunHandle>,
    key: Arc<Key>,
    started_ns: u64,
    high_rate: bool,
}

impl Pending {
    pub(crate) fn new(
        run: Arc<RunHandle>,
        key: Arc<Key>,
        high_rate: bool,
        started_ns: u64,
    ) -> Pending {
        Pending {
            call: Some(Call {
                run,
                key,
                started_ns,
                high_rate,
            }),
        }
    }

    /// Writes ahead that the call begins, and waits until that is flushed. Time counts from here.
    pub(crate) async fn announce(&mut self) -> Result<(), AuditError> {
        let Some(call) = &mut self.call else {
            return Ok(());
        };
        let (shared, state) = (call.run.shared(), &call.run.state);
        let (ack, done) = oneshot::channel();
        shared.push(state.raw(state.announce(&call.key), 0), Some(ack));
        shared.acknowledged(done).await?;
        call.started_ns = clock::mono_ns();
        Ok(())
    }

    /// Records how the call ended: `ok` or the interface's error case, and the bytes that went in to the guest and out
    /// from it. Never waits. With [`Flush::Each`](crate::Flush::Each) the record is flushed next, but nobody is told
    /// when: [`finish_flushed`](Pending::finish_flushed) waits for it.
    pub fn finish(mut self, outcome: &str, bytes_in: u64, bytes_out: u64) {
        if let Some(call) = self.call.take() {
            call.end(outcome, bytes_in, bytes_out, None);
            if call.run.flushes_each() {
                call.run.shared().request_flush();
            }
        }
    }

    /// As [`finish`](Pending::finish); with [`Flush::Each`](crate::Flush::Each) waits until the record is flushed,
    /// otherwise returns at once.
    ///
    /// # Errors
    /// [`AuditError::Failed`] or [`AuditError::Closed`] when the writer is gone: the record is not flushed.
    pub async fn finish_flushed(
        mut self,
        outcome: &str,
        bytes_in: u64,
        bytes_out: u64,
    ) -> Result<(), AuditError> {
        let Some(call) = self.call.take() else {
            return Ok(());
        };
        if !call.run.flushes_each() {
            call.end(outcome, bytes_in, bytes_out, None);
            let shared = call.run.shared();
            return if shared.is_stopped() {
                Err(shared.stopped())
            } else {
                Ok(())
            };
        }
        let (ack, done) = oneshot::channel();
        call.end(outcome, bytes_in, bytes_out, Some(ack));
        call.run.shared().acknowledged(done).await
    }

    /// Takes the call back, as if it had never begun: for a call that turned out to do nothing at all, such as reading
    /// a stream that has nothing yet. Never for one that was cancelled, or that reached anything outside.
    ///
    /// What policy did not plainly allow is recorded all the same, and with [`Flush::Each`](crate::Flush::Each)
    /// everything is, since its beginning is on the disk already: with outcome `withdrawn`.
    pub fn withdraw(mut self) {
        let Some(call) = self.call.take() else { return };
        if call.run.flushes_each() || call.key.decision != Decision::Allow {
            call.end(Outcome::WITHDRAWN, 0, 0, None);
            return;
        }
        call.run.state.withdraw(&call.key);
        call.run.shared().release(1);
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            call.end(Outcome::DROPPED, 0, 0, None);
            if call.run.flushes_each() {
                call.run.shared().request_flush();
            }
        }
    }
}

impl Call {
    fn end(&self, outcome: &str, bytes_in: u64, bytes_out: u64, ack: Option<Ack>) {
        let (shared, state) = (self.run.shared(), &self.run.state);
        let stamp = clock::mono_ns();
        let duration_ns = stamp.saturating_sub(self.started_ns);
        let totals = Totals {
            count: 1,
            bytes_in,
            bytes_out,
            duration_ns,
            stamp,
        };
        shared.count_finished();
        let (closed, opened) = state.finish(
            &self.key,
            outcome,
            totals,
            self.high_rate && self.run.coalesces(),
        );
        if let Some(span) = closed {
            let permits = usize::try_from(span.totals.count).unwrap_or(usize::MAX);
            shared.push(state.raw(span, permits), ack);
        }
        // Not earlier: who waits for the last call flushes what is in the queue then.
        state.one_less();
        if opened {
            shared.mark_dirty(stamp);
        }
        shared.flush_if_pressed();
    }
}
