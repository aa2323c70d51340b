//! Why a tool gave no result.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use tollgate::engine::{CallError, RunError};
use tollgate::policy::{LimitKey, Limits};
use tollgate::{LoadError, Refused};

use crate::json::InvalidInput;
use crate::name::NameError;

/// What ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum ResourceKind {
    /// Memory, in bytes.
    Memory,
    /// Instructions.
    Instructions,
    /// The size of what was to be loaded, in bytes.
    ModuleSize,
}

/// Which part of this crate a tool needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Tools that are core modules.
    CoreAbi,
    /// Plugins that `tollgate build` makes of programs in JavaScript or Python.
    Languages,
}

impl Feature {
    /// The feature of the crate, between the quotes of Markdown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CoreAbi => "core-abi",
            Self::Languages => "javascript` or `python",
        }
    }
}

/// Why a tool was not loaded, or gave no result. No error holds anything of an input, an output or the environment, nor a path of
/// the host.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The registry has no tool of this name.
    #[error("WASM module '{0}' not found")]
    ModuleNotFound(String),
    /// The tool has no function of this name.
    #[error("Function '{function}' not found in module '{module}'")]
    FunctionNotFound {
        /// The tool.
        module: String,
        /// What was asked for.
        function: String,
        /// What there is.
        available: Vec<String>,
    },
    /// The input is not what the function takes.
    #[error(transparent)]
    InvalidInput(#[from] InvalidInput),
    /// The call did not come to a result.
    #[error("Execution failed: {0}")]
    ExecutionFailed(ExecutionFailure),
    /// The call took more than it may.
    #[error("Out of resources: {kind:?} limit {limit} exceeded")]
    OutOfResources {
        /// What ran out.
        kind: ResourceKind,
        /// How much of it there was.
        limit: u64,
    },
    /// The call took longer than it may.
    #[error("WASM execution timed out after {}", limit.show(*.milliseconds))]
    TimedOut {
        /// Which time: from start to end, or of the processor.
        limit: LimitKey,
        /// How long it may be.
        milliseconds: u64,
    },
    /// The tool was not loaded.
    #[error("Module instantiation failed: {0}")]
    InstantiationFailed(InstantiationFailure),
    /// The tool is larger than tools may be.
    #[error("Module too large: {size} bytes exceeds limit of {limit} bytes")]
    ModuleTooLarge {
        /// Its size.
        size: u64,
        /// The largest that is loaded.
        limit: u64,
    },
    /// This crate was built without what the tool needs.
    #[error("WASM sandbox feature is disabled: it takes `{}`", .0.name())]
    FeatureDisabled(Feature),
}

/// Why a tool was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum InstantiationFailure {
    /// It cannot be called that.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Its path leaves the folder that it is to lie in.
    #[error(
        "module path must stay beneath its folder, and contain no parent-directory ('..') components"
    )]
    Path,
    /// Its file cannot be read.
    #[error("Failed to read file: {0}")]
    Read(std::io::ErrorKind),
    /// It is no component, or cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// What it exports cannot be read.
    #[error("what the component exports cannot be read: {0}")]
    Wit(String),
    /// It is a core module that is no tool.
    #[error("{0}")]
    CoreAbi(String),
    /// Its grants do not go with the host.
    #[error("{0}")]
    Grants(String),
}

/// Why a call did not come to a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExecutionFailure {
    /// The function cannot be called with JSON.
    #[error("the function cannot be called with JSON: {0}")]
    NotCallable(String),
    /// Several functions answer to the name, or there are several and none was named.
    #[error("which function is meant is not said; it has: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// The input is larger than the host takes.
    #[error("{0}")]
    InputTooLarge(String),
    /// The result cannot be written as JSON.
    #[error("the result is no JSON: {0}")]
    Result(String),
    /// What it gave back are no bytes of its memory.
    #[error("{0}")]
    Output(String),
    /// It trapped.
    #[error("the guest trapped: {0}")]
    Trap(String),
    /// It asked to end.
    #[error("the guest ended itself with code {0}")]
    Exited(u8),
    /// Another limit.
    #[error("the {0} limit ended the call")]
    Limit(LimitKey),
    /// Whoever runs it ended it.
    #[error("the host killed the call with {0}")]
    Killed(&'static str),
    /// The policy does not go with the tool, or with the host.
    #[error("{0}")]
    Refused(String),
    /// There is no room for another call now.
    #[error("the engine has no room for another call: {0}")]
    Full(String),
    /// The log takes nothing any more.
    #[error("audit-failed: {0}")]
    AuditFailed(String),
}

