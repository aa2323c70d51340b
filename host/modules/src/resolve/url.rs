//! URLs of files, as far as specifiers need them.
//!
//! A specifier of `import` is a URL: `?` and `#` end its path, `%` begins an encoded byte, `\` separates names as `/`
//! does. Only `file:` leads anywhere, so nothing of other URLs is kept but the scheme. Drive letters, to which the URL
//! standard gives a meaning even where there are none, are plain names here.

use super::ResolveError;

/// A URL of a file of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileUrl {
    /// As it stands in the URL: encoded.
    pub(crate) path: String,
    /// `?…` and `#…`, or nothing.
    pub(crate) suffix: String,
}

/// What a text is when it is read as a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Url {
    /// A file.
    File(FileUrl),
    /// `node:` and what follows.
    Node(String),
    /// Something else, by its scheme.
    Other(String),
}

impl FileUrl {
    /// The URL of the file at `path`.
    pub(crate) fn of_path(path: &str) -> Self {
        let mut encoded = String::with_capacity(path.len());
        for character in path.chars() {
            match character {
                '%' | '\\' | '\n' | '\r' | '\t' | '?' | '#' => {
                    push_encoded(&mut encoded, character)
                }
                character => push(&mut encoded, character),
            }
        }
        Self {
            path: encoded,
            suffix: String::new(),
        }
    }

    /// The URL that `reference` means in this one. It begins with a dot or a slash, so that it has no scheme.
    pub(crate) fn join(&self, reference: &str) -> Result<Self, ResolveError> {
        let reference = cleaned(reference);
        let (path, suffix) = split_suffix(&reference);
        if let Some(rest) = path.strip_prefix(is_slash) {
            return match rest.strip_prefix(is_slash) {
                Some(rest) => with_host(rest, suffix),
                None => Ok(Self::new(&[], rest, suffix)),
            };
        }
        let mut base: Vec<&str> = self.path.split('/').skip(1).collect();
        base.pop();
        Ok(Self::new(&base, path, suffix))
    }

    fn new(base: &[&str], path: &str, suffix: &str) -> Self {
        Self {
            path: walked(base, path),
            suffix: encoded_suffix(suffix),
        }
    }

    /// The whole URL.
    pub(crate) fn href(&self) -> String {
        format!("file://{}{}", self.path, self.suffix)
    }

    /// The file's path.
    pub(crate) fn to_path(&self) -> Result<String, ResolveError> {
        decoded(&self.path).ok_or(ResolveError::Malformed)
    }

    /// Whether a separator is hidden in the encoding: what is one name in the URL would be two in the path.
    pub(crate) fn hides_separator(&self) -> bool {
        let path = self.path.to_ascii_lowercase();
        path.contains("%2f") || path.contains("%5c")
    }
}

/// Reads `text` as a URL that stands by itself. Nothing where it is none, as with names of packages.
pub(crate) fn parse(text: &str) -> Result<Option<Url>, ResolveError> {
    let text = cleaned(text);
    let Some((scheme, rest)) = text.split_once(':') else {
        return Ok(None);
    };
    let mut letters = scheme.chars();
    if !letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        || !letters.all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    {
        return Ok(None);
    }
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "file" => {
            let (path, suffix) = split_suffix(rest);
            let Some(after) = path.strip_prefix(is_slash) else {
                return Ok(Some(Url::File(FileUrl::new(&[], path, suffix))));
            };
            match after.strip_prefix(is_slash) {
                Some(after) => with_host(after, suffix).map(|url| Some(Url::File(url))),
                None => Ok(Some(Url::File(FileUrl::new(&[], after, suffix)))),
            }
        }
        "node" => Ok(Some(Url::Node(rest.to_owned()))),
        // These can't be without a host.
        "http" | "https" | "ws" | "wss" | "ftp"
            if split_suffix(rest).0.trim_start_matches(is_slash).is_empty() =>
        {
            Ok(None)
        }
        _ => Ok(Some(Url::Other(scheme + ":"))),
    }
}

/// Reads what follows `//`: only this machine has files.
fn with_host(rest: &str, suffix: &str) -> Result<FileUrl, ResolveError> {
    let (host, path) = rest.split_at(rest.find(is_slash).unwrap_or(rest.len()));
    let host = decoded(host).ok_or(ResolveError::InvalidUrl)?;
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
        return Err(ResolveError::FileHost);
    }
    let path = path.strip_prefix(is_slash).unwrap_or(path);
    Ok(FileUrl::new(&[], path, suffix))
}

fn is_slash(character: char) -> bool {
    matches!(character, '/' | '\\')
}

/// What the URL standard drops before it looks: space around, and tabs and line ends anywhere.
fn cleaned(text: &str) -> String {
    text.trim_matches(|character| character <= ' ')
        .chars()
        .filter(|character| !matches!(character, '\t' | '\n' | '\r'))
        .collect()
}

fn split_suffix(text: &str) -> (&str, &str) {
    text.split_at(text.find(['?', '#']).unwrap_or(text.len()))
}

