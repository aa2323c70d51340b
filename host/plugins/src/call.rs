//! One call, and what it comes to.

use serde_json::Value;
use tollgate::engine::{CallError, Usage};
use tollgate::policy::Limits;
use tollgate::{Outcome, Refused};

use crate::error::ToolError;
#[cfg(any(feature = "core-abi", feature = "javascript", feature = "python"))]
use crate::error::{ExecutionFailure, ResourceKind};
use crate::json::BytesAs;
#[cfg(any(feature = "core-abi", feature = "javascript", feature = "python"))]
use crate::json::{self, NotJson, WrongText};

/// One call.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calling<'a> {
    /// The function, by its full name (`ns:pkg/iface.f@1.0.0`, or `f`) or a shorter one that no other answers to; without one,
    /// the only one that there is.
    pub function: Option<&'a str>,
    /// How bytes are spelt.
    pub bytes: BytesAs,
}

impl<'a> From<&'a str> for Calling<'a> {
    fn from(function: &'a str) -> Self {
        Self {
            function: Some(function),
            bytes: BytesAs::default(),
        }
    }
}

/// What a function gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Its result; `null` where it has none.
    pub value: Value,
    /// Whether it says that something went wrong: the function's own `err` (the value is `{"err": …}`, or `"err"`).
    pub is_err: bool,
}

/// What a call took, where it began.
#[derive(Debug, Clone)]
pub struct Ran {
    /// What the call is called in the log.
    pub run: String,
    /// What it used.
    pub usage: Usage,
    /// What it could have used.
    pub limits: Limits,
}

/// What a call came to.
#[derive(Debug)]
pub struct Called {
    /// What it gave, or why it gave nothing.
    pub result: Result<Reply, ToolError>,
    /// What it took; nothing where the guest was not called.
    pub ran: Option<Ran>,
}

impl From<ToolError> for Called {
    fn from(error: ToolError) -> Self {
        Self {
            result: Err(error),
            ran: None,
        }
    }
}

#[cfg(any(feature = "core-abi", feature = "javascript", feature = "python"))]
impl Reply {
    /// What a guest wrote as JSON, which as values may take as much memory as the guest may.
    pub(crate) fn read(text: &[u8], limits: &Limits) -> Result<Self, ToolError> {
        let most = usize::try_from(limits.memory).unwrap_or(usize::MAX);
        match json::read_within(text, most) {
            Ok(value) => Ok(Self {
                value,
                is_err: false,
            }),
            Err(NotJson {
                what: WrongText::TooLarge,
                ..
            }) => Err(ToolError::OutOfResources {
                kind: ResourceKind::Memory,
                limit: limits.memory,
            }),
            // Where it goes wrong, and nothing of it.
            Err(error) => Err(ExecutionFailure::Result(error.to_string()).into()),
        }
    }
}

impl Called {
    pub(crate) fn of<T>(
        outcome: Result<Outcome<T, CallError>, Refused>,
        read: impl FnOnce(T, &Limits) -> Result<Reply, ToolError>,
    ) -> Self {
        let Outcome {
            run,
            result,
            usage,
            limits,
            ..
        } = match outcome {
            Ok(outcome) => outcome,
            Err(refused) => return ToolError::of_refused(&refused).into(),
        };
        let result = result.map_err(|error| ToolError::of_call(error, &limits));
        Self {
            result: result.and_then(|given| read(given, &limits)),
            ran: Some(Ran { run, usage, limits }),
        }
    }
}
