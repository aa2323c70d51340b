//! The one writer of a log: takes what has finished, chains it, writes it, flushes it, and gives the places back.

use crate::chain::Chain;
use crate::clock::{self, Pair};
use crate::encode::{Fields, Identity};
use crate::error::Failure;
use crate::lock::lock;
use crate::record::Decision;
use crate::shared::{Ack, Batch, Shared};
use crate::sink::{self, Sink};
use crate::state::Raw;
use std::sync::Arc;

/// The rule that stands in the log's own records.
const OWN_RULE: &str = "log:0";

pub(crate) struct Writer {
    shared: Arc<Shared>,
    sink: Box<dyn Sink>,
    chain: Chain,
    line: Vec<u8>,
    /// The stamp of the last record: stamps never fall, though calls that run side by side end in any order.
    stamp: u64,
    identity: Identity,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, sink: Box<dyn Sink>, chain: Chain) -> Writer {
        Writer {
            shared,
            sink,
            chain,
            line: Vec::new(),
            stamp: 0,
            identity: Identity::of_the_log(),
        }
    }

    /// Writes one of the log's own records, to be flushed with what follows.
    pub(crate) fn note(&mut self, operation: &'static str, resource: &str) -> Result<(), Failure> {
        self.stamp = self.stamp.max(clock::mono_ns());
        let fields = Fields {
            identity: &self.identity,
            stamp: self.stamp,
            import: "",
            operation,
            resource,
            decision: Decision::Allow,
            rule: OWN_RULE,
            outcome: "ok",
            bytes_in: 0,
            bytes_out: 0,
            duration_ns: 0,
            count: 1,
        };
        self.line.clear();
        fields.push_line(&mut self.line, &mut self.chain, Pair::now());
        lock(&self.shared.account).records += 1;
        self.sink.append(&self.line)
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        sink::flush(&mut *self.sink, &self.chain)
    }

    /// The thread's life: until the log is closed, or the first failure.
    pub(crate) fn run(mut self) {
        // A panic of the writer must not leave guests waiting for it for ever, or going on without it.
        let mut last_words = LastWords {
            shared: Arc::clone(&self.shared),
            failure: Some(Failure::NoWriter),
            acks: Vec::new(),
        };
        last_words.failure = self.serve(&mut last_words.acks).err();
    }

    /// Keeps those who wait for the batch at hand in `waiting`.
    fn serve(&mut self, waiting: &mut Vec<Ack>) -> Result<(), Failure> {
        loop {
            let Batch {
                records,
                acks,
                closing,
            } = self.shared.next_batch();
            *waiting = acks;
            let permits: usize = records.iter().map(|raw| raw.permits).sum();
            let empty = records.is_empty();
            let written = self.write(records)?;
            if closing {
                let unfinished = format!("unfinished={}", self.shared.unfinished());
                self.note("log.close", &unfinished)?;
            }
            if closing || !empty {
                self.flush()?;
            }
            self.shared.flushed_permits(permits);
            self.shared.give_back(written);
            for ack in waiting.drain(..) {
                // Whoever waited may have been cancelled.
                let _maybe_cancelled = ack.send(());
            }
            if closing {
                return Ok(());
            }
        }
    }

    fn write(&mut self, mut records: Vec<Raw>) -> Result<Vec<Raw>, Failure> {
        records.sort_by_key(|raw| raw.totals.stamp);
        let clocks = Pair::now();
        for raw in &records {
            self.stamp = self.stamp.max(raw.totals.stamp);
            self.line.clear();
            fields(raw, self.stamp).push_line(&mut self.line, &mut self.chain, clocks);
            self.sink.append(&self.line)?;
            let length = u64::try_from(self.line.len()).unwrap_or(u64::MAX);
            raw.run.refund(raw.charged.saturating_sub(length));
        }
        let mut account = lock(&self.shared.account);
        for raw in &records {
            account.add(&raw.key, &raw.totals);
            // Nobody can ask any more for the account of a run that is gone.
            if !raw.run.is_gone() {
                lock(&raw.run.account).add(&raw.key, &raw.totals);
            }
        }
        drop(account);
        Ok(records)
    }
}

fn fields(raw: &Raw, stamp: u64) -> Fields<'_> {
    Fields {
        identity: &raw.run.identity,
        stamp,
        import: raw.key.import(),
        operation: raw.key.operation,
        resource: raw.key.resource(),
        decision: raw.key.decision,
        rule: raw.key.rule(),
        outcome: raw.outcome.as_str(),
        bytes_in: raw.totals.bytes_in,
        bytes_out: raw.totals.bytes_out,
        duration_ns: raw.totals.duration_ns,
        count: raw.totals.count,
    }
}

/// Tells everybody that the writer is gone, however it went.
struct LastWords {
    shared: Arc<Shared>,
    failure: Option<Failure>,
    /// Dropped after the failure is told, so that whoever finds their flush given up finds the reason too.
    acks: Vec<Ack>,
}

impl Drop for LastWords {
    fn drop(&mut self) {
        self.shared.end(self.failure);
    }
}
