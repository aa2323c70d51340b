//! The document, and what any version of it must satisfy.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

pub(crate) const TEXT: &str = include_str!("../../bridge-contract.json");

/// Names of version 1. A published version does not change: another name is
/// another version.
pub(crate) const NAMES: usize = 175;

/// How the guest sees a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Convention {
    /// The guest waits, and has the value.
    Sync,
    /// The host completes a promise, the guest may wait for it.
    SyncPromise,
    /// The guest goes on, and the promise settles later.
    Async,
}

pub(crate) const CONVENTIONS: [Convention; 3] =
    [Convention::Sync, Convention::SyncPromise, Convention::Async];

/// Names that are called in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) convention: Convention,
    pub(crate) argument_types: Vec<String>,
    pub(crate) return_type: String,
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contract {
    pub(crate) version: u32,
    pub(crate) groups: Vec<Group>,
    /// What serves a name, of those that are served so far: a WIT function of the host, or a function of the engine.
    pub(crate) served: BTreeMap<String, String>,
}

impl Contract {
    pub(crate) fn ours() -> Self {
        serde_json::from_str(TEXT).expect("bridge-contract.json has the contract's shape")
    }

    /// The group that lists `name`, and its place in the document.
    pub(crate) fn group_of(&self, name: &str) -> &Group {
        self.groups
            .iter()
            .find(|group| group.names.iter().any(|listed| listed == name))
            .unwrap_or_else(|| panic!("no group lists {name}"))
    }

    /// What any version of the contract must satisfy, as the list of what it
    /// does not.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.version == 0 {
            faults.push("the version is 0".to_owned());
        }
        let mut seen = BTreeSet::new();
        for (index, group) in self.groups.iter().enumerate() {
            if group.names.is_empty() {
                faults.push(format!("group {index} lists no name"));
            }
            if group.return_type.trim().is_empty() {
                faults.push(format!("group {index} has no return type"));
            }
            if group
                .argument_types
                .iter()
                .any(|argument| argument.trim().is_empty())
            {
                faults.push(format!("group {index} has an empty argument type"));
            }
            for name in &group.names {
                if name.trim().is_empty() {
                    faults.push(format!("group {index} lists an empty name"));
                } else if !seen.insert(name) {
                    faults.push(format!("{name} is listed twice"));
                }
            }
        }
        for name in self.served.keys().filter(|name| !seen.contains(name)) {
            faults.push(format!("{name} is served, and not listed"));
        }
        for convention in CONVENTIONS {
            if !self
                .groups
                .iter()
                .any(|group| group.convention == convention)
            {
                faults.push(format!("no group is {convention:?}"));
            }
        }
        faults
    }
}
