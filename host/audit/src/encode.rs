//! A record's one spelling as a line.

use crate::chain::{Chain, Link};
use crate::clock::Pair;
use crate::escape;
use crate::record::{Decision, FORMAT, RunIdentity, bounds};

/// A run's part of each of its records, escaped once.
#[derive(Debug)]
pub(crate) struct Identity {
    json: Vec<u8>,
}

impl Identity {
    pub(crate) fn new(identity: &RunIdentity) -> Identity {
        // As long as nearly every identity is, so that it does not grow in many small steps.
        let mut json = Vec::with_capacity(192);
        push_text(
            &mut json,
            "run",
            &escape::truncate(&identity.run, bounds::IDENTITY),
        );
        match &identity.vm {
            Some(vm) => push_text(&mut json, "vm", &escape::truncate(vm, bounds::IDENTITY)),
            None => json.extend_from_slice(br#","vm":null"#),
        }
        match identity.process {
            Some(process) => push_number(&mut json, "process", process),
            None => json.extend_from_slice(br#","process":null"#),
        }
        push_text(
            &mut json,
            "component",
            &escape::truncate(&identity.component, bounds::IDENTITY),
        );
        Identity { json }
    }

    /// The identity of the log's own records: nobody's.
    pub(crate) fn of_the_log() -> Identity {
        Identity::new(&RunIdentity {
            run: String::new(),
            vm: None,
            process: None,
            component: String::new(),
        })
    }

    pub(crate) fn encoded_len(&self) -> usize {
        self.json.len()
    }
}

/// What the writer spells out as one line; strings are bounded already.
pub(crate) struct Fields<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) stamp: u64,
    pub(crate) import: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) decision: Decision,
    pub(crate) rule: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) duration_ns: u64,
    pub(crate) count: u64,
}

/// What a line takes beside its escaped strings and its identity: names, punctuation, both hashes, the line end, and
/// every number at its widest.
pub(crate) const FIXED_BYTES: u64 = 600;

impl Fields<'_> {
    /// Appends the record as a line, line end included, as the next link of `chain`.
    pub(crate) fn push_line(&self, out: &mut Vec<u8>, chain: &mut Chain, clocks: Pair) {
        let start = out.len();
        push_number_member(out, br#"{"v":"#, u64::from(FORMAT));
        push_number(out, "seq", chain.next_seq());
        out.extend_from_slice(br#","time":""#);
        clocks.push_time(out, self.stamp);
        out.push(b'"');
        push_number(out, "mono_ns", self.stamp);
        out.extend_from_slice(&self.identity.json);
        push_text(out, "import", self.import);
        push_text(out, "operation", self.operation);
        push_text(out, "resource", self.resource);
        push_text(out, "decision", self.decision.as_str());
        push_text(out, "rule", self.rule);
        push_text(out, "outcome", self.outcome);
        push_number(out, "bytes_in", self.bytes_in);
        push_number(out, "bytes_out", self.bytes_out);
        push_number(out, "duration_ns", self.duration_ns);
        push_number(out, "count", self.count);
        out.extend_from_slice(br#","prev":""#);
        Link::push_hex(chain.prev(), out);
        out.push(b'"');
        let hash = Link::of(out.get(start..).unwrap_or_default());
        out.extend_from_slice(br#","hash":""#);
        Link::push_hex(&hash, out);
        out.extend_from_slice(b"\"}\n");
        chain.advance(hash);
    }
}

fn push_text(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":\"");
    escape::push(out, value);
    out.push(b'"');
}

fn push_number(out: &mut Vec<u8>, name: &str, value: u64) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    push_number_member(out, b"\":", value);
}

fn push_number_member(out: &mut Vec<u8>, before: &[u8], value: u64) {
    out.extend_from_slice(before);
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{MAX_LINE_BYTES, Record};
    use proptest::prelude::*;

    const KEYS: [&str; 20] = [
        "v",
        "seq",
        "time",
        "mono_ns",
        "run",
        "vm",
        "process",
        "component",
        "import",
        "operation",
        "resource",
        "decision",
        "rule",
        "outcome",
        "bytes_in",
        "bytes_out",
        "duration_ns",
        "count",
        "prev",
        "hash",
    ];

    fn line(identity: &RunIdentity, resource: &str, numbers: u64) -> Vec<u8> {
        let mut out = Vec::new();
        let fields = Fields {
            identity: &Identity::new(identity),
            stamp: numbers,
            import: resource,
            operation: "fs.read",
            resource,
            decision: Decision::WouldDeny,
            rule: resource,
            outcome: resource,
            bytes_in: numbers,
            bytes_out: numbers,
            duration_ns: numbers,
            count: numbers,
        };
        fields.push_line(
            &mut out,
            &mut Chain::resumed(numbers, Link::GENESIS),
            Pair::now(),
        );
        out
    }

    #[test]
    fn the_keys_stand_in_the_stated_order() {
        let identity = RunIdentity {
            run: "r".into(),
            vm: Some("v".into()),
            process: Some(1),
            component: "c".into(),
        };
        let text = String::from_utf8(line(&identity, "/x", 7)).unwrap();
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).unwrap();
        assert_eq!(object.keys().map(String::as_str).collect::<Vec<_>>(), KEYS);
        assert!(text.starts_with(r#"{"v":1,"seq":7,"time":""#), "{text}");
    }

    proptest! {
        #[test]
        fn i66_hostile_text_stays_one_parsable_line_within_its_cost(
            text in any::<String>(), vm in any::<Option<String>>(), number in any::<u64>()
        ) {
            let identity = RunIdentity { run: text.clone(), vm, process: Some(number), component: text.clone() };
            let bytes = line(&identity, &text, number);
            prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
            let record: Record = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(&record.resource, &text);
            prop_assert_eq!(record.decision, Decision::WouldDeny);
            let strings = Identity::new(&identity).encoded_len() + 4 * escape::len(&text);
            let cost = FIXED_BYTES + strings as u64;
            prop_assert!(bytes.len() as u64 <= cost, "{} > {cost}", bytes.len());
        }
    }

    #[test]
    fn the_longest_record_keeps_within_the_longest_line() {
        let worst = |bound: usize| "\0".repeat(bound);
        let identity = RunIdentity {
            run: worst(bounds::IDENTITY),
            vm: Some(worst(bounds::IDENTITY)),
            process: Some(u64::MAX),
            component: worst(bounds::IDENTITY),
        };
        let mut out = Vec::new();
        let fields = Fields {
            identity: &Identity::new(&identity),
            stamp: u64::MAX,
            import: &worst(bounds::IMPORT),
            operation: &worst(bounds::OPERATION),
            resource: &worst(bounds::RESOURCE),
            decision: Decision::WouldDeny,
            rule: &worst(bounds::RULE),
            outcome: &worst(bounds::OUTCOME),
            bytes_in: u64::MAX,
            bytes_out: u64::MAX,
            duration_ns: u64::MAX,
            count: u64::MAX,
        };
        fields.push_line(
            &mut out,
            &mut Chain::resumed(u64::MAX, Link::GENESIS),
            Pair::now(),
        );
        assert!(out.len() <= MAX_LINE_BYTES, "{}", out.len());
    }
}
