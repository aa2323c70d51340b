//! What a log's guests did, added up while it is written: for a report at the end of a run.

use crate::record::Decision;
use crate::span::{Key, Totals};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows that a summary keeps for each decision; what comes later is added to that decision's row of others.
///
/// Per decision, so that a guest cannot hide what it was denied behind a million names that it was allowed.
pub const ROWS_PER_DECISION: usize = 512;

/// What finished calls add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Calls.
    pub count: u64,
    /// Bytes in to the guest.
    pub bytes_in: u64,
    /// Bytes out from the guest.
    pub bytes_out: u64,
}

impl Sum {
    pub(crate) fn add(&mut self, count: u64, bytes_in: u64, bytes_out: u64) {
        self.count = self.count.saturating_add(count);
        self.bytes_in = self.bytes_in.saturating_add(bytes_in);
        self.bytes_out = self.bytes_out.saturating_add(bytes_out);
    }
}

/// One row: everything that was asked alike and decided alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `scope.verb`.
    pub operation: String,
    /// What it was about, the guest's text: print it through [`printable`](crate::printable).
    pub resource: String,
    /// What policy said.
    pub decision: Decision,
    /// The rule that decided.
    pub rule: String,
    /// The calls.
    #[serde(flatten)]
    pub sum: Sum,
}

/// A bounded account of everything that a log's guests asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Ordered by decision, operation, resource and rule; at most [`ROWS_PER_DECISION`] for each decision.
    pub rows: Vec<Row>,
    /// What found no row any more, by decision.
    pub others: BTreeMap<Decision, Sum>,
    /// Records written to the log in this session, its own included.
    pub records: u64,
}

impl Summary {
    /// All calls that had this decision, those of `others` included.
    #[must_use]
    pub fn total(&self, decision: Decision) -> Sum {
        let rows = self
            .rows
            .iter()
            .filter(|row| row.decision == decision)
            .map(|row| &row.sum);
        let mut total = Sum::default();
        for sum in rows.chain(self.others.get(&decision)) {
            total.add(sum.count, sum.bytes_in, sum.bytes_out);
        }
        total
    }
}

/// What a row is about, in the order of rows. It keeps the key that the calls share, and copies none of it.
#[derive(Debug)]
struct Name(Arc<Key>);

impl Name {
    fn order(&self) -> (&'static str, &str, &str) {
        (self.0.operation, self.0.resource(), self.0.rule())
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

type Names = BTreeMap<Name, Sum>;

/// The writer's running account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    rows: BTreeMap<Decision, Names>,
    others: BTreeMap<Decision, Sum>,
    pub(crate) records: u64,
}

impl Account {
    /// Counts one record. That of a beginning counts no call, and what it is about comes again with the call's end.
    pub(crate) fn add(&mut self, key: &Arc<Key>, totals: &Totals) {
        self.records += 1;
        if totals.count == 0 {
            return;
        }
        let names = self.rows.entry(key.decision).or_default();
        let name = Name(Arc::clone(key));
        let full = names.len() >= ROWS_PER_DECISION;
        let sum = match names.get_mut(&name) {
            Some(sum) => sum,
            None if full => self.others.entry(key.decision).or_default(),
            None => names.entry(name).or_default(),
        };
        sum.add(totals.count, totals.bytes_in, totals.bytes_out);
    }

    pub(crate) fn summary(&self) -> Summary {
        let rows = self.rows.iter().flat_map(|(decision, names)| {
            names.iter().map(|(Name(key), sum)| Row {
                operation: key.operation.to_owned(),
                resource: key.resource().to_owned(),
                decision: *decision,
                rule: key.rule().to_owned(),
                sum: *sum,
            })
        });
        Summary {
            rows: rows.collect(),
            others: self.others.clone(),
            records: self.records,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Entry;

    #[test]
    fn a_million_names_take_a_bounded_number_of_rows_and_hide_no_denial() {
        let mut account = Account::default();
        let mut ask = |resource: &str, decision| {
            let entry = Entry {
                import: "",
                operation: "fs.open",
                resource,
                decision,
                rule: "r:0",
                high_rate: false,
            };
            account.add(
                &Arc::new(Key::new(&entry)),
                &Totals {
                    count: 1,
                    bytes_in: 2,
                    ..Totals::default()
                },
            );
        };
        for n in 0..2_000 {
            ask(&format!("/{n}"), Decision::Allow);
        }
        ask("/etc/shadow", Decision::Deny);
        ask("/0", Decision::Allow);
        let summary = account.summary();
        assert_eq!(summary.rows.len(), ROWS_PER_DECISION + 1);
        assert!(summary.rows.iter().any(|row| row.resource == "/etc/shadow"));
        assert_eq!(
            summary.total(Decision::Allow),
            Sum {
                count: 2_001,
                bytes_in: 4_002,
                bytes_out: 0
            }
        );
        assert_eq!(
            summary.others.get(&Decision::Allow).map(|sum| sum.count),
            Some(2_000 - 512)
        );
    }
}
