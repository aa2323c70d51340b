//! What can be wrong with a source.

use thiserror::Error;

use crate::bounds::LONGEST_TYPESCRIPT;

/// Why a source is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TypeScriptProblem {
    /// It is no TypeScript.
    #[error("{0}")]
    Syntax(String),
    /// It has what stands for code, and not for types.
    #[error("{0}")]
    Unsupported(&'static str),
    /// It is longer than the host reads.
    #[error("the source is longer than {} bytes", LONGEST_TYPESCRIPT)]
    TooLong,
    /// It nests deeper than the host follows.
    #[error("the source nests deeper than the host follows")]
    TooDeep,
    /// The host could not do the work.
    #[error("the source cannot be read: {0}")]
    Host(String),
}

/// A problem, and the byte where it is.
pub(super) type Fault = (TypeScriptProblem, Option<usize>);
