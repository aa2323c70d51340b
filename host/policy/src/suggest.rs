//! "Did you mean …?": the nearest known word, so that a misspelt grant is mended at the first read.

use std::fmt;

/// Longest word, in bytes, that is compared or echoed: a distance costs the product of both
/// lengths, and the word comes from a file or a client.
const LONGEST: usize = 64;

/// The nearest known word, or none that is near. Displays as `; did you mean …?` or as nothing, so
/// that a message can end with it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Suggestion(Option<String>);

impl Suggestion {
    /// The member of `known` that is nearest to `word`, when it is near enough to be meant.
    pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        if word.len() > LONGEST {
            return Self(None);
        }
        let lower = word.to_ascii_lowercase();
        let tolerated = lower.chars().count().div_ceil(3).min(3);
        known
            .into_iter()
            .map(|candidate| (distance(&lower, candidate), candidate))
            .filter(|(distance, _)| *distance <= tolerated)
            .min_by_key(|(distance, _)| *distance)
            .map_or(Self(None), |(_, candidate)| Self::of(candidate))
    }

    /// A suggestion that the caller already knows.
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self(Some(text.into()))
    }

    /// The suggested text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(text) => write!(f, "; did you mean `{text}`?"),
            None => Ok(()),
        }
    }
}

/// `text` cut to a length that fits a message, at a character boundary.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Edits (insert, remove, replace, swap of neighbours) that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last_a = None;
    for (row, char_a) in a.chars().enumerate() {
        let mut current = Vec::with_capacity(above.len());
        current.push(row + 1);
        let mut last_b = None;
        for (column, &char_b) in b.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&above, column) + usize::from(char_a != char_b))
                .min(at(&above, column + 1) + 1)
                .min(at(&current, column) + 1);
            let swapped = last_a == Some(char_b) && last_b == Some(char_a);
            if swapped && let Some(index) = column.checked_sub(1) {
                best = best.min(at(&before, index) + 1);
            }
            current.push(best);
            last_b = Some(char_b);
        }
        before = std::mem::replace(&mut above, current);
        last_a = Some(char_a);
    }
    above.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance("alolw", "allow"), 1);
        assert_eq!(distance("allow", "allow"), 0);
        assert_eq!(distance("", "deny"), 4);
        assert_eq!(distance("alow", "allow"), 1);
    }

    #[test]
    fn a_far_word_suggests_nothing() {
        assert_eq!(Suggestion::nearest("zebra", ["allow", "deny"]).text(), None);
        assert_eq!(
            Suggestion::nearest("dney", ["allow", "deny"]).text(),
            Some("deny")
        );
    }

    #[test]
    fn an_endless_word_is_cut_and_not_compared() {
        let endless = "é".repeat(10_000);
        assert_eq!(Suggestion::nearest(&endless, ["deny"]).text(), None);
        assert_eq!(shortened(&endless).chars().count(), LONGEST + 1);
    }
}
