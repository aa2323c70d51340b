//! What a log's records add up to, in bounded memory: for tables and programs.

use crate::escape;
use crate::record::{Decision, Record, bounds};
use crate::summary::Sum;
use serde::Serialize;
use std::collections::HashMap;

/// Names of one kind (operations, rules, …) that are told apart; a guest can make up a million.
const NAMES: usize = 10_000;

/// Calls by what was said to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ByDecision {
    /// Allowed.
    pub allow: Sum,
    /// Denied.
    pub deny: Sum,
    /// Denied by policy and let through.
    pub would_deny: Sum,
}

impl ByDecision {
    fn add(&mut self, record: &Record) {
        let sum = match record.decision {
            Decision::Allow => &mut self.allow,
            Decision::Deny => &mut self.deny,
            Decision::WouldDeny => &mut self.would_deny,
        };
        sum.add(record.count, record.bytes_in, record.bytes_out);
    }

    fn merge(&mut self, other: &ByDecision) {
        let pairs = [
            (&mut self.allow, other.allow),
            (&mut self.deny, other.deny),
            (&mut self.would_deny, other.would_deny),
        ];
        for (sum, more) in pairs {
            sum.add(more.count, more.bytes_in, more.bytes_out);
        }
    }

    /// Calls of all decisions.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.allow
            .count
            .saturating_add(self.deny.count)
            .saturating_add(self.would_deny.count)
    }
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The operation, rule, resource or outcome: print it through [`printable`](crate::printable).
    pub name: String,
    /// Its calls.
    #[serde(flatten)]
    pub calls: ByDecision,
}

/// One table: rows by falling number of calls, then by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// As many rows as were asked for, at most.
    pub rows: Vec<Named>,
    /// All that has no row.
    pub others: ByDecision,
    /// Whether names came too late to be told apart (after 10,000), so that one among `others` may outnumber a row.
    pub crowded: bool,
}

/// What a log adds up to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Records read, the log's own included.
    pub records: u64,
    /// Runs that have records.
    pub runs: u64,
    /// Time of the first record.
    pub first_time: Option<String>,
    /// Time of the last record.
    pub last_time: Option<String>,
    /// All calls of guests.
    pub calls: ByDecision,
    /// By operation.
    pub operations: Table,
    /// By deciding rule.
    pub rules: Table,
    /// By resource.
    pub resources: Table,
    /// By outcome.
    pub outcomes: Table,
}

/// Adds records up. The log's own records count as records and as nothing else.
#[derive(Debug, Default)]
pub struct Adder {
    stats: Stats,
    runs: Names,
    operations: Names,
    rules: Names,
    resources: Names,
    outcomes: Names,
}

impl Adder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Adder {
        Adder::default()
    }

    /// Adds one record.
    pub fn add(&mut self, record: &Record) {
        self.stats.records = self.stats.records.saturating_add(1);
        self.stats
            .first_time
            .get_or_insert_with(|| record.time.clone());
        self.stats
            .last_time
            .get_or_insert_default()
            .clone_from(&record.time);
        if record.run.is_empty() && record.operation.starts_with("log.") {
            return;
        }
        self.stats.calls.add(record);
        self.runs.add(&record.run, record);
        self.operations.add(&record.operation, record);
        self.rules.add(&record.rule, record);
        self.resources.add(&record.resource, record);
        // A record of a beginning counts no call: it would be a row of nothing.
        if record.count > 0 {
            self.outcomes.add(&record.outcome, record);
        }
    }

    /// The sums, with at most `top` rows a table.
    #[must_use]
    pub fn stats(self, top: usize) -> Stats {
        Stats {
            runs: u64::try_from(self.runs.names.len()).unwrap_or(u64::MAX),
            operations: self.operations.table(top),
            rules: self.rules.table(top),
            resources: self.resources.table(top),
            outcomes: self.outcomes.table(top),
            ..self.stats
        }
    }
}

#[derive(Debug, Default)]
struct Names {
    names: HashMap<String, ByDecision>,
    /// What came when there was no room for further names.
    late: Option<ByDecision>,
}

impl Names {
    fn add(&mut self, name: &str, record: &Record) {
        // The log's own bounds, again: a file that is only read may have been written by anybody.
        let name = &*escape::truncate(name, bounds::RESOURCE);
        let full = self.names.len() >= NAMES;
        let calls = match self.names.get_mut(name) {
            Some(calls) => calls,
            None if full => self.late.get_or_insert_default(),
            None => self.names.entry(name.to_owned()).or_default(),
        };
        calls.add(record);
    }

    fn table(self, top: usize) -> Table {
        let mut rows: Vec<Named> = self
            .names
            .into_iter()
            .map(|(name, calls)| Named { name, calls })
            .collect();
        rows.sort_by(|a, b| {
            b.calls
                .count()
                .cmp(&a.calls.count())
                .then_with(|| a.name.cmp(&b.name))
        });
        let mut others = self.late.unwrap_or_default();
        for row in rows.drain(top.min(rows.len())..) {
            others.merge(&row.calls);
        }
        Table {
            rows,
            others,
            crowded: self.late.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(operation: &str, resource: &str, decision: Decision, count: u64) -> Record {
        Record {
            v: 1,
            seq: 0,
            time: "2026-01-01T00:00:00.000000Z".to_owned(),
            mono_ns: 0,
            run: if operation.starts_with("log.") {
                String::new()
            } else {
                "r".to_owned()
            },
            vm: None,
            process: None,
            component: String::new(),
            import: String::new(),
            operation: operation.to_owned(),
            resource: resource.to_owned(),
            decision,
            rule: "r:0".to_owned(),
            outcome: "ok".to_owned(),
            bytes_in: 10 * count,
            bytes_out: 1,
            duration_ns: 0,
            count,
            prev: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn rows_are_the_most_called_and_the_rest_is_still_counted() {
        let mut adder = Adder::new();
        adder.add(&record("log.open", "ed25519:", Decision::Allow, 1));
        adder.add(&record("fs.read", "/a", Decision::Allow, 5));
        adder.add(&record("fs.read", "/b", Decision::Deny, 7));
        adder.add(&record("fs.open", "/c", Decision::WouldDeny, 1));
        let stats = adder.stats(1);
        assert_eq!((stats.records, stats.runs, stats.calls.count()), (4, 1, 13));
        assert_eq!(
            stats
                .operations
                .rows
                .first()
                .map(|row| (row.name.as_str(), row.calls.count())),
            Some(("fs.read", 12))
        );
        assert_eq!(
            stats.resources.rows.first().map(|row| row.name.as_str()),
            Some("/b")
        );
        assert_eq!(stats.resources.others.count(), 6);
        assert_eq!(stats.resources.others.allow.bytes_in, 50);
        assert!(!stats.resources.crowded);
    }

    #[test]
    fn a_million_names_take_bounded_memory_and_lose_no_call() {
        let mut adder = Adder::new();
        for n in 0..3 * NAMES {
            adder.add(&record("fs.read", &format!("/{n}"), Decision::Allow, 1));
        }
        assert_eq!(adder.resources.names.len(), NAMES);
        let stats = adder.stats(3);
        assert!(stats.resources.crowded);
        assert_eq!(stats.resources.others.count() + 3, 3 * NAMES as u64);
    }
}