/// Goes from the folder `base` along `path`.
fn walked(base: &[&str], path: &str) -> String {
    let mut names: Vec<String> = base.iter().map(|&name| name.to_owned()).collect();
    let mut ends_in_folder = false;
    for name in path.split(is_slash) {
        ends_in_folder = false;
        match name.to_ascii_lowercase().as_str() {
            "." | "%2e" => ends_in_folder = true,
            ".." | ".%2e" | "%2e." | "%2e%2e" => {
                names.pop();
                ends_in_folder = true;
            }
            _ => {
                let mut encoded = String::with_capacity(name.len());
                name.chars()
                    .for_each(|character| push(&mut encoded, character));
                names.push(encoded);
            }
        }
    }
    if ends_in_folder {
        names.push(String::new());
    }
    let mut walked = String::new();
    for name in &names {
        walked.push('/');
        walked.push_str(name);
    }
    if walked.is_empty() {
        walked.push('/');
    }
    walked
}

fn push(encoded: &mut String, character: char) {
    match character {
        '\0'..=' ' | '"' | '#' | '<' | '>' | '?' | '^' | '`' | '{' | '}' | '\u{7f}'.. => {
            push_encoded(encoded, character);
        }
        character => encoded.push(character),
    }
}

fn push_encoded(encoded: &mut String, character: char) {
    let mut bytes = [0; 4];
    for byte in character.encode_utf8(&mut bytes).bytes() {
        encoded.push('%');
        for half in [byte >> 4, byte & 15] {
            let digit = char::from_digit(u32::from(half), 16).unwrap_or('0');
            encoded.push(digit.to_ascii_uppercase());
        }
    }
}

/// The bytes that the standard does not allow after `?` and `#`. An empty query or fragment is none at all once the URL
/// is written anew, and Node writes it anew.
fn encoded_suffix(suffix: &str) -> String {
    let (query, fragment) = suffix.split_at(suffix.find('#').unwrap_or(suffix.len()));
    let mut encoded = String::with_capacity(suffix.len());
    if query.len() > 1 {
        for character in query.chars() {
            match character {
                '\0'..=' ' | '"' | '#' | '<' | '>' | '\'' | '\u{7f}'.. => {
                    push_encoded(&mut encoded, character);
                }
                character => encoded.push(character),
            }
        }
    }
    if fragment.len() > 1 {
        for character in fragment.chars() {
            match character {
                '\0'..=' ' | '"' | '<' | '>' | '`' | '\u{7f}'.. => {
                    push_encoded(&mut encoded, character);
                }
                character => encoded.push(character),
            }
        }
    }
    encoded
}

/// `text` with its `%xx` taken for the bytes that they are. Nothing where that is no text.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(base: &str, reference: &str) -> String {
        FileUrl::of_path(base)
            .join(reference)
            .map_or_else(|error| error.to_string(), |url| url.href())
    }

    #[test]
    fn references_are_joined_as_urls_not_as_paths() {
        for (reference, expected) in [
            ("./c.mjs", "file:///a/c.mjs"),
            ("../c.mjs?x=1#y", "file:///c.mjs?x=1#y"),
            ("./c?/../d", "file:///a/c?/../d"),
            (".\\c\\..\\d", "file:///a/d"),
            ("./%2e%2E/c", "file:///c"),
            ("/c/./", "file:///c/"),
            ("..", "file:///"),
            ("../../../..", "file:///"),
            ("./a b", "file:///a/a%20b"),
            ("./é", "file:///a/%C3%A9"),
            ("./c\n", "file:///a/c"),
            ("///c", "file:///c"),
            ("//localhost/c", "file:///c"),
            (
                "//other/c",
                "File URL host must be \"localhost\" or empty on linux",
            ),
        ] {
            assert_eq!(joined("/a/b.mjs", reference), expected, "{reference}");
        }
    }

    #[test]
    fn names_of_packages_are_no_urls() {
        assert_eq!(parse("@scope/name"), Ok(None));
        assert_eq!(parse("name"), Ok(None));
        assert_eq!(parse("http://"), Ok(None));
        assert_eq!(parse("1:2"), Ok(None));
        assert_eq!(parse("data:,x"), Ok(Some(Url::Other("data:".into()))));
        assert_eq!(parse("NODE:fs"), Ok(Some(Url::Node("fs".into()))));
    }

    #[test]
    fn a_percent_sign_needs_two_digits_and_text() {
        assert_eq!(decoded("a%20b").as_deref(), Some("a b"));
        assert_eq!(decoded("%"), None);
        assert_eq!(decoded("%+1"), None);
        assert_eq!(decoded("%ff"), None);
    }

    proptest! {
        #[test]
        fn a_path_is_what_its_url_leads_to(path in "(/[^/\0]{1,8}){1,4}") {
            prop_assume!(path.split('/').all(|name| name != "." && name != ".."));
            let url = FileUrl::of_path(&path);
            prop_assert_eq!(url.to_path().ok(), Some(path));
            prop_assert_eq!(parse(&url.href()).ok().flatten(), Some(Url::File(url)));
        }

        #[test]
        fn nothing_that_is_joined_has_dots_or_panics(reference in "[./]\\PC{0,30}") {
            if let Ok(url) = FileUrl::of_path("/a/b/c").join(&reference) {
                prop_assert!(url.path.split('/').all(|name| name != "." && name != ".."));
            }
        }
    }
}
