//! The record: its fields, their bounds, and the words that go into them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The format that this crate writes and the only one that it reads: the record's `v`.
pub const FORMAT: u32 = 1;

/// The longest line that the log writes, without its line end, in bytes; a longer one is no record of ours.
///
/// Every string of a record is bounded before it is escaped, and an escape takes at most six bytes for one.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// Bounds of a record's strings, in bytes before escaping; a longer one is cut with a mark that says how much.
pub mod bounds {
    /// `import`: the function that the guest called.
    pub const IMPORT: usize = 512;
    /// `operation`: `scope.verb`.
    pub const OPERATION: usize = 64;
    /// `resource`: what the operation was about.
    pub const RESOURCE: usize = 4096;
    /// `rule`: where the deciding rule stands.
    pub const RULE: usize = 512;
    /// `outcome`: `ok` or the interface's error case.
    pub const OUTCOME: usize = 128;
    /// `run`, `vm` and `component`, each.
    pub const IDENTITY: usize = 256;
}

/// What policy said about one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Granted: the effect takes place.
    Allow,
    /// Refused: no effect.
    Deny,
    /// Refused by policy, but let through because the operator runs in permissive mode: the effect takes place.
    WouldDeny,
}

impl Decision {
    /// The word in a record: `allow`, `deny` or `would-deny`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Allow => "allow",
            Decision::Deny => "deny",
            Decision::WouldDeny => "would-deny",
        }
    }

    /// Whether an effect follows on this decision.
    #[must_use]
    pub fn has_effect(self) -> bool {
        match self {
            Decision::Allow | Decision::WouldDeny => true,
            Decision::Deny => false,
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who runs: stands in every record of a run. Each string is cut to [`bounds::IDENTITY`] bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunIdentity {
    /// The run's own name, unique for whoever reads the log.
    pub run: String,
    /// The VM that the run belongs to, if any.
    pub vm: Option<String>,
    /// The process within the VM, if any.
    pub process: Option<u64>,
    /// The component by digest, `sha256:…`.
    pub component: String,
}

/// One record as read back from a line.
///
/// The strings are the guest's again, escapes undone: print them through [`printable`](crate::printable).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Format, [`FORMAT`].
    pub v: u32,
    /// Position in the log, from 0, without gaps.
    pub seq: u64,
    /// Wall time, RFC 3339 in UTC with microseconds: when the call ended (the last one, where there are several), or
    /// when it began for outcome `begun`. The wall clock may jump; order is by `seq`.
    pub time: String,
    /// Monotonic clock of the same moment, in nanoseconds since boot; never falls within one session of the writer.
    pub mono_ns: u64,
    /// The run, empty for the log's own records.
    pub run: String,
    /// The VM, if any.
    pub vm: Option<String>,
    /// The process within the VM, if any.
    pub process: Option<u64>,
    /// The component by digest, empty for the log's own records.
    pub component: String,
    /// The imported function that the guest called, empty for the log's own records.
    pub import: String,
    /// `scope.verb`; scope `log` is the log's own.
    pub operation: String,
    /// What the operation was about.
    pub resource: String,
    /// What policy said.
    pub decision: Decision,
    /// The rule that decided, `source:index`.
    pub rule: String,
    /// `ok`, the interface's error case, `dropped` for a cancelled call, or `begun` for one written ahead of its effect.
    pub outcome: String,
    /// Bytes that came in to the guest, summed over `count` calls.
    pub bytes_in: u64,
    /// Bytes that went out from the guest, summed over `count` calls.
    pub bytes_out: u64,
    /// Time between begin and end, in nanoseconds, summed over `count` calls.
    pub duration_ns: u64,
    /// How many finished calls the record stands for: 0 for outcome `begun`, whose call is counted when it ends.
    pub count: u64,
    /// The hash of the record before, 64 zeros for the first.
    pub prev: String,
    /// SHA-256 of the line without this member, lowercase hex.
    pub hash: String,
}
