//! Coalescing: consecutive calls that differ in nothing but bytes and time become one record with a count.
//!
//! A run keeps a small table of open spans. Pure: when a span must be written for its age is the writer's business.

use crate::entry::Entry;
use crate::escape;
use crate::record::{Decision, bounds};
use std::sync::Arc;

/// Spans that a run may have open at once; the one unused for longest makes room.
const OPEN_SPANS: usize = 16;

/// Calls that one span may cover, so that a quarter of the ring at most hangs on one record.
pub(crate) const SPAN_CALLS: u64 = 1024;

/// What a call is about, bounded and owned: all of an [`Entry`] that goes into its record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Import, resource and rule, one behind the other: a run makes keys and the writer's thread frees them, and each
    /// piece of memory that goes from one to the other costs both.
    text: Box<str>,
    resource_at: usize,
    rule_at: usize,
    pub(crate) operation: &'static str,
    pub(crate) decision: Decision,
    /// Bytes that the strings take in a line.
    encoded_len: u64,
}

impl Key {
    pub(crate) fn new(entry: &Entry<'_>) -> Key {
        let import = escape::truncate(entry.import, bounds::IMPORT);
        let resource = escape::truncate(entry.resource, bounds::RESOURCE);
        let rule = escape::truncate(entry.rule, bounds::RULE);
        let lengths = [&import, entry.operation, &resource, &rule].map(escape::len);
        let resource_at = import.len();
        let rule_at = resource_at + resource.len();
        let mut text = String::with_capacity(rule_at + rule.len());
        text.push_str(&import);
        text.push_str(&resource);
        text.push_str(&rule);
        Key {
            text: text.into(),
            resource_at,
            rule_at,
            operation: entry.operation,
            decision: entry.decision,
            encoded_len: u64::try_from(lengths.iter().sum::<usize>()).unwrap_or(u64::MAX),
        }
    }

    pub(crate) fn import(&self) -> &str {
        self.text.get(..self.resource_at).unwrap_or_default()
    }

    pub(crate) fn resource(&self) -> &str {
        self.text
            .get(self.resource_at..self.rule_at)
            .unwrap_or_default()
    }

    pub(crate) fn rule(&self) -> &str {
        self.text.get(self.rule_at..).unwrap_or_default()
    }

    /// Bytes that the strings take in a line.
    pub(crate) fn encoded_len(&self) -> u64 {
        self.encoded_len
    }

    /// A cut string equals no entry: two long names that begin alike are never taken for one.
    fn is_of(&self, entry: &Entry<'_>) -> bool {
        self.resource() == entry.resource
            && self.operation == entry.operation
            && self.decision == entry.decision
            && self.import() == entry.import
            && self.rule() == entry.rule
    }
}

/// How a call ended. Nearly every one ends with a word known beforehand, which costs no allocation.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Known(&'static str),
    Other(Arc<str>),
}

impl Outcome {
    pub(crate) const BEGUN: Outcome = Outcome::Known("begun");
    pub(crate) const DROPPED: &'static str = "dropped";
    pub(crate) const WITHDRAWN: &'static str = "withdrawn";
    pub(crate) const OK: &'static str = "ok";

    pub(crate) fn new(word: &str) -> Outcome {
        match word {
            Outcome::OK => Outcome::Known(Outcome::OK),
            Outcome::DROPPED => Outcome::Known(Outcome::DROPPED),
            Outcome::WITHDRAWN => Outcome::Known(Outcome::WITHDRAWN),
            other => Outcome::Other(escape::truncate(other, bounds::OUTCOME).into()),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Outcome::Known(word) => word,
            Outcome::Other(word) => word,
        }
    }
}

/// What finished calls add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) count: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) duration_ns: u64,
    /// When the last of them ended, by the monotonic clock.
    pub(crate) stamp: u64,
}

impl Totals {
    /// Both together, or none where a sum would not fit: counts and bytes are never rounded off.
    fn plus(&self, other: &Totals) -> Option<Totals> {
        Some(Totals {
            count: self.count.checked_add(other.count)?,
            bytes_in: self.bytes_in.checked_add(other.bytes_in)?,
            bytes_out: self.bytes_out.checked_add(other.bytes_out)?,
            duration_ns: self.duration_ns.checked_add(other.duration_ns)?,
            stamp: self.stamp.max(other.stamp),
        })
    }
}

