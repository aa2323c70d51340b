//! The records that begin and end a run.

use std::borrow::Cow;
use std::sync::Arc;

use tollgate_audit::Summary;
use tollgate_bridge::Program;
use tollgate_engine::{CallError, Digest, Ended, Gate, RunError, Stop};

use crate::stopped::Stopped;

/// A run between its first record and its last. Dropped before it has ended, it is recorded as cancelled.
pub(crate) struct Recorded {
    gate: Gate,
    name: Cow<'static, str>,
    /// What is run, where the component is a language's runtime.
    program: Option<Arc<dyn Program>>,
    /// Whether the end waits for the disk.
    flushed: bool,
}

impl Recorded {
    pub(crate) async fn begin(
        gate: Gate,
        name: Cow<'static, str>,
        program: Option<Arc<dyn Program>>,
        flushed: bool,
    ) -> Result<Self, Stop> {
        gate.note("run.start", &name, "ok").await?;
        Ok(Self {
            gate,
            name,
            program,
            flushed,
        })
    }

    /// Writes how the run ended, and, unless the host does not want it, waits until all of it is flushed.
    pub(crate) async fn end(&self, how: &How) -> Option<Summary> {
        // What was cut off with the guest stands before its end in the log, also where a task of its own was in the middle.
        self.gate.settled().await;
        if let Some(digest) = self.digest() {
            let _told_by_the_log = self.gate.note("run.program", &digest, "ok").await;
        }
        // A log that has failed, or was closed, has ended the run already, and says so wherever it is asked.
        let _told_by_the_log = self.gate.note("run.end", &how.what, how.outcome).await;
        if !self.flushed {
            self.gate.audit().end_unflushed();
            return None;
        }
        let _told_by_the_log = self.gate.audit().end().await;
        Some(self.gate.audit().summary())
    }

    /// The digest of what was loaded of the program.
    fn digest(&self) -> Option<String> {
        let program = self.program.as_ref()?;
        if program.in_tree().is_some() {
            // All that it loaded is in the log as what it read.
            return None;
        }
        Some(Digest::from_hash(program.digest()).to_string())
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
    what: Cow<'static, str>,
    outcome: &'static str,
}

impl How {
    pub(crate) fn closed() -> Self {
        Self {
            what: "closed".into(),
            outcome: "ok",
        }
    }

    pub(crate) fn of_run(result: &Result<Ended, RunError>) -> Self {
        match result {
            Ok(Ended::Exit(code)) => Self {
                what: format!("exit-code={code}").into(),
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
                what: format!("exit-code={code}").into(),
                outcome: "ok",
            },
            Err(CallError::Run(error)) => Self::of_error(error),
        }
    }

    pub(crate) fn stopped(why: Stopped) -> Self {
        let (what, outcome) = match why {
            Stopped::Cancelled => (Cow::Borrowed("cancelled"), "cancelled"),
            Stopped::Trapped => ("trap".into(), "trap"),
            Stopped::Limit(limit) => (limit.as_str().into(), "limit"),
            Stopped::Killed(signal) => (signal.into(), "killed"),
            Stopped::Exited(code) => (format!("exit-code={code}").into(), "ok"),
            Stopped::AuditFailed => ("audit".into(), "failed"),
        };
        Self { what, outcome }
    }

    fn returned() -> Self {
        Self {
            what: "returned".into(),
            outcome: "ok",
        }
    }

    /// The reason of a trap can hold what the guest said, so it is left out.
    fn of_error(error: &RunError) -> Self {
        let (what, outcome) = match error {
            RunError::Invoke(_) => (Cow::Borrowed("nothing to call"), "refused"),
            RunError::TooLarge(limit) => (limit.as_str().into(), "refused"),
            RunError::Full(_) => ("no room".into(), "refused"),
            RunError::Trap(_) => ("trap".into(), "trap"),
            RunError::Limit(limit) => (limit.as_str().into(), "limit"),
            RunError::Killed(signal) => ((*signal).into(), "killed"),
            RunError::AuditFailed(_) => ("audit".into(), "failed"),
        };
        Self { what, outcome }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tollgate_audit::{Log, LogOptions, RunIdentity, RunLimits};
    use tollgate_engine::{Rate, Traffic, Verdict};
    use tollgate_policy::{Clock, Effective, Operation, PolicyBuilder};

    use super::*;

    #[tokio::test]
    async fn what_a_task_still_had_begun_stands_before_the_end_of_its_run() {
        let log = Log::memory(LogOptions::default());
        let identity = RunIdentity {
            run: "test".to_owned(),
            vm: None,
            process: None,
            component: "sha256:0".to_owned(),
        };
        let policy = Effective::new(PolicyBuilder::new().build().unwrap(), None).unwrap();
        let run = log.run(identity, RunLimits::default());
        let gate = Gate::new(Arc::new(policy), run, None);
        let recorded = Recorded::begin(gate.clone(), "guest".into(), None, true)
            .await
            .unwrap();
        let operation = Operation::Clock { clock: Clock::Wall };
        let Verdict::Denied(call) = gate.enter("test", &operation, Rate::Single).await.unwrap()
        else {
            panic!("nothing is granted");
        };
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            call.file("late", Traffic::default());
        });
        recorded.end(&How::closed()).await;
        let outcomes: Vec<_> = log
            .recent()
            .into_iter()
            .map(|record| record.operation)
            .collect();
        let place = |name: &str| outcomes.iter().position(|operation| operation == name);
        assert!(place("clock.read").is_some(), "{outcomes:?}");
        assert!(place("clock.read") < place("run.end"), "{outcomes:?}");
    }
}
