//! The records that begin and end a run.

use tollgate_audit::Summary;
use tollgate_engine::{CallError, Ended, Gate, RunError, Stop};

use crate::stopped::Stopped;

/// A run between its first record and its last. Dropped before it has ended, it is recorded as cancelled.
pub(crate) struct Recorded {
    gate: Gate,
    name: String,
    /// Whether the end waits for the disk.
    flushed: bool,
}

impl Recorded {
    pub(crate) async fn begin(gate: Gate, name: String, flushed: bool) -> Result<Self, Stop> {
        gate.note("run.start", &name, "ok").await?;
        Ok(Self {
            gate,
            name,
            flushed,
        })
    }

    /// Writes how the run ended, and, unless the host does not want it, waits until all of it is flushed.
    pub(crate) async fn end(&self, how: &How) -> Option<Summary> {
        // A log that has failed, or was closed, has ended the run already, and says so wherever it is asked.
        let _told_by_the_log = self.gate.note("run.end", &how.what, how.outcome).await;
        if !self.flushed {
            self.gate.audit().end_unflushed();
            return None;
        }
        let _told_by_the_log = self.gate.audit().end().await;
        Some(self.gate.audit().summary())
    }

    /// Writes that the run is over before it has ended, without waiting.
    pub(crate) fn cut(&self) {
        self.gate.cut("run.end", &self.name);
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        self.cut();
    }
}

/// How a run ended, for its last record.
pub(crate) struct How {
    what: String,
    outcome: &'static str,
}

impl How {
    pub(crate) fn closed() -> Self {
        Self {
            what: "closed".to_owned(),
            outcome: "ok",
        }
    }

    pub(crate) fn of_run(result: &Result<Ended, RunError>) -> Self {
        match result {
            Ok(Ended::Exit(code)) => Self {
                what: format!("exit-code={code}"),
                outcome: "ok",
            },
            Ok(Ended::Returned(_)) => Self::returned(),
            Err(error) => Self::of_error(error),
        }
    }

    pub(crate) fn of_call<R>(result: &Result<R, CallError>) -> Self {
        match result {
            Ok(_) => Self::returned(),
            Err(CallError::Exited(code)) => Self {
                what: format!("exit-code={code}"),
                outcome: "ok",
            },
            Err(CallError::Run(error)) => Self::of_error(error),
        }
    }

    pub(crate) fn stopped(why: Stopped) -> Self {
        let (what, outcome) = match why {
            Stopped::Cancelled => ("cancelled".to_owned(), "cancelled"),
            Stopped::Trapped => ("trap".to_owned(), "trap"),
            Stopped::Limit(limit) => (limit.to_string(), "limit"),
            Stopped::Exited(code) => (format!("exit-code={code}"), "ok"),
            Stopped::AuditFailed => ("audit".to_owned(), "failed"),
        };
        Self { what, outcome }
    }

    fn returned() -> Self {
        Self {
            what: "returned".to_owned(),
            outcome: "ok",
        }
    }

    /// The reason of a trap can hold what the guest said, so it is left out.
    fn of_error(error: &RunError) -> Self {
        let (what, outcome) = match error {
            RunError::Invoke(_) => ("nothing to call".to_owned(), "refused"),
            RunError::TooLarge(limit) => (limit.to_string(), "refused"),
            RunError::Full(_) => ("no room".to_owned(), "refused"),
            RunError::Trap(_) => ("trap".to_owned(), "trap"),
            RunError::Limit(limit) => (limit.to_string(), "limit"),
            RunError::AuditFailed(_) => ("audit".to_owned(), "failed"),
        };
        Self { what, outcome }
    }
}
