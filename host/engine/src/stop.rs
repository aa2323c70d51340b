//! Why the host ends a guest, as one typed error that travels through wasmtime's own.

use tollgate_audit::AuditError;
use tollgate_policy::LimitKey;

/// The host ends the guest. Raised inside a host function, it passes through the guest's frames as a trap
/// that no guest can catch, and is recognised again where the run ends.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Stop {
    /// The guest asked to end, with this code (`wasi:cli/exit`).
    #[error("exit with code {0}")]
    Exit(u8),
    /// A limit of the run is used up.
    #[error("limit {0} reached")]
    Limit(LimitKey),
    /// Whoever runs it ended it with this signal ([`Control::kill`](crate::Control::kill)).
    #[error("killed with {0}")]
    Killed(&'static str),
    /// A record could not be written, so nothing more may happen unrecorded.
    #[error("audit-failed: {0}")]
    AuditFailed(String),
}

impl From<AuditError> for Stop {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Limit { .. } => Self::Limit(LimitKey::Audit),
            AuditError::Failed(_) | AuditError::Closed => Self::AuditFailed(error.to_string()),
        }
    }
}
