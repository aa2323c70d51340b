//! A policy evaluator that is obviously right and nothing else: slow, recursive, without a shared
//! line with the crate.

use tollgate_policy::Mode;

/// Whether `pattern` matches all of `text`, by trying everything.
pub(crate) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([], [_, ..]) => false,
        ([b'*', b'*', rest @ ..], _) => (0..=text.len()).any(|n| matches(rest, &text[n..])),
        ([b'*', rest @ ..], _) => (0..=text.len())
            .take_while(|n| !text[..*n].contains(&b'/'))
            .any(|n| matches(rest, &text[n..])),
        ([b'?', rest @ ..], [byte, text @ ..]) => *byte != b'/' && matches(rest, text),
        ([literal, rest @ ..], [byte, text @ ..]) => literal == byte && matches(rest, text),
        ([_, ..], []) => false,
    }
}

/// A rule about one scope.
#[derive(Clone, Debug)]
pub(crate) struct ModelRule {
    pub(crate) mode: Mode,
    /// Operation words; `*` is every one.
    pub(crate) words: Vec<String>,
    pub(crate) patterns: Vec<String>,
}

impl ModelRule {
    fn speaks_about(&self, word: &str, resource: &str) -> bool {
        let words = self.words.iter().any(|known| known == "*" || known == word);
        let mut patterns = self.patterns.iter();
        words && patterns.any(|pattern| matches(pattern.as_bytes(), resource.as_bytes()))
    }
}

/// What a list of rules says, with the index of the rule that says it.
pub(crate) type Answer = (Mode, Option<usize>);

/// The protocol: start with the default, and let each rule that matches override.
pub(crate) fn last_match(default: Mode, rules: &[ModelRule], word: &str, resource: &str) -> Answer {
    let mut answer = (default, None);
    for (index, rule) in rules.iter().enumerate() {
        if rule.speaks_about(word, resource) {
            answer = (rule.mode, Some(index));
        }
    }
    answer
}

/// Files and flags: a denial that matches, else a question, else a grant, else the default.
pub(crate) fn strictest(default: Mode, rules: &[ModelRule], word: &str, resource: &str) -> Answer {
    for mode in [Mode::Deny, Mode::Ask, Mode::Allow] {
        for (index, rule) in rules.iter().enumerate() {
            if rule.mode == mode && rule.speaks_about(word, resource) {
                return (mode, Some(index));
            }
        }
    }
    (default, None)
}

/// The meet of a run's answer and its ceiling's.
pub(crate) fn meet(run: Mode, ceiling: Mode) -> Mode {
    if run == Mode::Deny || ceiling == Mode::Deny {
        Mode::Deny
    } else if run == Mode::Ask || ceiling == Mode::Ask {
        Mode::Ask
    } else {
        Mode::Allow
    }
}
