//! Why a request has no answer of a program's, in the words of the transport.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::bounds::{MAX_STDERR_BYTES, MAX_STDIN_BYTES, MAX_STDOUT_BYTES};

macro_rules! codes {
    ($($(#[doc = $what:literal])+ $name:ident = $code:literal, $category:ident;)+) => {
        /// What went wrong, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $what])+ $name),+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As it is written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// Whose fault it is.
            #[must_use]
            pub fn category(self) -> Category {
                match self { $(Self::$name => Category::$category),+ }
            }
        }
    };
}

codes! {
    /// The request is none: the message says which part of it. No details.
    RequestInvalid = "exec_request_invalid", ParsingInput;
    /// The program lies beneath no allowed prefix, or the policy does not let it be run. No details.
    ProgramNotAllowed = "exec_program_not_allowed", Unknown;
    /// There is no such file beneath the prefix. No details.
    ProgramMissing = "exec_program_missing", Unknown;
    /// What lies there is no program: no file, or neither WebAssembly nor a source in a known language. No details.
    ProgramNotExecutable = "exec_program_not_executable", Unknown;
    /// It looks like a program, and none could be started. Details: `program_path`, `reason` (see [`Unspawned`]).
    SpawnFailed = "exec_spawn_failed", Unknown;
    /// The policy lets the program read no standard input. Details: `program_path`, `io_error_kind`.
    StdinWriteFailed = "exec_stdin_write_failed", Unknown;
    /// The input is too long. Details: `program_path`, `max_stdin_bytes`, `stdin_bytes`.
    StdinTooLarge = "exec_stdin_too_large", ParsingInput;
    /// The time was over; the program is gone. Details: `program_path`, `timeout_ms`.
    Timeout = "exec_timeout", Unknown;
    /// The program ended with a code above 0, or did not end by itself. Details: `program_path`, `exit_code`, `signal`,
    /// and where it did neither exit nor get a signal `reason`, with `limit`.
    Failed = "exec_failed", Unknown;
    /// What it wrote to standard output is not one JSON text. No details.
    StdoutInvalidJson = "exec_stdout_invalid_json", ParsingInput;
    /// It wrote too much to standard output, and was ended. Details: `program_path`, `max_stdout_bytes`, `stdout_bytes`.
    StdoutTooLarge = "exec_stdout_too_large", Unknown;
    /// It wrote too much to standard error, and was ended. Details: `program_path`, `max_stderr_bytes`, `stderr_bytes`.
    StderrTooLarge = "exec_stderr_too_large", Unknown;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Category {
    /// Something that was to be read cannot be: the request, or the program's answer.
    ParsingInput,
    /// Anything else.
    Unknown,
}

/// Why a program could not be started, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unspawned {
    /// What lies there cannot be loaded: it is cut off, not valid, or imports what the host does not have.
    Invalid,
    /// It is larger than programs are.
    TooLarge,
    /// What runs programs in its language is not there, or cannot be loaded.
    Runtime,
    /// The policy does not go with it, or with what the host can do.
    Refused,
    /// There is no room for another one now.
    Full,
    /// Its beginning cannot be recorded.
    Audit,
}

impl Unspawned {
    /// As it is written: `invalid`, `too-large`, `runtime`, `refused`, `full`, `audit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::TooLarge => "too-large",
            Self::Runtime => "runtime",
            Self::Refused => "refused",
            Self::Full => "full",
            Self::Audit => "audit",
        }
    }
}

/// Why a request has no answer. Written as JSON it is `{code, category, retryable, message, details}`.
///
/// Nothing that the program wrote is in it, nothing of the request but `program_path` as it was written there, and no path
/// of the host.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Error {
    code: Code,
    category: Category,
    retryable: bool,
    message: &'static str,
    details: Option<Map<String, Value>>,
}

impl Error {
    /// What went wrong, for programs.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whose fault it is.
    #[must_use]
    pub fn category(&self) -> Category {
        self.category
    }

    /// Whether the same request may do better: never, for a program may have done something before it failed.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.retryable
    }

    /// What went wrong, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        self.message
    }

    /// What more there is to say: see [`Code`].
    #[must_use]
    pub fn details(&self) -> Option<&Map<String, Value>> {
        self.details.as_ref()
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.code.as_str(),
            "category": match self.category {
                Category::ParsingInput => "ParsingInput",
                Category::Unknown => "Unknown",
            },
            "retryable": self.retryable,
            "message": self.message,
            "details": self.details,
        })
    }
}

/// How a program ended that did not end well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With a code above 0.
    Exit(u8),
    /// By a signal of whoever may send it some.
    Signal(u8),
    /// By itself, in a way that no program means to.
    Trap,
    /// By a limit of this name.
    Limit(&'static str),
    /// With the log that it was to be recorded in.
    Unrecorded,
}

