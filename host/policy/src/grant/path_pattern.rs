//! `GLOB`, a pattern that is meant for guest paths.

use thiserror::Error;

use crate::pattern::{Pattern, PatternError};

/// A pattern that cannot match any guest path. In the sidecar protocol such a pattern is legal and
/// idle; in a file or a flag it is a slip, and in a denial a dangerous one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathPatternError {
    /// It is empty or too long.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// No absolute path can match.
    #[error("no absolute path matches this: a pattern begins with `/` or `**` (`*` stops at `/`)")]
    NotAbsolute,
    /// It has a component that no canonical path has.
    #[error("guest paths have no empty, `.` or `..` component and no final `/`")]
    Component,
}

/// Reads a pattern for guest paths.
pub(crate) fn path_pattern(text: &str) -> Result<Pattern, (usize, PathPatternError)> {
    let pattern = Pattern::new(text).map_err(|error| (0, error.into()))?;
    if !pattern.can_be_absolute() {
        return Err((0, PathPatternError::NotAbsolute));
    }
    let mut offset = 0;
    for (index, component) in text.split('/').enumerate() {
        let before_the_first_slash = index == 0 || text == "/";
        let impossible =
            matches!(component, "." | "..") || component.is_empty() && !before_the_first_slash;
        if impossible {
            return Err((offset, PathPatternError::Component));
        }
        offset += component.len() + 1;
    }
    Ok(pattern)
}
