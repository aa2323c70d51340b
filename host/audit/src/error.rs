//! What can go wrong with a log, for callers to decide on and for people to read. No message holds a path.

use crate::cause::IoCause;
use crate::problem::VerifyError;

/// Why a log's writer stopped. It never starts again: the log is closed, and every guest of it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The system refused a step.
    #[error("cannot {step}: {cause}")]
    Io {
        /// What was tried, as in "cannot …".
        step: &'static str,
        /// What the system said.
        cause: IoCause,
    },
    /// The file at the log's place is another one than the writer's, or none: moved, deleted or replaced underneath it.
    #[error("the log file was moved, deleted or replaced while it was being written")]
    Replaced,
    /// The file's size is not what was written: truncated or written by somebody else.
    #[error(
        "the log file holds {found} bytes where {expected} were written: somebody else changed it"
    )]
    Resized {
        /// Bytes that the writer had written.
        expected: u64,
        /// Bytes that were found.
        found: u64,
    },
    /// The set has as many files as it can have.
    #[error("the log has been rotated too often: begin a new one")]
    TooManyFiles,
    /// The writer's thread could not be started, or ended by itself.
    #[error("the writer of the log is not running")]
    NoWriter,
}

impl Failure {
    /// Names the step that a system error belongs to; for `map_err`.
    pub(crate) fn at<E: Into<IoCause>>(step: &'static str) -> impl FnOnce(E) -> Failure {
        move |error| Failure::Io {
            step,
            cause: error.into(),
        }
    }
}

/// Why a call may not go on, or a log did not end well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The writer has failed: whoever is gated by this log must stop.
    #[error("the audit log has failed: {0}")]
    Failed(#[from] Failure),
    /// The run has used up its audit bytes.
    #[error("the run has used up its {limit} bytes of audit log")]
    Limit {
        /// The run's limit, in bytes.
        limit: u64,
    },
    /// The log was closed, or the run ended.
    #[error("the audit log is closed")]
    Closed,
}

/// Why a log file or a key file is not used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another writer holds the log.
    #[error("another writer holds the audit log: end it or choose another file")]
    Locked,
    /// The path names no file in a folder.
    #[error("the path has no file name")]
    NoFileName,
    /// A symbolic link stands where the file should be; links are never followed.
    #[error("the {what} is a symbolic link: name the file itself")]
    Link {
        /// Which file.
        what: &'static str,
    },
    /// Something else than a regular file stands there.
    #[error("the {what} is not a regular file")]
    NotRegular {
        /// Which file.
        what: &'static str,
    },
    /// The file has a second name, through which it could be changed, or belongs to another purpose.
    #[error("the {what} has further hard links: remove them or choose another file")]
    HardLinked {
        /// Which file.
        what: &'static str,
    },
    /// The file or its folder belongs to another user.
    #[error("the {what} belongs to another user (uid {owner})")]
    Owner {
        /// Which file or folder.
        what: &'static str,
        /// Whose it is.
        owner: u32,
    },
    /// The file or its folder is open to other users.
    #[error("the {what} has mode {mode:04o}, which lets other users in: expected {expected:04o}")]
    Mode {
        /// Which file or folder.
        what: &'static str,
        /// Its permission bits.
        mode: u32,
        /// What they may be at most.
        expected: u32,
    },
    /// The file is append-only or immutable by its attributes, so it could neither be rotated nor a torn tail be cut.
    #[error(
        "the log file is append-only or immutable: remove the attribute (chattr -a -i) or choose another file"
    )]
    AppendOnly,
    /// The existing log was signed with another key.
    #[error(
        "the log belongs to the key {found}, not to {expected}: give that key or choose another file"
    )]
    OtherKey {
        /// The key that was given.
        expected: String,
        /// The key in the log's first record.
        found: String,
    },
    /// The existing log does not hold what its writer left: it is never continued.
    #[error("the existing log is not intact, and is left as it is: {0}")]
    NotIntact(#[from] VerifyError),
    /// The key file does not hold a key.
    #[error(
        "the key file holds no key: it is one line, `tollgate-audit-key-1 ` and 64 lowercase hex digits"
    )]
    NotAKey,
    /// Writing failed while the log was being opened.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The system refused a step.
    #[error("cannot {step}: {cause}")]
    Io {
        /// What was tried, as in "cannot …".
        step: &'static str,
        /// What the system said.
        cause: IoCause,
    },
}

impl OpenError {
    /// Names the step that a system error belongs to; for `map_err`.
    pub(crate) fn at<E: Into<IoCause>>(step: &'static str) -> impl FnOnce(E) -> OpenError {
        move |error| OpenError::Io {
            step,
            cause: error.into(),
        }
    }
}
