//! What is kept about an artifact, beside it.

use serde::{Deserialize, Serialize};

/// One compiled component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The digest of what it was compiled from, `sha256:…`.
    pub component: String,
    /// The engine profile that it is for.
    pub profile: String,
    /// Bytes of the artifact.
    pub bytes: u64,
    /// The digest of the artifact itself.
    pub artifact: String,
    /// How long compiling took, in milliseconds.
    pub compile_ms: u64,
}

/// What is wrong with a file of the cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The file's name.
    pub file: String,
    /// What is wrong with it.
    pub problem: String,
}
