//! The rules that hold the world, the gate and the excuses together.

use std::collections::BTreeSet;
use std::fmt;

use crate::literals::Literal;

/// An entry of `UNGATED`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// A function, or with a final `*` a group.
    pub(crate) names: String,
    /// Why it passes no gate.
    pub(crate) reason: String,
}

impl Entry {
    pub(crate) fn new(names: &str, reason: &str) -> Self {
        Self {
            names: names.to_owned(),
            reason: reason.to_owned(),
        }
    }

    /// Whether a gated function may stand in this group: its reason says of each chunk that it passes the gate, or
    /// excepts the function by a word of its name.
    fn admits(&self, function: &str) -> bool {
        let group = self.names.ends_with('*');
        let excepted = self
            .reason
            .split_once("everything but ")
            .is_some_and(|(_, named)| {
                let named: Vec<&str> = named
                    .split(|letter: char| !letter.is_ascii_alphanumeric())
                    .collect();
                own_name(function)
                    .split('-')
                    .any(|word| named.contains(&word))
            });
        group && (excepted || self.reason.contains("passes the gate"))
    }
}

/// The function's name without its interface and resource.
fn own_name(function: &str) -> &str {
    let name = function.rsplit_once('#').map_or(function, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}

/// Whether the entry's `names` mean `function`.
pub(crate) fn covers(names: &str, function: &str) -> bool {
    match names.strip_suffix('*') {
        Some(start) => function.starts_with(start),
        None => function == names,
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Neither gated nor excused.
    Undecided(String),
    /// Excused by several entries, so that taking one away changes nothing.
    ExcusedTwice(String, Vec<String>),
    /// Gated, and excused by an entry that does not say so.
    Both(String, String),
    /// A gate literal that names no function of the world.
    UnknownGate(String, String),
    /// An entry that excuses nothing of the world, or nothing that is not gated anyway.
    IdleEntry(String),
    /// An entry that begins everywhere: more than one interface.
    TooWide(String),
    /// An entry without a reason.
    NoReason(String),
    /// A method that enters the gate under another function's name.
    Misnamed {
        /// The method, in WIT's spelling.
        method: String,
        /// What it calls itself.
        literal: String,
        /// Where.
        file: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecided(function) => {
                write!(
                    f,
                    "{function} is neither at the gate nor in UNGATED: gate it, or excuse it with a reason"
                )
            }
            Self::ExcusedTwice(function, entries) => {
                write!(f, "{function} is excused by {entries:?}: keep one")
            }
            Self::Both(function, entry) => {
                write!(
                    f,
                    "{function} is gated, and {entry} excuses it: narrow the entry, or let its reason except it"
                )
            }
            Self::UnknownGate(literal, file) => write!(
                f,
                "{file} enters the gate as {literal}, which the world lacks"
            ),
            Self::IdleEntry(names) => write!(f, "the entry {names} excuses nothing: remove it"),
            Self::TooWide(names) => write!(
                f,
                "the entry {names} reaches beyond one interface: name each"
            ),
            Self::NoReason(names) => write!(f, "the entry {names} gives no reason"),
            Self::Misnamed {
                method,
                literal,
                file,
            } => {
                write!(
                    f,
                    "{file}: the method {method} enters the gate as {literal}"
                )
            }
        }
    }
}

/// Everything that is wrong with `literals` and `entries` as decisions about `functions`.
pub(crate) fn compare(
    functions: &BTreeSet<String>,
    literals: &[Literal],
    entries: &[Entry],
) -> Vec<Finding> {
    let gated: BTreeSet<&str> = literals
        .iter()
        .map(|literal| literal.text.as_str())
        .collect();
    let mut findings: Vec<Finding> = functions
        .iter()
        .flat_map(|function| about(function, &gated, entries))
        .collect();
    findings.extend(
        literals
            .iter()
            .flat_map(|literal| about_literal(literal, functions)),
    );
    findings.extend(
        entries
            .iter()
            .flat_map(|entry| about_entry(entry, functions, &gated)),
    );
    findings
}

fn about(function: &str, gated: &BTreeSet<&str>, entries: &[Entry]) -> Vec<Finding> {
    let excuses: Vec<&Entry> = entries
        .iter()
        .filter(|entry| covers(&entry.names, function))
        .collect();
    let mut findings = Vec::new();
    if excuses.len() > 1 {
        let names = excuses.iter().map(|entry| entry.names.clone()).collect();
        findings.push(Finding::ExcusedTwice(function.to_owned(), names));
    }
    if gated.contains(function) {
        let silent = excuses.iter().filter(|entry| !entry.admits(function));
        findings
            .extend(silent.map(|entry| Finding::Both(function.to_owned(), entry.names.clone())));
    } else if excuses.is_empty() {
        findings.push(Finding::Undecided(function.to_owned()));
    }
    findings
}

fn about_literal(literal: &Literal, functions: &BTreeSet<String>) -> Vec<Finding> {
    let Literal { text, method, file } = literal;
    if !functions.contains(text) {
        return vec![Finding::UnknownGate(text.clone(), file.clone())];
    }
    match method {
        Some(method) if method != own_name(text) => {
            vec![Finding::Misnamed {
                method: method.clone(),
                literal: text.clone(),
                file: file.clone(),
            }]
        }
        Some(_) | None => Vec::new(),
    }
}

fn about_entry(
    entry: &Entry,
    functions: &BTreeSet<String>,
    gated: &BTreeSet<&str>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !entry.names.contains('#') {
        findings.push(Finding::TooWide(entry.names.clone()));
    }
    let mut covered = functions
        .iter()
        .filter(|function| covers(&entry.names, function));
    if !covered.any(|function| !gated.contains(function.as_str())) {
        findings.push(Finding::IdleEntry(entry.names.clone()));
    }
    if entry.reason.trim().is_empty() {
        findings.push(Finding::NoReason(entry.names.clone()));
    }
    findings
}
