//! What a failure says, and the exit code that it ends with.

use tollgate_audit::{AuditError, OpenError};
use tollgate_bridge::Inexpressible;
use tollgate_engine::cache::CacheError;
use tollgate_engine::{EngineError, InvokeError, LoadError, NotWebAssembly, RunError};
use tollgate_plugins::{ExecutionFailure, ToolError};
use tollgate_policy::{BuildError, EffectiveError, FileErrors, GrantError, LimitKey};
use tollgate_vfs::MountError;

/// The host failed.
const HOST: u8 = 1;
/// The command line is wrong.
const USAGE: u8 = 2;
/// A limit of time.
pub(crate) const TIME: u8 = 124;
/// Another limit.
const LIMIT: u8 = 125;
/// Refused before the first instruction.
const REFUSED: u8 = 126;
/// No such file.
const NOT_FOUND: u8 = 127;
/// Interrupted from the keyboard.
const INTERRUPTED: u8 = 130;
/// The guest trapped.
const TRAPPED: u8 = 134;
/// Asked to end.
const TERMINATED: u8 = 143;

/// Why the command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Grant(#[from] GrantError),
    #[error(transparent)]
    PolicyFile(#[from] FileErrors),
    #[error(transparent)]
    Policy(#[from] BuildError),
    #[error(transparent)]
    Effective(#[from] EffectiveError),
    #[error("`{what}` cannot be read: {cause}")]
    Read { what: String, cause: std::io::Error },
    #[error("`{what}` cannot be written: {cause}")]
    Write { what: String, cause: std::io::Error },
    #[error("nothing is built: {0}")]
    Build(String),
    #[error("there is no file `{0}`")]
    NotFound(String),
    #[error("`{file}` is not run: {cause}")]
    Load { file: String, cause: LoadError },
    #[error("`{file}` is not run: it is built for WASI 0.3, {cure}")]
    Release { file: String, cure: &'static str },
    #[error("`{file}` is not run: {cause}")]
    Source { file: String, cause: NotWebAssembly },
    #[error("`{file}` is not run: {cause}")]
    Inexpressible { file: String, cause: Inexpressible },
    #[error("the folder `{folder}` cannot be given: {cause}")]
    Folder {
        folder: String,
        cause: std::io::Error,
    },
    #[error(
        "the folder `{folder}` may not be given: it lies in no [[mount]] of the ceiling; add one, or give another folder"
    )]
    AboveCeiling { folder: String },
    #[error(
        "the folder `{folder}` may not be given: it holds {what}, or lies in it; give another folder, or keep that elsewhere"
    )]
    OwnFolder { folder: String, what: &'static str },
    #[error("the folder cannot be given: {0}")]
    Mount(#[from] MountError),
    #[error("the certificate authorities in `{file}` cannot be used: {cause}")]
    Authorities { file: String, cause: String },
    #[error("the audit log `{file}` cannot be used: {cause}")]
    AuditOpen { file: String, cause: OpenError },
    #[error("the audit log failed: {0}")]
    Audit(#[from] AuditError),
    #[error("the audit log does not verify: {0}")]
    AuditVerify(#[from] tollgate_audit::verify::VerifyError),
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(
        "there is no Python runner for this build of tollgate; `just python` in its sources makes it, once on each machine"
    )]
    NoRunner,
    #[error("the Python runner cannot be used: {0}")]
    Runner(CacheError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("{error}; its program was last seen at {place}")]
    RunAt { error: RunError, place: String },
    #[error("{}", tool_words(.0))]
    Tool(#[from] ToolError),
    #[error("interrupted")]
    Interrupted,
    #[error("terminated")]
    Terminated,
    #[error("{0}")]
    Host(String),
    #[error("cannot print: {0}")]
    Print(std::io::Error),
}

impl Failure {
    /// The exit code, asked of every failure that there is.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Grant(_)
            | Self::PolicyFile(_)
            | Self::Policy(_)
            | Self::Authorities { .. } => USAGE,
            Self::NotFound(_) => NOT_FOUND,
            Self::Load { .. }
            | Self::Release { .. }
            | Self::Source { .. }
            | Self::Inexpressible { .. }
            | Self::Effective(_)
            | Self::Build(_)
            | Self::AboveCeiling { .. }
            | Self::NoRunner
            | Self::OwnFolder { .. } => REFUSED,
            Self::Read { .. }
            | Self::Write { .. }
            | Self::Folder { .. }
            | Self::Mount(_)
            | Self::AuditOpen { .. }
            | Self::Audit(_)
            | Self::AuditVerify(_)
            | Self::Cache(_)
            | Self::Runner(_)
            | Self::Engine(_)
            | Self::Host(_)
            | Self::Print(_) => HOST,
            Self::Run(error) | Self::RunAt { error, .. } => run_code(error),
            Self::Tool(error) => tool_code(error),
            Self::Interrupted => INTERRUPTED,
            Self::Terminated => TERMINATED,
        }
    }

    /// The outcome's name in the record that ends a run.
    pub(crate) fn outcome(&self) -> &'static str {
        match self.code() {
            TIME | LIMIT => "limit",
            REFUSED => "refused",
            TRAPPED => "trap",
            INTERRUPTED | TERMINATED => "cancelled",
            _ => "failed",
        }
    }
}

