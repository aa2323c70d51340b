//! What is taken out of a text, with everything else left where it is.

use std::collections::BTreeMap;

/// Parts of a text that become blank, and single characters that stand in their place.
///
/// A blank has the columns of what it replaces: one for each UTF-16 unit, as JavaScript counts them. Line ends stay.
#[derive(Debug, Default)]
pub(super) struct Edits {
    /// From start to the furthest end: parts overlap where one lies in another.
    parts: BTreeMap<usize, usize>,
    marks: BTreeMap<usize, char>,
    ends: std::collections::BTreeSet<usize>,
}

impl Edits {
    pub(super) fn blank(&mut self, start: usize, end: usize) {
        if start < end {
            let furthest = self.parts.entry(start).or_insert(end);
            *furthest = end.max(*furthest);
            self.ends.insert(end);
        }
    }

    /// Writes a character of one byte in the place of the one at `at`, which must lie in a blank part.
    pub(super) fn mark(&mut self, at: usize, character: char) {
        self.marks.insert(at, character);
    }

    /// Whether a part ends at `end`.
    pub(super) fn has_end(&self, end: usize) -> bool {
        self.ends.contains(&end)
    }

    pub(super) fn apply(&self, source: &str) -> String {
        let mut result = String::with_capacity(source.len());
        let mut done = 0;
        for (&start, &end) in &self.parts {
            let start = start.max(done);
            if start >= end {
                continue;
            }
            result.push_str(source.get(done..start).unwrap_or_default());
            let part = source.get(start..end).unwrap_or_default();
            for (at, character) in part.char_indices() {
                let width = match self.marks.get(&(start + at)) {
                    Some(&mark) => {
                        result.push(mark);
                        character.len_utf16() - 1
                    }
                    None if is_line_end(character) => {
                        result.push(character);
                        0
                    }
                    None => character.len_utf16(),
                };
                result.extend(std::iter::repeat_n(' ', width));
            }
            done = end;
        }
        result.push_str(source.get(done..).unwrap_or_default());
        result
    }
}

pub(super) fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Where the first token at or behind `at` begins: comments and space are passed over.
pub(super) fn token_from(source: &str, mut at: usize) -> usize {
    while let Some(rest) = source.get(at..) {
        let space = rest.len() - rest.trim_start_matches(is_space).len();
        let rest = rest.get(space..).unwrap_or_default();
        at += space;
        if rest.starts_with("//") {
            at += rest.find(is_line_end).unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else {
            break;
        }
    }
    at
}

fn is_space(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_has_the_columns_of_what_it_replaces() {
        let mut edits = Edits::default();
        edits.blank(1, 9);
        edits.blank(1, 3);
        edits.blank(6, 8);
        assert_eq!(edits.apply("aé\u{1f600}\nbc"), "a   \n c");
        assert!(edits.has_end(9));
    }

    #[test]
    fn comments_are_no_tokens() {
        assert_eq!(token_from("a /* b */ // c\n  d", 1), 17);
        assert_eq!(token_from("a /* b", 1), 6);
        assert_eq!(token_from("a // b", 1), 6);
    }
}
