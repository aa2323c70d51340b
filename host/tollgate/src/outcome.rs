//! What a run comes to.

use tollgate_audit::{Decision, Row, Summary};
use tollgate_engine::{Ended, RunError, Usage};
use tollgate_policy::{LimitKey, Limits};

/// What a run came to: how it ended, what it used, what it asked for, what it said.
#[derive(Debug)]
pub struct Outcome<T = Ended, E = RunError> {
    /// The run's name in the log.
    pub run: String,
    /// What it gave, or why it did not end by itself.
    pub result: Result<T, E>,
    /// What it used.
    pub usage: Usage,
    /// What it could have used.
    pub limits: Limits,
    /// What it asked for and was answered, as its records have it: flushed when this is returned.
    pub audit: Summary,
    /// Standard output, where it was captured; what was written after the limit is not in it.
    pub stdout: Vec<u8>,
    /// Standard error, where it was captured.
    pub stderr: Vec<u8>,
}

/// What was used of one limit, in its own unit: bytes, milliseconds or instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The limit.
    pub limit: LimitKey,
    /// What was used of it.
    pub used: u64,
    /// What there was.
    pub allowed: u64,
}

impl<T, E> Outcome<T, E> {
    /// Usage against each limit that is counted over a run. Fuel is among them where it was counted and limited.
    #[must_use]
    pub fn spent(&self) -> Vec<Spent> {
        let millis =
            |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let (usage, limits) = (&self.usage, &self.limits);
        let of = |limit, used, allowed| Spent {
            limit,
            used,
            allowed,
        };
        let fuel = usage.fuel.zip(limits.fuel);
        [
            of(LimitKey::Wall, millis(usage.wall), millis(limits.wall)),
            of(LimitKey::Cpu, millis(usage.cpu), millis(limits.cpu)),
            of(LimitKey::Memory, usage.memory, limits.memory),
            of(LimitKey::Output, usage.output, limits.output),
        ]
        .into_iter()
        .chain(fuel.map(|(used, allowed)| of(LimitKey::Fuel, used, allowed)))
        .collect()
    }

    /// What the guest asked for, without what the host recorded of the run itself.
    pub fn asked(&self) -> impl Iterator<Item = &Row> {
        let of_host = |row: &&Row| {
            ["run.", "limit.", "log."]
                .iter()
                .any(|own| row.operation.starts_with(own))
        };
        self.audit.rows.iter().filter(move |row| !of_host(row))
    }

    /// What the guest asked for and was denied.
    pub fn denied(&self) -> impl Iterator<Item = &Row> {
        self.asked().filter(|row| row.decision == Decision::Deny)
    }
}
