//! What a run comes to.

use tollgate_audit::{Decision, Row, Summary};
use tollgate_engine::{Ended, Place, RunError, Spent, Usage};
use tollgate_policy::Limits;

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
    /// Where a program in the source of its language was last seen, by its runtime's own word: the guest's text, which a
    /// terminal must escape. Where a limit ended the run, it was there or not far from it.
    pub seen_at: Option<Place>,
    /// What it asked for and was answered, as its records have it: flushed when this is returned. Nothing where the host
    /// does not wait for that ([`HostBuilder::end_without_flush`](crate::HostBuilder::end_without_flush)): the log has it.
    pub audit: Option<Summary>,
    /// Standard output, where it was captured; what was written after the limit is not in it.
    pub stdout: Vec<u8>,
    /// Standard error, where it was captured.
    pub stderr: Vec<u8>,
}

impl<T, E> Outcome<T, E> {
    /// Usage against each limit that is counted over a run. Fuel is among them where it was counted and limited.
    #[must_use]
    pub fn spent(&self) -> Vec<Spent> {
        self.usage.spent(&self.limits)
    }

    /// What the guest asked for, as far as [`Outcome::audit`] has it, without what the host recorded of the run itself.
    pub fn asked(&self) -> impl Iterator<Item = &Row> {
        let of_host = |row: &&Row| {
            ["run.", "limit.", "log."]
                .iter()
                .any(|own| row.operation.starts_with(own))
        };
        let rows = self.audit.iter().flat_map(|audit| &audit.rows);
        rows.filter(move |row| !of_host(row))
    }

    /// What the guest asked for and was denied.
    pub fn denied(&self) -> impl Iterator<Item = &Row> {
        self.asked().filter(|row| row.decision == Decision::Deny)
    }
}
