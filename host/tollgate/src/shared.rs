//! What a host, its components and their runs share.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tollgate_audit::{Log, Run, RunIdentity, RunLimits};
use tollgate_capability::http::Client;
use tollgate_capability::net::Resolver;
use tollgate_engine::cache::Cache;
use tollgate_engine::{Bounds, Decider};
use tollgate_policy::{Effective, Limits};

use crate::interface::Interface;
use crate::machine::Machine;

/// Sixteen digits, a hyphen, and the longest number.
const RUN_NAME_BYTES: usize = 16 + 1 + 20;

/// All that a host has.
pub(crate) struct Inner {
    pub(crate) id: u64,
    pub(crate) machine: Machine,
    /// What a run can be granted at most, where there is a ceiling.
    pub(crate) most: Option<Effective>,
    pub(crate) log: Log,
    /// Whether the end of a run waits for its records to be on the disk.
    pub(crate) flushed: bool,
    pub(crate) cache: Option<Cache>,
    pub(crate) decider: Option<Arc<dyn Decider>>,
    pub(crate) resolver: Option<Arc<dyn Resolver>>,
    pub(crate) http: Client,
    /// Whether the embedder said whom TLS trusts.
    pub(crate) adds_authorities: bool,
    pub(crate) bounds: Bounds,
    pub(crate) interfaces: Arc<[Interface]>,
    pub(crate) runs: AtomicU64,
}

impl Inner {
    /// A name that no other run has, of this host or of another one.
    pub(crate) fn next_run(&self) -> String {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let mut run = String::with_capacity(RUN_NAME_BYTES);
        // Writing to a string cannot fail.
        let _always_ok = write!(run, "{:016x}-{number}", self.id);
        run
    }

    /// A run's end of the log.
    pub(crate) fn audit(&self, component: &str, place: Place, limits: &Limits) -> (String, Run) {
        let run = self.next_run();
        let identity = RunIdentity {
            run: run.clone(),
            vm: place.vm,
            process: place.process,
            component: component.to_owned(),
        };
        (run, self.log.run(identity, bounds(limits)))
    }
}

/// Where a run takes place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) vm: Option<String>,
    pub(crate) process: Option<u64>,
}

/// How much of the log a part of it may take.
pub(crate) fn bounds(limits: &Limits) -> RunLimits {
    RunLimits {
        bytes: limits.audit,
        records_per_second: u32::try_from(limits.audit_rate).unwrap_or(u32::MAX),
    }
}
