//! The audit log as an outsider reads it: lines of JSON, by no code of the host.

use std::path::Path;

use serde_json::Value;

/// The keys of a record, in their order.
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

/// One record, but for when it was made and whose it is: see [`Owned`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub seq: u64,
    /// The WIT function.
    pub import: String,
    /// `scope.verb`.
    pub operation: String,
    /// What it was about.
    pub resource: String,
    /// `allow`, `deny` or `would-deny`.
    pub decision: String,
    /// The rule that decided.
    pub rule: String,
    /// `ok`, or the interface's error case.
    pub outcome: String,
    /// Bytes towards the guest.
    pub bytes_in: u64,
    /// Bytes from the guest.
    pub bytes_out: u64,
    /// Calls.
    pub count: u64,
    /// The component's digest.
    pub component: String,
}

/// A record, and whose it is. Runs have other names each time.
#[derive(Debug, Clone)]
pub struct Owned {
    /// The run.
    pub run: String,
    /// The VM that it is in, if it is in one.
    pub vm: Option<String>,
    /// The record.
    pub record: Record,
}

impl Record {
    /// Whether it is about this operation and resource.
    #[must_use]
    pub fn is(&self, operation: &str, resource: &str) -> bool {
        self.operation == operation && self.resource == resource
    }
}

/// Reads the log at `path` (its current file), and checks the form of each line: one object, the stated keys in the
/// stated order, numbers without gaps.
///
/// # Panics
///
/// When it has another form.
#[must_use]
pub fn parse_log(path: &Path) -> Vec<Record> {
    let owned = parse_owned(path).into_iter();
    owned.map(|owned| owned.record).collect()
}

/// The same, with whose each record is.
///
/// # Panics
///
/// As [`parse_log`].
#[must_use]
pub fn parse_owned(path: &Path) -> Vec<Owned> {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("the log {}: {error}", path.display()));
    let records: Vec<Owned> = text.lines().map(parse_line).collect();
    for pair in records.windows(2) {
        if let [first, second] = pair {
            assert_eq!(first.record.seq + 1, second.record.seq, "a gap in the log");
        }
    }
    records
}

fn parse_line(line: &str) -> Owned {
    let value: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("no object: {line:?}"));
    assert_eq!(
        object.keys().map(String::as_str).collect::<Vec<_>>(),
        KEYS,
        "{line:?}"
    );
    let text = |key: &str| {
        object
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{key} is no text: {line:?}"))
            .to_owned()
    };
    let number = |key: &str| {
        object
            .get(key)
            .and_then(Value::as_u64)
            .unwrap_or_else(|| panic!("{key} is no number: {line:?}"))
    };
    let record = Record {
        seq: number("seq"),
        import: text("import"),
        operation: text("operation"),
        resource: text("resource"),
        decision: text("decision"),
        rule: text("rule"),
        outcome: text("outcome"),
        bytes_in: number("bytes_in"),
        bytes_out: number("bytes_out"),
        count: number("count"),
        component: text("component"),
    };
    Owned {
        run: text("run"),
        vm: object.get("vm").and_then(Value::as_str).map(str::to_owned),
        record,
    }
}
