//! Patterns of resources: the compiled form matches what the naive one does.

use tollgate_policy::{LONGEST_PATTERN, Pattern};

use crate::globs;

/// The longest text that is tried; the naive matcher takes time with the product of both.
const LONGEST_TEXT: usize = 2_048;

/// Holds a pattern to that: the first line is the pattern, the rest the text.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    let (source, text) = input.split_once('\n').unwrap_or((input, ""));
    match Pattern::new(source) {
        Err(_) => assert!(
            source.is_empty() || source.len() > LONGEST_PATTERN,
            "{source:?} is refused"
        ),
        Ok(pattern) => {
            assert_eq!(pattern.as_str(), source);
            let tried = if text.len() > LONGEST_TEXT { "" } else { text };
            let naive = globs::matches(source.as_bytes(), tried.as_bytes());
            assert_eq!(pattern.matches(tried), naive, "{source:?} on {tried:?}");
        }
    }
}

/// Each token alone, together, and those that go back and forth.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "/a/b\n/a/b",
        "/a/*\n/a/b/c",
        "/a/**\n/a/b/c",
        "/a/**/c\n/a/c",
        "?*?\nab",
        "***\n/",
        "/**/*/**\n/a/b/c/d",
        "a*a*a*a*a*a*b\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "**a**a**a**b\naaaa/aaaa/aaaa/aaaa",
        "ü?\nüü",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
