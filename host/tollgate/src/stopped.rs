//! Why an instance is over.

use tollgate_engine::{CallError, RunError};
use tollgate_policy::LimitKey;

/// Why an instance takes no further call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// A call of it was dropped before it ended.
    #[error("a call of the instance was cancelled")]
    Cancelled,
    /// It trapped.
    #[error("the instance trapped")]
    Trapped,
    /// A limit ended it.
    #[error("the {0} limit ended the instance")]
    Limit(LimitKey),
    /// Its handle ended it with this signal ([`RunControl::kill`](crate::RunControl::kill)).
    #[error("the host killed the instance with {0}")]
    Killed(&'static str),
    /// It ended itself.
    #[error("the instance ended itself with code {0}")]
    Exited(u8),
    /// The log takes nothing any more.
    #[error("the audit log of the instance failed")]
    AuditFailed,
}

/// What a failed call makes of the instance; nothing, where nothing was called.
pub(crate) fn stopped(error: &CallError) -> Option<Stopped> {
    Some(match error {
        CallError::Exited(code) => Stopped::Exited(*code),
        CallError::Run(RunError::Invoke(_) | RunError::Full(_)) => return None,
        CallError::Run(RunError::Trap(_)) => Stopped::Trapped,
        CallError::Run(RunError::Limit(limit) | RunError::TooLarge(limit)) => {
            Stopped::Limit(*limit)
        }
        CallError::Run(RunError::Killed(signal)) => Stopped::Killed(signal),
        CallError::Run(RunError::AuditFailed(_)) => Stopped::AuditFailed,
    })
}