/// A span that is closed and waits to be written.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) key: Arc<Key>,
    pub(crate) outcome: Outcome,
    pub(crate) totals: Totals,
}

/// A place of the table. It outlives its span (`count` 0), so that the next call of the same kind allocates nothing.
struct Slot {
    key: Arc<Key>,
    outcome: Outcome,
    totals: Totals,
    used: u64,
}

impl Slot {
    fn close(&mut self) -> Option<Span> {
        let totals = std::mem::take(&mut self.totals);
        (totals.count > 0).then(|| Span {
            key: Arc::clone(&self.key),
            outcome: self.outcome.clone(),
            totals,
        })
    }
}

/// What [`Spans::add`] did.
pub(crate) struct Added {
    /// A span of its own was begun: one more record is to come.
    pub(crate) opened: bool,
    /// A span that has to be written now.
    pub(crate) closed: Option<Span>,
}

/// The open spans of one run.
#[derive(Default)]
pub(crate) struct Spans {
    slots: Vec<Slot>,
    /// The slot that the last call fell into, most likely the next one's too.
    last: usize,
    clock: u64,
}

impl Spans {
    /// The key of `entry`: one in use if there is one, else a new one.
    pub(crate) fn key(&self, entry: &Entry<'_>) -> Arc<Key> {
        let likely = self
            .slots
            .get(self.last)
            .filter(|slot| slot.key.is_of(entry));
        let found = likely.or_else(|| self.slots.iter().find(|slot| slot.key.is_of(entry)));
        found.map_or_else(|| Arc::new(Key::new(entry)), |slot| Arc::clone(&slot.key))
    }

    /// Adds one finished call.
    pub(crate) fn add(&mut self, key: &Arc<Key>, outcome: &str, call: Totals) -> Added {
        self.clock = self.clock.wrapping_add(1);
        let Some(at) = self.position(key, outcome) else {
            return self.open(key, outcome, call);
        };
        self.last = at;
        let Some(slot) = self.slots.get_mut(at) else {
            return self.open(key, outcome, call);
        };
        slot.used = self.clock;
        if slot.totals.count == 0 {
            slot.totals = call;
            return Added {
                opened: true,
                closed: None,
            };
        }
        let Some(sum) = slot.totals.plus(&call) else {
            let closed = slot.close();
            slot.totals = call;
            return Added {
                opened: true,
                closed,
            };
        };
        slot.totals = sum;
        let closed = if sum.count >= SPAN_CALLS {
            slot.close()
        } else {
            None
        };
        Added {
            opened: false,
            closed,
        }
    }

