//! What verification can find wrong.

use crate::cause::IoCause;
use crate::escape;
use crate::record::FORMAT;
use std::fmt;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    /// The file's name within its folder, if the trouble is in one.
    pub file: Option<String>,
    /// The line in that file, from 1.
    pub line: Option<u64>,
    /// What is wrong.
    pub problem: Problem,
}

impl VerifyError {
    pub(crate) fn of_the_set(problem: Problem) -> VerifyError {
        VerifyError {
            file: None,
            line: None,
            problem,
        }
    }

    pub(crate) fn in_file(file: &str, problem: Problem) -> VerifyError {
        VerifyError {
            file: Some(file.to_owned()),
            line: None,
            problem,
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", escape::printable(file))?;
            if let Some(line) = self.line {
                write!(f, ", line {line}")?;
            }
            f.write_str(": ")?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for VerifyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.problem)
    }
}

/// What can be wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The system refused a step.
    #[error("cannot {step}: {cause}")]
    Io {
        /// What was tried, as in "cannot …".
        step: &'static str,
        /// What the system said.
        cause: IoCause,
    },
    /// There is no log.
    #[error("there is no such log")]
    NotFound,
    /// The log's head or older files are there, its current file is not.
    #[error("the log's current file is missing, though its head or older files are there")]
    CurrentFileMissing,
    /// Something else than a regular file stands in a file's place; links are not followed.
    #[error("not a regular file")]
    NotRegular,
    /// A line is longer than any record.
    #[error("the line is longer than {limit} bytes, the longest that a record can be")]
    LineTooLong {
        /// The bound, in bytes.
        limit: usize,
    },
    /// A line is no record.
    #[error("not a record: {}", escape::printable(why))]
    NotARecord {
        /// What the parser said.
        why: String,
    },
    /// A record of a format that this version does not know.
    #[error("the record has format {found}, known is {}", FORMAT)]
    Format {
        /// Its `v`.
        found: u32,
    },
    /// A record is not the one that should follow: some are missing, doubled or moved, or a whole file is.
    #[error(
        "record {expected} should stand here, but {found} does: records are missing, doubled or moved"
    )]
    Sequence {
        /// The number that should follow.
        expected: u64,
        /// The number that stands there.
        found: u64,
    },
    /// A record does not follow the one before it.
    #[error(
        "the record does not follow the one before: that one's hash is {expected}, stated is {}",
        escape::printable(found)
    )]
    Previous {
        /// The hash of the record before.
        expected: String,
        /// The record's `prev`.
        found: String,
    },
    /// A record was changed.
    #[error(
        "the record was changed: its hash is {computed}, stated is {}",
        escape::printable(stated)
    )]
    Hash {
        /// The record's `hash`.
        stated: String,
        /// The hash of what stands there.
        computed: String,
    },
    /// A file that was put aside ends within a line.
    #[error("the file ends within a line, though the log goes on in another file")]
    TornInside,
    /// The first record does not open a log.
    #[error(
        "the first record does not open a log: it must be `log.open` with the log's public key"
    )]
    NotOpened,
    /// There are records and no head.
    #[error("the head file is missing, though there are records that were flushed: it was removed")]
    HeadMissing,
    /// A key is pinned, and nothing is signed.
    #[error("the log has no head, so nothing in it is signed by the pinned key")]
    Unsigned,
    /// The head file is no head.
    #[error("the head file is not readable: {}", escape::printable(why))]
    HeadUnreadable {
        /// What the parser said.
        why: String,
    },
    /// The head's signature is wrong.
    #[error("the head's signature is not its key's: the head was changed")]
    HeadSignature,
    /// The head was signed with another key than the log's.
    #[error("the head is signed by {head}, the log belongs to {log}")]
    HeadKey {
        /// The head's key.
        head: String,
        /// The key in the log's first record.
        log: String,
    },
    /// The log belongs to another key than the pinned one.
    #[error("the log belongs to {found}, not to the pinned key {pinned}")]
    OtherKey {
        /// The pinned key.
        pinned: String,
        /// The key in the log's first record.
        found: String,
    },
    /// The log ends before its head.
    #[error(
        "the log was truncated: its head names record {head}, but the log ends {}",
        End(last)
    )]
    Truncated {
        /// The last flushed record.
        head: u64,
        /// The last record that is there.
        last: Option<u64>,
    },
    /// The record that the head names is another one.
    #[error("the log was replaced: record {seq} has the hash {found}, its head says {expected}")]
    Replaced {
        /// The head's record.
        seq: u64,
        /// The hash in the head.
        expected: String,
        /// The hash in the log.
        found: String,
    },
    /// The record that the head names does not end where it should: some older file was changed.
    #[error(
        "record {seq} ends at byte {found} of the set, its head says {expected}: an older file was changed"
    )]
    Offset {
        /// The head's record.
        seq: u64,
        /// The end of the record according to the head.
        expected: u64,
        /// The end of the record in the files.
        found: u64,
    },
}

impl Problem {
    pub(crate) fn at<E: Into<IoCause>>(step: &'static str) -> impl FnOnce(E) -> Problem {
        move |error| Problem::Io {
            step,
            cause: error.into(),
        }
    }
}

struct End<'a>(&'a Option<u64>);

impl fmt::Display for End<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(last) => write!(f, "with record {last}"),
            None => f.write_str("before its first record"),
        }
    }
}
