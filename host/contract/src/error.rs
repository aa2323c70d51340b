//! What the types of the WIT can do beside being records.

use std::fmt;

use crate::permissions::{PermissionDecision, PermissionVerdict};
use crate::types::{BridgeError, ErrorCode};

impl BridgeError {
    /// A failure: what kind, and in one line for people.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// What a bridge says that does not have this method.
    #[must_use]
    pub fn unsupported(method: &str) -> Self {
        Self::new(
            ErrorCode::Unsupported,
            format!("this bridge has no {method}"),
        )
    }
}

impl fmt::Display for BridgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for BridgeError {}

impl PermissionDecision {
    /// It may be done, this time.
    #[must_use]
    pub const fn allow() -> Self {
        Self {
            verdict: PermissionVerdict::Allow,
            reason: None,
        }
    }

    /// It may not be done.
    pub fn deny(reason: impl Into<String>) -> Self {
        Self {
            verdict: PermissionVerdict::Deny,
            reason: Some(reason.into()),
        }
    }

    /// Somebody else is to be asked.
    pub fn prompt(reason: impl Into<String>) -> Self {
        Self {
            verdict: PermissionVerdict::Prompt,
            reason: Some(reason.into()),
        }
    }
}
