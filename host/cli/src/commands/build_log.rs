//! The files that a build reads, each through a gate with a log, as a run's are.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tollgate_audit::{Log, RunIdentity, RunLimits};
use tollgate_engine::{Call, Digest, Gate, Rate, Stop, Traffic, Verdict};
use tollgate_languages::Reads;
use tollgate_policy::{Effective, Operation, Permit};

use super::compile;
use crate::exit::Failure;
use crate::host::identity;
use crate::host::signals::Signals;
use crate::host::watch::{self, Seen};
use crate::terminal::ask;

/// What the log calls the place in the host that reads.
const IMPORT: &str = "host:build";

/// A build between its first record and its last. It waits for the log by itself, so it must not be on a thread of a
/// runtime.
pub(crate) struct Reading {
    runtime: Waits,
    gate: Gate,
    log: Log,
    /// What is being read.
    call: Option<Call>,
    signals: Signals,
    /// Why nothing more is read.
    stopped: Option<Failure>,
    /// The guest's name of the program's folder, and the folder.
    root: (String, PathBuf),
    seen: Seen,
}

impl Reading {
    /// Begins the part of the log that says what was read for `name`, for a component that is made of the one with the digest
    /// `engine`.
    pub(crate) fn begin(
        policy: &Arc<Effective>,
        log: Log,
        name: &str,
        engine: Digest,
        root: (String, PathBuf),
    ) -> Result<Self, Failure> {
        let runtime = compile::runtime()?;
        let identity = RunIdentity {
            run: identity::run()?,
            vm: None,
            process: None,
            component: engine.to_string(),
        };
        let limits = policy.limits();
        let limits = RunLimits {
            bytes: limits.audit,
            records_per_second: u32::try_from(limits.audit_rate).unwrap_or(u32::MAX),
        };
        let audit = log.run(identity, limits);
        let gate = Gate::new(Arc::clone(policy), audit, ask::decider());
        let signals = runtime.block_on(async {
            let signals = Signals::install()?;
            let noted = gate.note("run.start", name, "build").await;
            noted.map_err(stopped).map(|()| signals)
        })?;
        Ok(Self {
            runtime: Waits(Some(runtime)),
            signals,
            gate,
            log,
            call: None,
            stopped: None,
            root,
            seen: Seen::new(),
        })
    }

    /// Ends it: what was looked at, and whether all of it is in the log.
    pub(crate) fn end(
        &mut self,
        program: &str,
        outcome: &'static str,
    ) -> (Seen, Result<(), Failure>) {
        self.leave("dropped", 0);
        // What is left out for this is listed as missing, and is no failure of the program's.
        let outcome = match self.stopped {
            Some(_) => "failed",
            None => outcome,
        };
        let gate = &self.gate;
        let ended = self.runtime.block_on(async {
            // A log that has failed says so when it is closed.
            let _told_when_closed = gate.note("run.program", program, "ok").await;
            let _told_when_closed = gate.note("run.end", "build", outcome).await;
            gate.audit().end().await
        });
        let closed = self.log.clone().close();
        let result = match self.stopped.take() {
            Some(failure) => Err(failure),
            None => ended
                .unwrap_or(Ok(()))
                .and(closed.map(drop))
                .map_err(Failure::from),
        };
        (std::mem::take(&mut self.seen), result)
    }

    fn on_host(&self, path: &str) -> PathBuf {
        let (root, folder) = &self.root;
        let inner = path.strip_prefix(root.as_str()).unwrap_or(path);
        folder.join(inner.trim_start_matches('/'))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        // Where it has ended, nothing is written any more.
        self.gate.cut("run.end", "build");
    }
}

/// What is waited with. A runtime must not be dropped where others are polled, and a build that a signal ends is.
struct Waits(Option<Runtime>);

impl Waits {
    fn block_on<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.0.as_ref().map(|runtime| runtime.block_on(work))
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn stopped(stop: Stop) -> Failure {
    Failure::Host(format!("nothing is built: {stop}"))
}

impl Reads for Reading {
    fn enter(&mut self, path: &str) -> Option<Permit> {
        if self.stopped.is_some() {
            return None;
        }
        // Looked at before it is read, so that no change falls between.
        let file = self.on_host(path);
        let time = watch::time(&file);
        self.seen.entry(file).or_insert(time);
        let operation = Operation::Program { path };
        let entering = self.gate.enter(IMPORT, &operation, Rate::High);
        let signals = &mut self.signals;
        // Deciding may be asking someone, who may rather end it all.
        let entered = self.runtime.block_on(async {
            // A signal is heard where something waits, and most decisions wait for nothing.
            tokio::task::yield_now().await;
            tokio::select! {
                biased;
                failure = signals.end() => Err(failure),
                entered = entering => entered.map_err(stopped),
            }
        });
        match entered? {
            Ok(Verdict::Permitted(permit, call)) => {
                self.call = Some(call);
                Some(permit)
            }
            Ok(Verdict::Denied(call)) => {
                self.call = Some(call);
                self.leave("EACCES", 0);
                None
            }
            Err(failure) => {
                self.stopped = Some(failure);
                None
            }
        }
    }

    fn leave(&mut self, outcome: &'static str, bytes: u64) {
        let Some(call) = self.call.take() else { return };
        let traffic = Traffic {
            bytes_in: bytes,
            bytes_out: 0,
        };
        if let Some(Err(stop)) = self.runtime.block_on(call.finish(outcome, traffic)) {
            self.stopped = Some(stopped(stop));
        }
    }
}
