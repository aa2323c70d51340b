//! Limits: one table with every number, its unit, default, reason, and who may change it.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use thiserror::Error;

use crate::bounds;
use crate::quantity::{self, QuantityError, Shown, Unit};
use crate::rule::Origin;
use crate::words::{UnknownWord, words};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const SECOND: u64 = 1_000;
/// More than any machine has; sums of a few such sizes still fit 64 bits.
const LARGEST_SIZE: u64 = 1 << 48;
/// A year: later moments can overflow the clock of some system.
const LONGEST_TIME: u64 = 366 * 24 * 3_600 * SECOND;

/// Who may change a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Whoever starts a run, by a flag or a policy file, up to the ceiling. Where the ceiling says
    /// nothing, its number is the default: a run can then only lower it.
    Run,
    /// Nobody: it protects the host itself.
    Fixed,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// The key in `--limit` and `[limits]`, or the name of a fixed number.
    pub key: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// The value where nothing is stated, in bytes, milliseconds or ones; `None` is no limit.
    pub default: Option<u64>,
    /// The largest value that can be stated, in the same measure.
    pub largest: u64,
    /// What is limited.
    pub what: &'static str,
    /// Why the default is what it is.
    pub reason: &'static str,
    /// Who may change it.
    pub who: Who,
}

/// A limit in the type that its user wants.
trait Typed: Copy {
    /// From bytes, milliseconds or ones.
    fn typed(raw: Option<u64>) -> Self;
    /// In bytes, milliseconds or ones.
    fn raw(self) -> Option<u64>;
    /// The one that allows less.
    fn smaller(self, other: Self) -> Self;
}

impl Typed for u64 {
    fn typed(raw: Option<u64>) -> Self {
        raw.unwrap_or(Self::MAX)
    }

    fn raw(self) -> Option<u64> {
        Some(self)
    }

    fn smaller(self, other: Self) -> Self {
        self.min(other)
    }
}

impl Typed for Duration {
    fn typed(raw: Option<u64>) -> Self {
        raw.map_or(Self::MAX, quantity::time)
    }

    fn raw(self) -> Option<u64> {
        Some(u64::try_from(self.as_millis()).unwrap_or(u64::MAX))
    }

    fn smaller(self, other: Self) -> Self {
        self.min(other)
    }
}

/// No limit is more than any.
impl Typed for Option<u64> {
    fn typed(raw: Option<u64>) -> Self {
        raw
    }

    fn raw(self) -> Option<u64> {
        self
    }

