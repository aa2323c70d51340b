//! What a tool is called in a registry, and where its file lies.

use std::fmt;
use std::path::{Component, Path};

/// The longest name of a tool, in bytes: as long as a name in a folder may be.
pub const LONGEST_NAME: usize = 255;

/// The name of a tool: a bare identifier, so that none can stand for another, or for a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ToolName(String);

/// Why something is no name of a tool. What was given is not repeated: it can be of any length, and hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing.
    #[error("invalid module name: it is empty")]
    Empty,
    /// Longer than a name may be.
    #[error("invalid module name: it is longer than {LONGEST_NAME} bytes")]
    TooLong,
    /// A separator of paths, a zero, or another character that nobody can type.
    #[error(
        "invalid module name: must be a bare identifier (no path separators, no control characters)"
    )]
    Character,
    /// Two dots.
    #[error("invalid module name: must be a bare identifier (no `..`)")]
    Dots,
}

impl ToolName {
    /// Takes a bare identifier.
    ///
    /// # Errors
    ///
    /// It is empty, too long, or holds `/`, `\`, `..` or a control character.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > LONGEST_NAME {
            return Err(NameError::TooLong);
        }
        if name
            .chars()
            .any(|c| matches!(c, '/' | '\\') || c.is_control())
        {
            return Err(NameError::Character);
        }
        if name == "." || name.contains("..") {
            return Err(NameError::Dots);
        }
        Ok(Self(name))
    }

    /// What a tool is called whose own name is none.
    #[must_use]
    pub fn unnamed() -> Self {
        Self("tool".to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for ToolName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a path stays beneath the folder that it is looked up in, as far as its own words say: what links it leads over, the
/// folder's handle decides.
pub(crate) fn stays_beneath(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some()
        && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_a_bare_identifier() {
        for name in ["a", "add-two", "Größe", "a.b", "a b", ".hidden"] {
            assert_eq!(ToolName::new(name).unwrap().as_str(), name);
        }
        for (name, error) in [
            ("", NameError::Empty),
            ("a/b", NameError::Character),
            ("a\\b", NameError::Character),
            ("a\0b", NameError::Character),
            ("a\nb", NameError::Character),
            (".", NameError::Dots),
            ("..", NameError::Dots),
            ("a..b", NameError::Dots),
        ] {
            assert_eq!(ToolName::new(name), Err(error), "{name:?}");
        }
        assert_eq!(ToolName::new("x".repeat(256)), Err(NameError::TooLong));
    }

    #[test]
    fn a_path_that_leaves_says_so_itself() {
        for path in ["a", "a/b.wasm", "./a"] {
            assert!(stays_beneath(Path::new(path)), "{path}");
        }
        for path in ["", "..", "../a", "a/../b", "/a", "/"] {
            assert!(!stays_beneath(Path::new(path)), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_name_leads_anywhere(name in ".*") {
            if let Ok(name) = ToolName::new(name) {
                prop_assert_eq!(Path::new(name.as_str()).components().count(), 1);
                prop_assert!(stays_beneath(Path::new(name.as_str())));
            }
        }
    }
}
