//! Why a request is refused: the one error of every handler, and how what lies beneath becomes one.

use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{RejectedResponse, ResponsePayload};

/// A request that is refused. The message is one line, for people; it holds names that the client or its guests gave, and
/// none of the host's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Rejection {
    /// What it says to programs.
    pub code: RefusalCode,
    /// What it says to people.
    pub message: String,
}

impl Rejection {
    /// A refusal.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The request does not fit how things stand.
    pub fn state(message: impl Into<String>) -> Self {
        Self::new(RefusalCode::InvalidState, message)
    }

    /// The VM is not there, or not any more.
    pub fn unknown_vm(vm_id: &str) -> Self {
        Self::state(format!("unknown sidecar VM {}", vm_id.escape_debug()))
    }

    /// A file, a process or a quota said no: `ERRNO: message`.
    pub fn kernel(errno: &str, message: impl std::fmt::Display) -> Self {
        Self::new(RefusalCode::KernelError, format!("{errno}: {message}"))
    }

    /// What serves a mount said no: `ERRNO: message`.
    pub fn plugin(errno: &str, message: impl std::fmt::Display) -> Self {
        Self::new(RefusalCode::PluginError, format!("{errno}: {message}"))
    }

    /// A program could not be started, or did not do what was asked of it.
    pub fn execution(message: impl Into<String>) -> Self {
        Self::new(RefusalCode::ExecutionError, message)
    }
}

impl From<Rejection> for ResponsePayload {
    fn from(rejection: Rejection) -> Self {
        Self::RejectedResponse(RejectedResponse::new(rejection.code, &rejection.message))
    }
}
