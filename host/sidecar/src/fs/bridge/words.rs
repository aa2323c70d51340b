//! What a client's words about an error come to. The words themselves go nowhere: guests see an errno.

use tollgate_vfs::FsError;

/// Bytes of an error's text that are looked at.
const LOOKED_AT: usize = 1_024;

/// Words anywhere in a text, and what they stand for; the first that is found counts.
const SAID: &[(&[&str], FsError)] = &[
    (&["enoent", "not found", "no such file"], FsError::NoEntry),
    (&["eacces", "eperm", "permission denied"], FsError::Access),
    (&["eexist", "already exists"], FsError::Exist),
];

/// Errnos that count where a text begins with them.
const NAMED: &[(&str, FsError)] = &[
    ("enotdir", FsError::NotDirectory),
    ("eisdir", FsError::IsDirectory),
    ("enotempty", FsError::NotEmpty),
    ("erofs", FsError::ReadOnly),
    ("enospc", FsError::InsufficientSpace),
];

/// The error that a text speaks of.
pub(super) fn errno(text: &str) -> FsError {
    let text: String = text.chars().take(LOOKED_AT).collect();
    let text = text.to_ascii_lowercase();
    let named = NAMED.iter().find(|(name, _)| {
        let rest = text.strip_prefix(name);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
    });
    if let Some((_, error)) = named {
        return *error;
    }
    let said = SAID
        .iter()
        .find(|(words, _)| words.iter().any(|word| text.contains(word)));
    said.map_or(FsError::Io, |(_, error)| *error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_decide() {
        for (text, error) in [
            ("ENOENT: not found", FsError::NoEntry),
            ("file Not Found", FsError::NoEntry),
            ("EPERM: host says no", FsError::Access),
            ("permission denied", FsError::Access),
            ("it already exists", FsError::Exist),
            ("ENOTEMPTY: directory not empty", FsError::NotEmpty),
            ("ENOTDIRECTORY", FsError::Io),
            ("what?", FsError::Io),
            ("", FsError::Io),
        ] {
            assert_eq!(errno(text), error, "{text}");
        }
        let late = format!("{}ENOENT", " ".repeat(2_000));
        assert_eq!(errno(&late), FsError::Io);
    }
}