    fn smaller(self, other: Self) -> Self {
        match (self, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}

/// Declares keys, table and struct together, so that no number can be in one and not in another.
macro_rules! limits {
    ($(
        #[doc = $what:literal]
        $field:ident ($variant:ident = $key:literal): $type:ty,
        $unit:ident, $default:expr, $largest:expr, $reason:literal;
    )+) => {
        words! {
            /// A key of `--limit` and `[limits]`.
            pub enum LimitKey is "limit" {
                $(#[doc = $what] $variant = $key),+
            }
        }

        /// Every number that a run can state.
        pub const LIMITS: &[LimitRow] = &[$(LimitRow {
            key: $key,
            unit: Unit::$unit,
            default: $default,
            largest: $largest,
            what: $what.trim_ascii(),
            reason: $reason,
            who: Who::Run,
        }),+];

        /// The limits of a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Limits {
            $(#[doc = $what] pub $field: $type),+
        }

        impl Limits {
            fn typed(raw: impl Fn(LimitKey) -> Option<u64>) -> Self {
                Self { $($field: Typed::typed(raw(LimitKey::$variant))),+ }
            }

            /// One limit in bytes, milliseconds or ones; `None` is no limit.
            #[must_use]
            pub fn value(&self, key: LimitKey) -> Option<u64> {
                match key {
                    $(LimitKey::$variant => Typed::raw(self.$field)),+
                }
            }

            /// The smaller of both for each limit.
            #[must_use]
            pub fn meet(self, other: Self) -> Self {
                Self { $($field: Typed::smaller(self.$field, other.$field)),+ }
            }
        }
    };
}

limits! {
    /// Linear memories, tables and stack of a run together, in bytes.
    memory (Memory = "memory"): u64, Bytes, Some(256 * MIB), LARGEST_SIZE,
        "a language runtime with its heap fits; a hundred such runs fit a usual server";
    /// Time from start to end of a run.
    wall (Wall = "wall"): Duration, Time, Some(60 * SECOND), LONGEST_TIME,
        "a command that a person waits for ends by then; servers state more";
    /// Time that a run computes, apart from what it waits.
    cpu (Cpu = "cpu"): Duration, Time, Some(30 * SECOND), LONGEST_TIME,
        "half of the wall time: whoever computes throughout is a loop more often than a job";
    /// Instructions, roughly.
    fuel (Fuel = "fuel"): Option<u64>, Count, None, u64::MAX,
        "counting slows every loop; it is for runs that must end at the same instruction each time";
    /// Handles that a guest has open at a time: files, sockets, streams, timers.
    handles (Handles = "handles"): u64, Count, Some(4_096), MIB,
        "four times what systems give a process by default; each costs host memory";
    /// Bytes that a run puts out on standard output and error together.
    output (Output = "output"): u64, Bytes, Some(64 * MIB), LARGEST_SIZE,
        "more than anybody reads, less than fills a disk";
    /// Bytes that one host call may copy out of a guest.
    host_call_bytes (HostCallBytes = "host-call-bytes"): u64, Bytes, Some(16 * MIB), LARGEST_SIZE,
        "larger transfers go through streams; calls of many guests at once stay within memory";
    /// Bytes of the header fields of one HTTP message, with its trailers.
    http_header (HttpHeader = "http-header"): u64, Bytes, Some(64 * KIB), GIB,
        "more than common servers take";
    /// Bytes of one HTTP body, either way.
    http_body (HttpBody = "http-body"): u64, Bytes, Some(64 * MIB), LARGEST_SIZE,
        "documents and images pass; an endless answer does not";
    /// Core instances in one component.
    instances (Instances = "instances"): u64, Count, Some(256), 10_000,
        "a language runtime with native extensions needs some dozens";
    /// Bytes of audit records of one run.
    audit (Audit = "audit"): u64, Bytes, Some(256 * MIB), LARGEST_SIZE,
        "a guest that makes up a million names fills no disk";
    /// Audit records of one run in a second.
    audit_rate (AuditRate = "audit-rate"): u64, Count, Some(100_000), 100_000_000,
        "more than an honest guest makes once alike operations are counted together";
    /// Memory of the process that compiles a component, in bytes.
    compile_memory (CompileMemory = "compile-memory"): u64, Bytes, Some(2 * GIB), LARGEST_SIZE,
        "twice what the costliest small component that is known takes; it does not take the machine";
    /// Time that compiling a component may take.
    compile_time (CompileTime = "compile-time"): Duration, Time, Some(60 * SECOND), LONGEST_TIME,
        "six times what the costliest small component that is known takes; the result is kept";
}

/// Numbers of this crate that nobody can state; they bound the work of policy itself. The crates that bound something of
/// their own have a table of this name too, and `tollgate limits` prints them all.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "pattern-bytes",
        Unit::Bytes,
        bounds::LONGEST_PATTERN as u64,
        "Length of one pattern.",
        "time and memory of a match grow with it; no path that people write is longer",
    ),
    LimitRow::fixed(
        "guest-path-bytes",
        Unit::Bytes,
        bounds::LONGEST_GUEST_PATH as u64,
        "Length of a guest path.",
        "the longest path of POSIX systems",
    ),
    LimitRow::fixed(
        "policy-file-bytes",
        Unit::Bytes,
        bounds::LONGEST_FILE as u64,
        "Length of a policy file.",
        "the parser's memory grows with it; the longest list of rules that is taken fits",
    ),
    LimitRow::fixed(
        "rules",
        Unit::Count,
        bounds::MOST_PATTERNS as u64,
        "Patterns of one policy.",
        "each may be tried at each operation, and a client can send as many as fit a frame",
    ),
    LimitRow::fixed(
        "all-pattern-bytes",
        Unit::Bytes,
        bounds::MOST_PATTERN_BYTES as u64,
        "Length of all patterns of one policy.",
        "the compiled form of a pattern takes several times its length",
    ),
];

impl LimitRow {
    /// A number that nobody can state.
    #[must_use]
    pub const fn fixed(
        key: &'static str,
        unit: Unit,
        value: u64,
        what: &'static str,
        reason: &'static str,
    ) -> Self {
        Self {
            key,
            unit,
            default: Some(value),
            largest: value,
            what,
            reason,
            who: Who::Fixed,
        }
    }

    /// A value of this row in the form that `--limit` takes.
    #[must_use]
    pub fn show(&self, value: u64) -> String {
        Shown(self.unit, value).to_string()
    }
}

impl LimitKey {
    /// The key's row in [`LIMITS`].
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "one macro makes both: the row of a key stands at the key's discriminant"
    )]
    pub const fn row(self) -> &'static LimitRow {
        &LIMITS[self as usize]
    }

    /// A value of this limit in the form that `--limit` takes.
    #[must_use]
    pub fn show(self, value: u64) -> String {
        self.row().show(value)
    }
}

