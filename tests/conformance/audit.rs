//! The audit log of a run: whether it verifies, and what it says went wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// What is asked of a run's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Audit {
    /// By `tollgate audit verify`: without it the log would be a claim.
    pub(crate) verifies: bool,
    /// The outcomes of its records.
    pub(crate) outcomes: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Record {
    outcome: String,
}

/// Reads `log`, and has it verified by `tollgate`, which is to be called
/// without further arguments.
pub(crate) fn of(log: &Path, mut tollgate: Command) -> Audit {
    let verified = tollgate.args(["audit", "verify"]).arg(log).output();
    let text = fs::read_to_string(log).unwrap_or_default();
    let records = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    Audit {
        verifies: verified.expect("the built binary starts").status.success(),
        outcomes: records.map(|record: Record| record.outcome).collect(),
    }
}
