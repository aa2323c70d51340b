//! The pattern language: `?` is one byte other than `/`, `*` any run of such bytes, `**` any run of
//! bytes; every other byte stands for itself. A pattern speaks about the whole text, byte by byte
//! and case by case: what merely looks alike is something else.
//!
//! Both sides can be hostile (a client writes patterns, a guest chooses paths), so matching never
//! backtracks. It steps through the text once with the set of places in the pattern that could
//! have been reached, which costs (text length) × (pattern length ÷ 64) whatever either contains.

mod automaton;
mod token;

use std::fmt;

use thiserror::Error;

use automaton::Automaton;
use token::{Token, tokens};

use crate::bounds::LONGEST_PATTERN;

/// A pattern that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// It is longer than [`LONGEST_PATTERN`].
    #[error("the pattern has {length} bytes; at most {LONGEST_PATTERN} are taken")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// It has no character, and would match nothing that exists.
    #[error("the pattern is empty")]
    Empty,
}

/// A compiled pattern.
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern {
    source: Box<str>,
    /// Bytes that the text begins with.
    prefix: Box<[u8]>,
    rest: Rest,
}

/// What follows the literal prefix.
#[derive(Clone, PartialEq, Eq)]
enum Rest {
    /// Nothing: the text ends where the prefix does.
    Nothing,
    /// `**`: anything.
    Anything,
    /// Whatever this automaton takes.
    Automaton(Box<Automaton>),
}

impl Pattern {
    /// Compiles `source`.
    ///
    /// # Errors
    ///
    /// When `source` is empty or longer than [`LONGEST_PATTERN`]. Nothing else can be wrong.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        if source.is_empty() {
            return Err(PatternError::Empty);
        }
        if source.len() > LONGEST_PATTERN {
            return Err(PatternError::TooLong {
                length: source.len(),
            });
        }
        let tokens = tokens(source);
        let literals = tokens.iter().map_while(|token| match token {
            Token::Literal(byte) => Some(*byte),
            Token::One | Token::Segment | Token::Run => None,
        });
        let prefix: Box<[u8]> = literals.collect();
        let rest = match tokens.get(prefix.len()..).unwrap_or_default() {
            [] => Rest::Nothing,
            [Token::Run] => Rest::Anything,
            rest => Rest::Automaton(Box::new(Automaton::new(rest))),
        };
        Ok(Self {
            source: source.into(),
            prefix,
            rest,
        })
    }

    /// Whether the whole of `text` matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Some(rest) = text.as_bytes().strip_prefix(&*self.prefix) else {
            return false;
        };
        match &self.rest {
            Rest::Nothing => rest.is_empty(),
            Rest::Anything => true,
            Rest::Automaton(automaton) => automaton.matches(rest),
        }
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether `text` has a character that a pattern gives a meaning to.
    pub(crate) fn is_wild(text: &str) -> bool {
        text.contains(['*', '?'])
    }

    /// Whether every text that matches begins with these bytes.
    pub(crate) fn literal_prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Whether every text that begins with [`Pattern::literal_prefix`] matches.
    pub(crate) fn is_prefix_only(&self) -> bool {
        self.rest == Rest::Anything
    }

    /// Whether any text that begins with `/` can match. One that can't is a slip when it is meant
    /// for paths: a denial of `*` would deny nothing.
    pub(crate) fn can_be_absolute(&self) -> bool {
        let mut tokens = tokens(&self.source).into_iter();
        match tokens.next() {
            Some(Token::Literal(byte)) => byte == b'/',
            Some(Token::Run) => true,
            Some(Token::Segment) => tokens.next() == Some(Token::Literal(b'/')),
            Some(Token::One) | None => false,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.source)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.source)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().matches(text)
    }

    #[test]
    fn each_token_takes_what_it_says() {
        assert!(matches("/tmp/*", "/tmp/a"));
        assert!(matches("/tmp/*", "/tmp/"));
        assert!(!matches("/tmp/*", "/tmp/a/b"));
        assert!(matches("/tmp/**", "/tmp/a/b"));
        assert!(!matches("/tmp/**", "/tmp"));
        assert!(!matches("*", "/tmp"));
        assert!(matches("**", "/tmp"));
        assert!(matches("**", ""));
        assert!(matches("/a?c", "/abc"));
        assert!(!matches("/a?c", "/a/c"));
        assert!(!matches("/a?c", "/ac"));
        assert!(matches("/*/b/**/c", "/x/b/y/z/c"));
        assert!(matches("***", "/a/b"));
        assert!(matches("tcp://*:443", "tcp://a.example:443"));
    }

    #[test]
    fn classes_braces_and_escapes_are_plain_bytes() {
        assert!(matches("[ab]{c}\\d", "[ab]{c}\\d"));
        assert!(!matches("[ab]", "a"));
        assert!(!matches("\\*", "*"));
    }

    #[test]
    fn a_question_mark_is_one_byte_not_one_character() {
        assert!(!matches("?", "é"));
        assert!(matches("??", "é"));
    }

    #[test]
    fn a61_what_looks_alike_is_something_else() {
        assert!(!matches("/Secret", "/secret"));
        assert!(!matches("/caf\u{e9}", "/cafe\u{301}"));
        assert!(!matches("/k", "/\u{212a}"));
        assert!(!matches("/a", "/\u{430}"));
    }

    #[test]
    fn a_pattern_longer_than_a_word_of_places_matches_across_the_border() {
        for length in [62, 63, 64, 65, 127, 128, 129, 1000] {
            let literal = "a".repeat(length);
            assert!(
                matches(&format!("?{literal}*z"), &format!("b{literal}yyz")),
                "{length}"
            );
            assert!(
                !matches(&format!("?{literal}*z"), &format!("b{literal}y/z")),
                "{length}"
            );
            assert!(matches(
                &format!("{}*", "?".repeat(length)),
                &format!("{literal}b")
            ));
        }
    }

    #[test]
    fn empty_and_overlong_patterns_are_refused() {
        assert_eq!(Pattern::new(""), Err(PatternError::Empty));
        let long = "a".repeat(LONGEST_PATTERN + 1);
        assert_eq!(
            Pattern::new(&long),
            Err(PatternError::TooLong {
                length: LONGEST_PATTERN + 1
            })
        );
        assert!(Pattern::new(&"*a".repeat(LONGEST_PATTERN / 2)).is_ok());
    }

    /// With backtracking each of these takes longer than the universe has; the bound here is loose
    /// so that a busy machine passes, and still far from any backtracking.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "what is tested is how long it takes"
    )]
    fn hostile_patterns_and_paths_cost_no_more_than_their_lengths() {
        let started = Instant::now();
        let path = format!("/{}", "a".repeat(4095));
        let deep = "/a".repeat(2048);
        for unit in ["*a", "**a", "*?", "**?", "**/*a", "?*a*"] {
            let hostile = format!("{}b", unit.repeat(LONGEST_PATTERN / unit.len() - 1));
            assert!(!matches(&hostile, &path));
            assert!(!matches(&hostile, &deep));
        }
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_pattern_knows_whether_a_path_can_match() {
        for pattern in ["/a", "**", "*/a", "**a", "/**"] {
            assert!(
                Pattern::new(pattern).unwrap().can_be_absolute(),
                "{pattern}"
            );
        }
        for pattern in ["a", "*", "*a", "?", "?/a", "*?/"] {
            assert!(
                !Pattern::new(pattern).unwrap().can_be_absolute(),
                "{pattern}"
            );
        }
    }
}
