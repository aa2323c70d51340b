//! The bridge contract: the names that guests call, by groups that are called in the same way.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The document, as it lies in the repository.
pub const TEXT: &str = include_str!("../../../bridge-contract.json");

/// How a guest sees a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BridgeCallConvention {
    /// The guest waits, and has the value.
    Sync,
    /// The guest goes on, and a promise settles later.
    Async,
    /// The host completes a promise, and the guest may wait for it.
    SyncPromise,
}

impl BridgeCallConvention {
    /// All of them. Each occurs in the contract.
    pub const ALL: [Self; 3] = [Self::Sync, Self::Async, Self::SyncPromise];
}

/// Names that are called in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BridgeContractGroup {
    /// How a guest sees the call.
    pub convention: BridgeCallConvention,
    /// The arguments, `name: type` in TypeScript's words.
    #[serde(default)]
    pub argument_types: Vec<String>,
    /// What comes back, in TypeScript's words.
    pub return_type: String,
    /// The names.
    pub names: Vec<String>,
}

/// The contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeContract {
    /// Its version, which a client authenticates with.
    pub version: u32,
    /// All names, by groups.
    pub groups: Vec<BridgeContractGroup>,
    /// What serves a name here, of those that are served: a WIT function of the host, or a function of the engine.
    #[serde(default)]
    pub served: BTreeMap<String, String>,
}

/// Why a text is no contract.
#[derive(Debug, thiserror::Error)]
#[error("the text is no bridge contract: {0}")]
pub struct ContractError(#[from] serde_json::Error);

impl BridgeContract {
    /// Reads a text of the contract's form. What it says is not looked into.
    ///
    /// # Errors
    ///
    /// It is of another form.
    pub fn read(text: &str) -> Result<Self, ContractError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The group that has a name.
    #[must_use]
    pub fn group_of(&self, name: &str) -> Option<&BridgeContractGroup> {
        let has = |group: &&BridgeContractGroup| group.names.iter().any(|listed| listed == name);
        self.groups.iter().find(has)
    }
}

/// The contract of this host, read when it is first asked for.
///
/// # Errors
///
/// The host was built with a text that is none, which the tests of this crate see to.
pub fn bridge_contract() -> Result<&'static BridgeContract, &'static ContractError> {
    static CONTRACT: OnceLock<Result<BridgeContract, ContractError>> = OnceLock::new();
    CONTRACT.get_or_init(|| BridgeContract::read(TEXT)).as_ref()
}
