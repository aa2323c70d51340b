//! What a command prints of the client's answer.

use serde_json::{Value, json};
use tollgate_protocol::types::{HostCallbackResultResponse, SidecarResponsePayload};

use crate::calls::NoAnswer;

/// What a command prints, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Printed {
    /// A command that failed, and says why.
    pub(crate) fn failed(why: impl std::fmt::Display) -> Self {
        Self {
            stdout: String::new(),
            stderr: format!("{why}\n"),
            code: 1,
        }
    }

    /// What comes of a question.
    pub(crate) fn of(answer: Result<SidecarResponsePayload, NoAnswer>) -> Self {
        match answer {
            Err(error) => Self::failed(error),
            Ok(SidecarResponsePayload::HostCallbackResultResponse(answer)) => {
                Self::answered(answer)
            }
            Ok(
                SidecarResponsePayload::JsBridgeResultResponse(_)
                | SidecarResponsePayload::ExtEnvelope(_),
            ) => Self::failed(NoAnswer::Unfit),
        }
    }

    /// A result wins over an error. Text that is no JSON is a JSON string.
    fn answered(answer: HostCallbackResultResponse) -> Self {
        match (answer.result, answer.error) {
            (Some(result), _) => {
                let value = serde_json::from_str(&result).unwrap_or(Value::String(result));
                Self {
                    stdout: json!({"ok": true, "result": value}).to_string(),
                    stderr: String::new(),
                    code: 0,
                }
            }
            (None, Some(error)) => Self::failed(error),
            (None, None) => Self::failed("the client gave neither a result nor an error"),
        }
    }
}
