//! What can be wrong with the text of a grant, and where in it.

use std::fmt;

use thiserror::Error;

use super::dir::DirError;
use super::path_pattern::PathPatternError;
use crate::env::EnvError;
use crate::http::HttpGrantError;
use crate::limits::LimitError;
use crate::net::EndpointError;
use crate::pattern::PatternError;
use crate::words::UnknownWord;

/// A grant that cannot be taken: what was written where, at which byte it goes wrong, and how.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct GrantError {
    /// Where it was written: a flag (`--allow-net`) or a list of a file (`[network] allow`).
    pub place: String,
    /// The text, without the value of an environment variable.
    pub text: String,
    /// The byte of the text at which it goes wrong.
    pub offset: usize,
    /// What is wrong.
    #[source]
    pub problem: Box<GrantProblem>,
}

impl fmt::Display for GrantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            text,
            offset,
            problem,
        } = self;
        write!(f, "{place} `{text}`")?;
        if *offset > 0 {
            write!(f, ", at character {}", offset + 1)?;
        }
        write!(f, ": {problem}")
    }
}

/// What is wrong with a grant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GrantProblem {
    /// A folder and its place.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// A pattern of guest paths.
    #[error(transparent)]
    Path(#[from] PathPatternError),
    /// A pattern of anything else.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A word from a fixed set.
    #[error(transparent)]
    Word(#[from] UnknownWord),
    /// A host and its ports.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// An HTTP request.
    #[error(transparent)]
    Http(#[from] HttpGrantError),
    /// An environment variable.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// A limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A path of the host that is empty or has a NUL byte.
    #[error("a path of the host stands here, and none has an empty name or a NUL byte")]
    HostPath,
}

/// Puts a byte position onto an error of a part.
pub(crate) fn at<E: Into<GrantProblem>>(offset: usize) -> impl Fn(E) -> (usize, GrantProblem) {
    move |error| (offset, error.into())
}

/// The same for a part that knows its own position.
pub(crate) fn within<E: Into<GrantProblem>>(
    base: usize,
) -> impl Fn((usize, E)) -> (usize, GrantProblem) {
    move |(offset, error)| (base + offset, error.into())
}
