//! The document, and what any version of it must satisfy.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

use serde::Deserialize;
pub(crate) use tollgate_contract::{
    BridgeCallConvention as Convention, BridgeContractGroup as Group, TEXT,
};

/// Names of version 1. A published version does not change: another name is
/// another version.
pub(crate) const NAMES: usize = 175;

pub(crate) const CONVENTIONS: [Convention; 3] =
    [Convention::Sync, Convention::SyncPromise, Convention::Async];

/// The contract, as the host's own loader reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Contract(pub(crate) tollgate_contract::BridgeContract);

impl Deref for Contract {
    type Target = tollgate_contract::BridgeContract;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Contract {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Contract {
    pub(crate) fn ours() -> Self {
        let contract = tollgate_contract::bridge_contract();
        Self(
            contract
                .expect("bridge-contract.json has the contract's shape")
                .clone(),
        )
    }

    /// The group that lists `name`, and its place in the document.
    pub(crate) fn group_of(&self, name: &str) -> &Group {
        self.0
            .group_of(name)
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