    /// Closes every span.
    pub(crate) fn close_all(&mut self) -> impl Iterator<Item = Span> + '_ {
        self.slots.iter_mut().filter_map(Slot::close)
    }

    fn position(&self, key: &Arc<Key>, outcome: &str) -> Option<usize> {
        let fits = |slot: &Slot| {
            (Arc::ptr_eq(&slot.key, key) || slot.key == *key) && slot.outcome.as_str() == outcome
        };
        if self.slots.get(self.last).is_some_and(fits) {
            return Some(self.last);
        }
        self.slots.iter().position(fits)
    }

    fn open(&mut self, key: &Arc<Key>, outcome: &str, call: Totals) -> Added {
        let fresh = Slot {
            key: Arc::clone(key),
            outcome: Outcome::new(outcome),
            totals: call,
            used: self.clock,
        };
        if self.slots.len() < OPEN_SPANS {
            self.last = self.slots.len();
            self.slots.push(fresh);
            return Added {
                opened: true,
                closed: None,
            };
        }
        let oldest = self
            .slots
            .iter_mut()
            .enumerate()
            .min_by_key(|(_, slot)| slot.used);
        let closed = oldest.and_then(|(at, slot)| {
            self.last = at;
            let closed = slot.close();
            *slot = fresh;
            closed
        });
        Added {
            opened: true,
            closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Sums = BTreeMap<(String, String, &'static str, String), (u64, u64, u64, u64)>;

    fn entry<'a>(resource: &'a str, rule: &'a str, decision: Decision) -> Entry<'a> {
        Entry {
            import: "i",
            operation: "fs.read",
            resource,
            decision,
            rule,
            high_rate: true,
        }
    }

    fn tally(sums: &mut Sums, key: &Key, outcome: &str, totals: &Totals) {
        let name = (
            key.resource().to_owned(),
            key.rule().to_owned(),
            key.decision.as_str(),
            outcome.to_owned(),
        );
        let sum = sums.entry(name).or_default();
        sum.0 += totals.count;
        sum.1 = sum.1.wrapping_add(totals.bytes_in);
        sum.2 = sum.2.wrapping_add(totals.bytes_out);
        sum.3 = sum.3.wrapping_add(totals.duration_ns);
    }

    fn decision() -> impl Strategy<Value = Decision> {
        prop_oneof![
            Just(Decision::Allow),
            Just(Decision::Deny),
            Just(Decision::WouldDeny)
        ]
    }

    proptest! {
        /// Bytes up to `u64::MAX` too, where a span has to be cut because its sum would not fit.
        #[test]
        fn coalescing_loses_no_count_and_no_byte(
            calls in prop::collection::vec(
                (0_u8..12, 0_u8..3, decision(), 0_u8..4, prop_oneof![0_u64..5000, any::<u64>()], any::<bool>()),
                0..600,
            )
        ) {
            let mut spans = Spans::default();
            let (mut model, mut written) = (Sums::new(), Sums::new());
            let (mut opened, mut closed) = (0, 0);
            for (resource, rule, decision, outcome, bytes, sweep) in calls {
                let (resource, rule) = (format!("/{resource}"), format!("r:{rule}"));
                let outcome = ["ok", "dropped", "not-permitted", "busy"].get(usize::from(outcome)).copied().unwrap_or("ok");
                let key = spans.key(&entry(&resource, &rule, decision));
                let call = Totals { count: 1, bytes_in: bytes, bytes_out: bytes / 3, duration_ns: 7, stamp: 0 };
                tally(&mut model, &key, outcome, &call);
                let added = spans.add(&key, outcome, call);
                opened += u32::from(added.opened);
                if let Some(span) = added.closed {
                    prop_assert!(span.totals.count <= SPAN_CALLS);
                    tally(&mut written, &span.key, span.outcome.as_str(), &span.totals);
                    closed += 1;
                }
                if sweep && bytes % 16 == 0 {
                    for span in spans.close_all() {
                        tally(&mut written, &span.key, span.outcome.as_str(), &span.totals);
                        closed += 1;
                    }
                }
                prop_assert!(spans.slots.len() <= OPEN_SPANS);
            }
            for span in spans.close_all() {
                tally(&mut written, &span.key, span.outcome.as_str(), &span.totals);
                closed += 1;
            }
            prop_assert_eq!(written, model);
            prop_assert_eq!(opened, closed);
        }
    }

    #[test]
    fn equal_calls_share_one_key_and_one_span() {
        let mut spans = Spans::default();
        let call = Totals {
            count: 1,
            bytes_in: 2,
            ..Totals::default()
        };
        for n in 0..SPAN_CALLS {
            let key = spans.key(&entry("/x", "r:0", Decision::Allow));
            let added = spans.add(&key, "ok", call);
            assert_eq!(added.opened, n == 0);
            assert_eq!(
                added.closed.map(|span| span.totals.bytes_in),
                (n + 1 == SPAN_CALLS).then_some(2 * SPAN_CALLS)
            );
        }
        assert_eq!(spans.slots.len(), 1);
        assert_eq!(spans.close_all().count(), 0);
    }

    #[test]
    fn long_names_that_begin_alike_are_never_merged_unless_equal_in_the_record() {
        let mut spans = Spans::default();
        let (one, two) = (
            format!("{}1", "x".repeat(5000)),
            format!("{}22", "x".repeat(5000)),
        );
        for name in [&one, &two] {
            let key = spans.key(&entry(name, "r:0", Decision::Allow));
            assert!(
                spans
                    .add(
                        &key,
                        "ok",
                        Totals {
                            count: 1,
                            ..Totals::default()
                        }
                    )
                    .opened
            );
        }
        assert_eq!(spans.close_all().count(), 2);
    }
}