impl ToolError {
    /// Its kind, as its JSON names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ModuleNotFound(_) => "ModuleNotFound",
            Self::FunctionNotFound { .. } => "FunctionNotFound",
            Self::InvalidInput(_) => "InvalidInput",
            Self::ExecutionFailed(_) => "ExecutionFailed",
            Self::OutOfResources { .. } => "OutOfResources",
            Self::TimedOut { .. } => "TimedOut",
            Self::InstantiationFailed(_) => "InstantiationFailed",
            Self::ModuleTooLarge { .. } => "ModuleTooLarge",
            Self::FeatureDisabled(_) => "FeatureDisabled",
        }
    }

    /// What a run that began and gave no value comes to.
    pub(crate) fn of_call(error: CallError, limits: &Limits) -> Self {
        let error = match error {
            CallError::Exited(code) => {
                return Self::ExecutionFailed(ExecutionFailure::Exited(code));
            }
            CallError::Run(error) => error,
        };
        Self::ExecutionFailed(match error {
            RunError::Limit(key) | RunError::TooLarge(key) => return Self::of_limit(key, limits),
            RunError::Invoke(error) => ExecutionFailure::NotCallable(error.to_string()),
            RunError::Full(what) => ExecutionFailure::Full(what),
            RunError::Trap(what) => ExecutionFailure::Trap(what),
            RunError::Killed(signal) => ExecutionFailure::Killed(signal),
            RunError::AuditFailed(what) => ExecutionFailure::AuditFailed(what),
        })
    }

    fn of_limit(key: LimitKey, limits: &Limits) -> Self {
        let limit = limits.value(key).unwrap_or(u64::MAX);
        match key {
            LimitKey::Memory => Self::OutOfResources {
                kind: ResourceKind::Memory,
                limit,
            },
            LimitKey::Fuel => Self::OutOfResources {
                kind: ResourceKind::Instructions,
                limit,
            },
            LimitKey::Wall | LimitKey::Cpu => Self::TimedOut {
                limit: key,
                milliseconds: limit,
            },
            LimitKey::Handles
            | LimitKey::Output
            | LimitKey::HostCallBytes
            | LimitKey::HttpHeader
            | LimitKey::HttpBody
            | LimitKey::Instances
            | LimitKey::Audit
            | LimitKey::AuditRate
            | LimitKey::CompileMemory
            | LimitKey::CompileTime => Self::ExecutionFailed(ExecutionFailure::Limit(key)),
        }
    }

    /// A run that did not begin.
    pub(crate) fn of_refused(refused: &Refused) -> Self {
        Self::ExecutionFailed(ExecutionFailure::Refused(refused.to_string()))
    }
}

impl From<NameError> for ToolError {
    fn from(error: NameError) -> Self {
        Self::InstantiationFailed(error.into())
    }
}

impl From<ExecutionFailure> for ToolError {
    fn from(failure: ExecutionFailure) -> Self {
        Self::ExecutionFailed(failure)
    }
}

impl From<InstantiationFailure> for ToolError {
    fn from(failure: InstantiationFailure) -> Self {
        Self::InstantiationFailed(failure)
    }
}

/// `{"kind": …, "message": …}`, and what there is beside: `available`, `pointer`, `resource`, `limit`, `size`, `feature`.
impl Serialize for ToolError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind())?;
        map.serialize_entry("message", &self.to_string())?;
        match self {
            Self::FunctionNotFound { available, .. } => {
                map.serialize_entry("available", available)?;
            }
            Self::InvalidInput(error) => map.serialize_entry("pointer", &error.pointer)?,
            Self::OutOfResources { kind, limit } => {
                map.serialize_entry("resource", kind)?;
                map.serialize_entry("limit", limit)?;
            }
            Self::TimedOut {
                limit,
                milliseconds,
            } => {
                map.serialize_entry("limit", &limit.to_string())?;
                map.serialize_entry("milliseconds", milliseconds)?;
            }
            Self::ModuleTooLarge { size, limit } => {
                map.serialize_entry("resource", &ResourceKind::ModuleSize)?;
                map.serialize_entry("size", size)?;
                map.serialize_entry("limit", limit)?;
            }
            Self::FeatureDisabled(feature) => map.serialize_entry("feature", feature)?,
            Self::ModuleNotFound(_) | Self::ExecutionFailed(_) | Self::InstantiationFailed(_) => {}
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_say_what_the_sandbox_that_they_come_from_says() {
        let module = ToolError::ModuleNotFound("test".to_owned());
        assert_eq!(module.to_string(), "WASM module 'test' not found");
        let function = ToolError::FunctionNotFound {
            module: "mod".to_owned(),
            function: "func".to_owned(),
            available: vec!["other".to_owned()],
        };
        assert_eq!(
            function.to_string(),
            "Function 'func' not found in module 'mod'"
        );
        let resources = ToolError::OutOfResources {
            kind: ResourceKind::Instructions,
            limit: 5,
        };
        assert_eq!(
            resources.to_string(),
            "Out of resources: Instructions limit 5 exceeded"
        );
        let large = ToolError::ModuleTooLarge { size: 2, limit: 1 };
        assert_eq!(
            serde_json::to_string(&large).unwrap(),
            r#"{"kind":"ModuleTooLarge","message":"Module too large: 2 bytes exceeds limit of 1 bytes","resource":"ModuleSize","size":2,"limit":1}"#
        );
        let disabled = ToolError::FeatureDisabled(Feature::CoreAbi);
        assert_eq!(
            disabled.to_string(),
            "WASM sandbox feature is disabled: it takes `core-abi`"
        );
        let timed = ToolError::of_limit(LimitKey::Wall, &Limits::default());
        assert_eq!(timed.to_string(), "WASM execution timed out after 1m");
    }
}