/// What a failed call says, and what there is in place of a function that there is not.
fn tool_words(error: &ToolError) -> String {
    match error {
        ToolError::FunctionNotFound { available, .. } if !available.is_empty() => {
            format!("{error}; it has: {}", available.join(", "))
        }
        other => other.to_string(),
    }
}

/// A call with JSON: as a run that ended so, and what it was asked with is the command line's.
fn tool_code(error: &ToolError) -> u8 {
    match error {
        ToolError::InvalidInput(_) | ToolError::FunctionNotFound { .. } => USAGE,
        ToolError::ModuleNotFound(_) => NOT_FOUND,
        ToolError::InstantiationFailed(_)
        | ToolError::ModuleTooLarge { .. }
        | ToolError::FeatureDisabled(_) => REFUSED,
        ToolError::TimedOut { .. } => TIME,
        ToolError::OutOfResources { .. } => LIMIT,
        ToolError::ExecutionFailed(failure) => match failure {
            ExecutionFailure::NotCallable(_)
            | ExecutionFailure::Ambiguous(_)
            | ExecutionFailure::InputTooLarge(_) => USAGE,
            ExecutionFailure::Refused(_) => REFUSED,
            ExecutionFailure::Limit(_) => LIMIT,
            ExecutionFailure::Trap(_) => TRAPPED,
            ExecutionFailure::Killed(_) => TERMINATED,
            // It gave nothing, whatever it calls that.
            ExecutionFailure::Exited(code) => (*code).max(HOST),
            ExecutionFailure::Result(_)
            | ExecutionFailure::Output(_)
            | ExecutionFailure::Full(_)
            | ExecutionFailure::AuditFailed(_) => HOST,
        },
    }
}

fn run_code(error: &RunError) -> u8 {
    match error {
        RunError::Invoke(InvokeError::NoCommand { .. }) | RunError::TooLarge(_) => REFUSED,
        RunError::Invoke(
            InvokeError::Syntax { .. }
            | InvokeError::Unknown { .. }
            | InvokeError::Ambiguous { .. }
            | InvokeError::Arguments { .. },
        ) => USAGE,
        RunError::Trap(_) => TRAPPED,
        RunError::Limit(LimitKey::Wall | LimitKey::Cpu) => TIME,
        RunError::Limit(_) => LIMIT,
        RunError::AuditFailed(_) | RunError::Full(_) => HOST,
        // The command gives nobody a handle for it; it is what a signal does to the command itself.
        RunError::Killed(_) => TERMINATED,
    }
}