/// A limit that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LimitError {
    /// No limit is called this.
    #[error(transparent)]
    Key(#[from] UnknownWord),
    /// There is no `=`.
    #[error("a limit is KEY=VALUE, as in `memory=64MiB`")]
    NoValue,
    /// The value can't be read.
    #[error("{key}: {error}")]
    Value {
        /// The limit.
        key: LimitKey,
        /// What is wrong with its value.
        error: QuantityError,
    },
    /// The same limit is stated twice in one place: one of the two is a slip.
    #[error("{0} is stated twice")]
    Twice(LimitKey),
}

impl LimitKey {
    /// Reads a value of this limit, as `--limit` takes it.
    ///
    /// # Errors
    ///
    /// [`LimitError::Value`] when `text` is no quantity of the limit's unit, is zero or too large.
    pub fn parse_value(self, text: &str) -> Result<u64, LimitError> {
        let row = self.row();
        quantity::parse(row.unit, text, row.largest)
            .map_err(|error| LimitError::Value { key: self, error })
    }

    /// Takes a value that is a number already, in bytes or ones. Times need a unit.
    pub(crate) fn check_value(self, value: u64) -> Result<u64, LimitError> {
        let row = self.row();
        let checked = match row.unit {
            Unit::Time => quantity::parse(row.unit, &value.to_string(), row.largest),
            Unit::Bytes | Unit::Count => quantity::check(row.unit, value, row.largest),
        };
        checked.map_err(|error| LimitError::Value { key: self, error })
    }
}

/// Reads `key=value,key=value`; errors carry the byte at which the slip begins.
pub(crate) fn parse_list(text: &str) -> Result<Vec<(LimitKey, u64)>, (usize, LimitError)> {
    let mut limits: Vec<(LimitKey, u64)> = Vec::new();
    let mut offset = 0;
    for item in text.split(',') {
        let (key, value) = parse_item(item).map_err(|(at, error)| (offset + at, error))?;
        if limits.iter().any(|(known, _)| *known == key) {
            return Err((offset, LimitError::Twice(key)));
        }
        limits.push((key, value));
        offset += item.len() + 1;
    }
    Ok(limits)
}

fn parse_item(item: &str) -> Result<(LimitKey, u64), (usize, LimitError)> {
    let (key, value) = item.split_once('=').ok_or((0, LimitError::NoValue))?;
    let at = key.len() + 1;
    let key: LimitKey = key
        .parse()
        .map_err(|error: UnknownWord| (0, error.into()))?;
    Ok((key, key.parse_value(value).map_err(|error| (at, error))?))
}

/// What a policy states about limits; the rest are defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LimitSet(Vec<(LimitKey, u64, Origin)>);

impl LimitSet {
    /// States a limit; what was stated before gives way (a flag after a file).
    pub(crate) fn state(&mut self, key: LimitKey, value: u64, origin: Origin) {
        self.0.retain(|(known, _, _)| *known != key);
        self.0.push((key, value, origin));
    }

    pub(crate) fn states(&self, key: LimitKey) -> bool {
        self.stated(key).is_some()
    }

    fn stated(&self, key: LimitKey) -> Option<&(LimitKey, u64, Origin)> {
        self.0.iter().find(|(known, _, _)| *known == key)
    }

    fn value(&self, key: LimitKey) -> Option<u64> {
        self.stated(key)
            .map(|(_, value, _)| *value)
            .or(key.row().default)
    }

    pub(crate) fn resolved(&self) -> Limits {
        Limits::typed(|key| self.value(key))
    }

    /// Every limit with its value and where it stands, for listings.
    pub(crate) fn entries(&self) -> Vec<LimitEntry> {
        let entry = |key: LimitKey| {
            let origin = self.stated(key).map(|(_, _, origin)| origin.clone());
            LimitEntry {
                key,
                value: self.value(key),
                origin,
            }
        };
        LimitKey::ALL.iter().copied().map(entry).collect()
    }
}

/// One limit as people and programs are shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitEntry {
    /// Which limit.
    pub key: LimitKey,
    /// Its value in bytes, milliseconds or ones; `None` is no limit.
    pub value: Option<u64>,
    /// Where it is stated; `None` is the default.
    pub origin: Option<Origin>,
}

impl Serialize for LimitEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("key", &self.key)?;
        map.serialize_entry("value", &self.value.map(|value| self.key.show(value)))?;
        map.serialize_entry("origin", &self.origin)?;
        map.end()
    }
}

impl Default for Limits {
    fn default() -> Self {
        LimitSet::default().resolved()
    }
}

impl fmt::Display for LimitEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(value) => write!(f, "{}={}", self.key, self.key.show(value)),
            None => write!(f, "{}=none", self.key),
        }
    }
}
