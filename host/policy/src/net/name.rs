//! Host names: their one spelling, and what is none.

use std::borrow::Cow;

use thiserror::Error;

/// Longest host name, in bytes, without a trailing dot.
const LONGEST_NAME: usize = 253;
/// Longest label of a host name, in bytes.
const LONGEST_LABEL: usize = 63;

/// A text that is no host name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// It, or one of its labels, has no character.
    #[error("the host name has an empty label")]
    Empty,
    /// It, or one of its labels, is too long.
    #[error("the host name or one of its labels is too long")]
    TooLong,
    /// It has a character outside letters, digits, `-` and `_`, or a hyphen at an end of a label.
    #[error("`{0}` has no place there in a host name")]
    Character(char),
    /// It looks like a number. Resolvers read `2130706433`, `0x7f.1` and `0177.0.0.1` as addresses,
    /// each in its own way, so such a text is neither a name nor an address.
    #[error(
        "a host whose last label is a number is no name; write an address as four decimal numbers"
    )]
    Number,
    /// It has letters outside ASCII.
    #[error("write the name in its ASCII form (`xn--…`)")]
    NotAscii,
}

/// The one spelling of a host name: lower case, no trailing dot.
///
/// # Errors
///
/// When `text` is no host name.
pub fn normalised(text: &str) -> Result<Cow<'_, str>, NameError> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if !text.is_ascii() {
        return Err(NameError::NotAscii);
    }
    if text.len() > LONGEST_NAME {
        return Err(NameError::TooLong);
    }
    let mut last = "";
    for label in text.split('.') {
        check_label(label)?;
        last = label;
    }
    if is_number(last) {
        return Err(NameError::Number);
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Ok(Cow::Owned(text.to_ascii_lowercase()));
    }
    Ok(Cow::Borrowed(text))
}

fn check_label(label: &str) -> Result<(), NameError> {
    if label.is_empty() {
        return Err(NameError::Empty);
    }
    if label.len() > LONGEST_LABEL {
        return Err(NameError::TooLong);
    }
    let odd = |c: &char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_');
    if let Some(character) = label.chars().find(odd) {
        return Err(NameError::Character(character));
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(NameError::Character('-'));
    }
    Ok(())
}

/// Whether some resolver would read the last label as a number: decimal, octal or hexadecimal.
fn is_number(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    match lower.strip_prefix("0x") {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => lower.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// Whether the (normalised) name means the host itself wherever it is asked.
pub(crate) fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling() {
        assert_eq!(normalised("Example.COM.").unwrap(), "example.com");
        assert_eq!(normalised("a_b.x-y.example").unwrap(), "a_b.x-y.example");
        assert!(matches!(
            normalised("plain").unwrap(),
            Cow::Borrowed("plain")
        ));
        assert_eq!(
            normalised("1.2.3.4.in-addr.arpa").unwrap(),
            "1.2.3.4.in-addr.arpa"
        );
    }

    #[test]
    fn i83_numbers_are_no_names() {
        for text in [
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "1.2.3.4",
            "0x",
            "a.1",
            "127.0.0.1.",
        ] {
            assert_eq!(normalised(text), Err(NameError::Number), "{text}");
        }
    }

    #[test]
    fn i83_userinfo_delimiters_and_lookalikes_are_no_names() {
        for (text, error) in [
            ("a@b", NameError::Character('@')),
            ("a b", NameError::Character(' ')),
            ("a/b", NameError::Character('/')),
            ("a%2eb", NameError::Character('%')),
            ("fe80::1%eth0", NameError::Character(':')),
            ("a\0b", NameError::Character('\0')),
            ("-a.b", NameError::Character('-')),
            ("a-.b", NameError::Character('-')),
            ("", NameError::Empty),
            (".", NameError::Empty),
            ("a..b", NameError::Empty),
            ("a.b..", NameError::Empty),
            ("ex\u{430}mple.com", NameError::NotAscii),
            ("1\u{3002}1\u{3002}1\u{3002}1", NameError::NotAscii),
        ] {
            assert_eq!(normalised(text), Err(error), "{text}");
        }
        assert_eq!(normalised(&"a".repeat(64)), Err(NameError::TooLong));
        assert_eq!(normalised(&"a.".repeat(128)), Err(NameError::TooLong));
        assert!(normalised(&"a.".repeat(127)).is_ok());
    }

    #[test]
    fn localhost_has_subdomains() {
        assert!(is_localhost("localhost") && is_localhost("x.localhost"));
        assert!(!is_localhost("notlocalhost"));
    }
}
