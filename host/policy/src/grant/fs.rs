//! `[WORD:]GLOB`, the text of a filesystem grant in files.

use super::error::{GrantProblem, at, within};
use super::path_pattern::path_pattern;
use crate::pattern::Pattern;
use crate::scope::Scope;
use crate::verb::{FsVerb, VerbSet};
use crate::words::UnknownWord;

/// Reads `GLOB` (every operation) or `WORD:GLOB`.
pub(super) fn parse(text: &str) -> Result<(VerbSet, Pattern), (usize, GrantProblem)> {
    let (verbs, glob_at, glob) = match text.split_once(':') {
        Some((word, glob)) if !is_path(word) => (verbs(word).map_err(at(0))?, word.len() + 1, glob),
        _ => (VerbSet::ALL, 0, text),
    };
    let pattern = path_pattern(glob).map_err(within(glob_at))?;
    Ok((verbs, pattern))
}

/// Whether what stands before a colon is the beginning of a path rather than a word.
fn is_path(text: &str) -> bool {
    text != "*" && text.contains(['/', '*', '?'])
}

/// In files `read` and `write` mean what a person means by them; the other words are the single
/// operations of the protocol.
fn verbs(word: &str) -> Result<VerbSet, UnknownWord> {
    match word {
        "read" => Ok(VerbSet::of(&FsVerb::READING)),
        "write" => Ok(VerbSet::of(&FsVerb::WRITING)),
        word => VerbSet::from_word(Scope::Fs, word),
    }
}

#[cfg(test)]
mod tests {
    use super::super::path_pattern::PathPatternError;
    use super::*;
    use crate::pattern::PatternError;

    fn words(text: &str) -> Result<String, (usize, GrantProblem)> {
        parse(text).map(|(verbs, pattern)| format!("{} {pattern}", verbs.words(Scope::Fs)))
    }

    #[test]
    fn a_glob_may_follow_a_word() {
        assert_eq!(words("/data/**"), Ok("* /data/**".into()));
        assert_eq!(words("**"), Ok("* **".into()));
        assert_eq!(words("*:/data"), Ok("* /data".into()));
        assert_eq!(
            words("read:/data/**"),
            Ok("read readdir stat /data/**".into())
        );
        assert_eq!(
            words("write:/d"),
            Ok("write create_dir rm rename symlink /d".into())
        );
        assert_eq!(words("rm:/d"), Ok("rm /d".into()));
        assert_eq!(words("/a:b"), Ok("* /a:b".into()));
        assert_eq!(words("read:/a:b"), Ok("read readdir stat /a:b".into()));
        assert_eq!(words("/"), Ok("* /".into()));
    }

    #[test]
    fn a_misspelt_word_is_an_error_with_a_suggestion() {
        let error = words("raed:/data").map_err(|(at, error)| (at, error.to_string()));
        assert_eq!(
            error,
            Err((
                0,
                "unknown operation word `raed`; did you mean `read`?".into()
            ))
        );
    }

    #[test]
    fn a_pattern_that_matches_no_path_is_a_slip() {
        let absolute = |at| Err((at, GrantProblem::Path(PathPatternError::NotAbsolute)));
        let component = |at| Err((at, GrantProblem::Path(PathPatternError::Component)));
        assert_eq!(words("*"), absolute(0));
        assert_eq!(words("data/**"), absolute(0));
        assert_eq!(words("read:secret"), absolute(5));
        assert_eq!(words("?tmp"), absolute(0));
        assert_eq!(words("/secret/"), component(8));
        assert_eq!(words("/a//b"), component(3));
        assert_eq!(words("/a/../b"), component(3));
        assert_eq!(words("read:/./b"), component(6));
        assert_eq!(
            words(""),
            Err((0, GrantProblem::Path(PatternError::Empty.into())))
        );
    }
}