/// How errors are made.
impl Error {
    fn new(code: Code, message: &'static str, details: Option<Map<String, Value>>) -> Self {
        Self {
            code,
            category: code.category(),
            retryable: false,
            message,
            details,
        }
    }

    fn about<const N: usize>(
        code: Code,
        message: &'static str,
        path: &str,
        more: [(&str, Value); N],
    ) -> Self {
        let path = ("program_path".to_owned(), Value::from(path));
        let more = more
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Self::new(
            code,
            message,
            Some(std::iter::once(path).chain(more).collect()),
        )
    }

    /// The request is none.
    #[must_use]
    pub fn invalid(message: &'static str) -> Self {
        Self::new(Code::RequestInvalid, message, None)
    }

    /// Its text is longer than requests are.
    #[must_use]
    pub fn too_long() -> Self {
        Self::invalid("exec request must have at most 8 MiB")
    }

    pub(super) fn not_allowed() -> Self {
        let message = "program_path is not allowed by policy";
        Self::new(Code::ProgramNotAllowed, message, None)
    }

    pub(super) fn missing() -> Self {
        let message = "program_path does not exist";
        Self::new(Code::ProgramMissing, message, None)
    }

    pub(super) fn not_executable() -> Self {
        let message = "program_path is not executable";
        Self::new(Code::ProgramNotExecutable, message, None)
    }

    /// It is a source in a language that this build leaves out.
    pub(super) fn left_out(message: &'static str) -> Self {
        Self::new(Code::ProgramNotExecutable, message, None)
    }

    pub(super) fn spawn(path: &str, why: Unspawned) -> Self {
        let more = [("reason", why.as_str().into())];
        Self::about(Code::SpawnFailed, "failed to spawn program", path, more)
    }

    pub(super) fn stdin_denied(path: &str) -> Self {
        let more = [("io_error_kind", "PermissionDenied".into())];
        let message = "failed to write program stdin";
        Self::about(Code::StdinWriteFailed, message, path, more)
    }

    pub(super) fn stdin_too_large(path: &str, bytes: usize) -> Self {
        let more = [
            ("max_stdin_bytes", MAX_STDIN_BYTES.into()),
            ("stdin_bytes", bytes.into()),
        ];
        let message = "stdin_json exceeded maximum size";
        Self::about(Code::StdinTooLarge, message, path, more)
    }

    pub(super) fn timeout(path: &str, milliseconds: u64) -> Self {
        let more = [("timeout_ms", milliseconds.into())];
        Self::about(Code::Timeout, "program execution timed out", path, more)
    }

    pub(super) fn stdout_too_large(path: &str, bytes: u64) -> Self {
        let more = [
            ("max_stdout_bytes", MAX_STDOUT_BYTES.into()),
            ("stdout_bytes", bytes.into()),
        ];
        let message = "program stdout exceeded maximum size";
        Self::about(Code::StdoutTooLarge, message, path, more)
    }

    pub(super) fn stderr_too_large(path: &str, bytes: u64) -> Self {
        let more = [
            ("max_stderr_bytes", MAX_STDERR_BYTES.into()),
            ("stderr_bytes", bytes.into()),
        ];
        let message = "program stderr exceeded maximum size";
        Self::about(Code::StderrTooLarge, message, path, more)
    }

    pub(super) fn no_json() -> Self {
        let message = "program stdout was not valid JSON";
        Self::new(Code::StdoutInvalidJson, message, None)
    }

    pub(super) fn failed(path: &str, ending: Ending) -> Self {
        let (exit_code, signal, reason) = match ending {
            Ending::Exit(code) => (code.into(), Value::Null, None),
            Ending::Signal(number) => (Value::Null, number.into(), None),
            Ending::Trap => (Value::Null, Value::Null, Some("trap")),
            Ending::Limit(_) => (Value::Null, Value::Null, Some("limit")),
            Ending::Unrecorded => (Value::Null, Value::Null, Some("audit")),
        };
        let message = match ending {
            Ending::Exit(_) | Ending::Signal(_) => "program exited with non-zero status",
            Ending::Trap | Ending::Limit(_) | Ending::Unrecorded => "program execution failed",
        };
        let more = [("exit_code", exit_code), ("signal", signal)];
        let mut error = Self::about(Code::Failed, message, path, more);
        let mut say = |name: &str, value: &'static str| {
            if let Some(details) = &mut error.details {
                details.insert(name.to_owned(), value.into());
            }
        };
        if let Some(reason) = reason {
            say("reason", reason);
        }
        if let Ending::Limit(limit) = ending {
            say("limit", limit);
        }
        error
    }
}
