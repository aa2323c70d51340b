//! Our errors as outcomes in the log and as error codes of WASI. Every mapping is total: a new error asks here what
//! it is called.

use tollgate_engine::Outcome;
use tollgate_vfs::FsError;
use tollgate_world::wasi::filesystem::types::ErrorCode;
use tollgate_world::{Failure, FilesystemFailure};

/// A filesystem error on its way to the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fs(#[from] pub FsError);

macro_rules! filesystem_codes {
    ($($ours:ident = $case:literal,)*) => {
        impl Outcome for Fs {
            fn case(&self) -> &'static str {
                match self.0 { $(FsError::$ours => $case,)* }
            }
        }

        impl From<Fs> for ErrorCode {
            fn from(error: Fs) -> Self {
                match error.0 { $(FsError::$ours => Self::$ours,)* }
            }
        }
    };
}

filesystem_codes! {
    Access = "access",
    WouldBlock = "would-block",
    Already = "already",
    BadDescriptor = "bad-descriptor",
    Busy = "busy",
    Deadlock = "deadlock",
    Quota = "quota",
    Exist = "exist",
    FileTooLarge = "file-too-large",
    IllegalByteSequence = "illegal-byte-sequence",
    InProgress = "in-progress",
    Interrupted = "interrupted",
    Invalid = "invalid",
    Io = "io",
    IsDirectory = "is-directory",
    Loop = "loop",
    TooManyLinks = "too-many-links",
    MessageSize = "message-size",
    NameTooLong = "name-too-long",
    NoDevice = "no-device",
    NoEntry = "no-entry",
    NoLock = "no-lock",
    InsufficientMemory = "insufficient-memory",
    InsufficientSpace = "insufficient-space",
    NotDirectory = "not-directory",
    NotEmpty = "not-empty",
    NotRecoverable = "not-recoverable",
    Unsupported = "unsupported",
    NoTty = "no-tty",
    NoSuchDevice = "no-such-device",
    Overflow = "overflow",
    NotPermitted = "not-permitted",
    Pipe = "pipe",
    ReadOnly = "read-only",
    InvalidSeek = "invalid-seek",
    TextFileBusy = "text-file-busy",
    CrossDevice = "cross-device",
}

impl From<Fs> for FilesystemFailure {
    fn from(error: Fs) -> Self {
        Failure::Code(error.into())
    }
}

/// What a function answers whose interface has no error for a denial: the guest ends, as it would with a missing
/// import. A component that imports such a function without its grant is refused at load, so this is reached only
/// when the answer to a question changed in between.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the policy denies {operation}, and the interface has no error to say so")]
pub(crate) struct Inexpressible {
    pub(crate) operation: &'static str,
}

impl Outcome for Inexpressible {
    fn case(&self) -> &'static str {
        "trap"
    }
}
