//! Guest paths as policy writes them: absolute, without `.`, `..` and empty components.

use thiserror::Error;

use crate::bounds::LONGEST_GUEST_PATH;

/// A guest path that no mount can have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GuestPathError {
    /// It has no character.
    #[error("the guest path is empty")]
    Empty,
    /// A NUL byte ends a path early for some readers and not for others.
    #[error("the guest path has a control character")]
    Control,
    /// It is longer than [`LONGEST_GUEST_PATH`].
    #[error("the guest path has {length} bytes; at most {LONGEST_GUEST_PATH} are taken")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
}

/// The canonical place of `text` in the guest's tree. A relative one is the place below `/`, `.` is
/// `/`, and `..` stops at `/`, as it does for whoever walks there.
///
/// # Errors
///
/// When it is empty, too long, or has control characters.
pub fn canonical(text: &str) -> Result<String, GuestPathError> {
    if text.is_empty() {
        return Err(GuestPathError::Empty);
    }
    if text.chars().any(char::is_control) {
        return Err(GuestPathError::Control);
    }
    if text.len() > LONGEST_GUEST_PATH {
        return Err(GuestPathError::TooLong { length: text.len() });
    }
    let mut components = Vec::new();
    for component in text.split('/') {
        match component {
            "" | "." => {}
            ".." => drop(components.pop()),
            name => components.push(name),
        }
    }
    Ok(format!("/{}", components.join("/")))
}

/// Whether `path` is `root` or lies below it. Both are canonical. A component is a unit: `/ab` does
/// not lie below `/a`.
pub(crate) fn is_within(path: &str, root: &str) -> bool {
    if root == "/" {
        return path.starts_with('/');
    }
    match path.strip_prefix(root) {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i51_odd_spellings_have_one_canonical_place() {
        for (text, place) in [
            (".", "/"),
            ("/", "/"),
            ("//", "/"),
            ("data", "/data"),
            ("./data/", "/data"),
            ("/a//b/./c", "/a/b/c"),
            ("a/../../b", "/b"),
            ("../../etc", "/etc"),
            ("/..", "/"),
            ("a/...", "/a/..."),
        ] {
            assert_eq!(canonical(text).unwrap(), place, "{text}");
        }
    }

    #[test]
    fn i51_empty_overlong_and_control_characters_are_refused() {
        assert_eq!(canonical(""), Err(GuestPathError::Empty));
        assert_eq!(canonical("a\0b"), Err(GuestPathError::Control));
        assert_eq!(canonical("a\nb"), Err(GuestPathError::Control));
        let long = "x".repeat(LONGEST_GUEST_PATH + 1);
        assert_eq!(
            canonical(&long),
            Err(GuestPathError::TooLong { length: 4097 })
        );
    }

    #[test]
    fn a66_a_sibling_with_the_same_beginning_is_not_within() {
        assert!(is_within("/a", "/a"));
        assert!(is_within("/a/b", "/a"));
        assert!(!is_within("/ab", "/a"));
        assert!(!is_within("/ab/c", "/a"));
        assert!(!is_within("/", "/a"));
        assert!(is_within("/ab", "/"));
        assert!(!is_within("relative", "/"));
    }
}
