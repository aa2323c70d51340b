//! Mistakes in a policy file.

use std::fmt;

use thiserror::Error;

use super::located::Place;
use crate::bounds::LONGEST_FILE;
use crate::builder::BuildError;
use crate::grant::GrantError;
use crate::limits::LimitError;
use crate::suggest::Suggestion;

/// Most mistakes that are reported at once.
pub(super) const MOST_ERRORS: usize = 50;

/// Every mistake that was found in a file, from the top.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct FileErrors {
    name: String,
    errors: Vec<FileError>,
}

impl FileErrors {
    /// Sorts and bounds the mistakes of the file `name`.
    pub(super) fn new(name: &str, mut errors: Vec<FileError>) -> Self {
        errors.sort_by_key(|error| (error.line, error.column));
        errors.truncate(MOST_ERRORS);
        Self {
            name: name.to_owned(),
            errors,
        }
    }

    /// A mistake of the file as a whole.
    pub(super) fn whole(name: &str, problem: FileProblem) -> Self {
        Self::new(
            name,
            vec![FileError {
                line: 1,
                column: 1,
                problem,
            }],
        )
    }

    /// The mistakes, from the top.
    #[must_use]
    pub fn errors(&self) -> &[FileError] {
        &self.errors
    }
}

impl fmt::Display for FileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}:{error}", self.name)?;
        }
        Ok(())
    }
}

/// One mistake, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{line}:{column}: {problem}")]
pub struct FileError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    #[source]
    pub problem: FileProblem,
}

impl FileError {
    pub(super) fn at(place: Place, problem: FileProblem) -> Self {
        Self {
            line: place.line,
            column: place.column,
            problem,
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// It is no TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key that the format does not have.
    #[error("unknown key `{key}` in {table}{suggestion}")]
    UnknownKey {
        /// The key.
        key: String,
        /// Where it stands: `[fs]`, or `the file`.
        table: String,
        /// The nearest known key.
        suggestion: Suggestion,
    },
    /// A value of the wrong type, or a key that is missing.
    #[error("{0}")]
    Shape(String),
    /// A version that this program does not read.
    #[error("version {0} is not known here; this program reads version 1")]
    Version(i64),
    /// A grant.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// A limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Statements that do not fit together.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The file is longer than [`LONGEST_FILE`].
    #[error("the file has {length} bytes; at most {LONGEST_FILE} are read")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
}
