//! A function of a tool, as people and programs are shown it.

use serde::Serialize;
use serde_json::Value;

/// A function of a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// By which it is called: `ns:pkg/iface.f@1.0.0`, or `f`.
    pub name: String,
    /// What it takes and gives, in the words of WIT; `json` stands for any.
    pub signature: String,
    /// What its author says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The named types that it uses, each in the words of WIT.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// The JSON Schema (2020-12) of its input.
    pub input: Value,
    /// That of its result.
    pub output: Value,
    /// Why it cannot be called with JSON, where it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

#[cfg(any(feature = "core-abi", feature = "javascript", feature = "python"))]
impl Listed {
    /// A function that takes one JSON value of any kind, and gives another.
    pub(crate) fn of_any(name: String) -> Self {
        Self {
            signature: format!("{name}: func(json) -> json"),
            name,
            docs: None,
            types: Vec::new(),
            input: Value::Bool(true),
            output: Value::Bool(true),
            refused: None,
        }
    }
}
