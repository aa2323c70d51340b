//! Source maps: where in the original a place in a compiled text comes from.

use oxc_sourcemap::{JSONSourceMap, SourceMap as Decoded, Token};
use thiserror::Error;

use crate::bounds::{LONGEST_MAPPINGS, LONGEST_SOURCE_MAP};
use crate::path;
use crate::resolve::url::{self, FileUrl, Url};
use crate::{FileError, Files};

/// Why there is no source map, although a text names one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SourceMapError {
    /// The map's URL leads to no file of the program.
    #[error("the source map's URL leads to no file of the program")]
    Elsewhere,
    /// The map's file can't be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// The map's path.
        path: String,
        /// Why.
        error: FileError,
    },
    /// The map is longer than the host reads.
    #[error("the source map is longer than the host reads")]
    TooLong,
    /// The map is none.
    #[error("the source map is invalid: {0}")]
    Invalid(String),
}

/// A place in an original text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original<'a> {
    /// The path of the original if that is a file, or else its URL, as in `webpack://`. Whether there is such a file has
    /// not been looked at, and it may lie outside of the program: it is a name, to be shown.
    pub source: &'a str,
    /// Counted from one.
    pub line: u32,
    /// Counted from one, in UTF-16 units.
    pub column: u32,
    /// The name that stands there, if the map knows of another than the compiled text.
    pub name: Option<&'a str>,
}

/// A source map.
#[derive(Debug)]
pub struct SourceMap {
    /// By place in the compiled text.
    tokens: Vec<Token>,
    sources: Vec<String>,
    names: Vec<String>,
}

/// What is after `sourceMappingURL=` in a text: of the last comment that has it, as Node finds it.
#[must_use]
pub fn source_map_url(text: &str) -> Option<&str> {
    const KEY: &str = "sourceMappingURL=";
    text.rmatch_indices(KEY).find_map(|(at, _)| {
        let before = text.get(..at)?;
        let comment = before.trim_end_matches([' ', '\t']);
        let spaced = comment.len() < before.len();
        let marked = ["//#", "/*#", "//@", "/*@"]
            .iter()
            .any(|mark| comment.ends_with(mark));
        let url = text.get(at + KEY.len()..)?.split_whitespace().next()?;
        let url = url.strip_suffix("*/").unwrap_or(url);
        (spaced && marked && !url.is_empty()).then_some(url)
    })
}

impl SourceMap {
    /// The source map that `text`, the file at `file`, names; nothing if it names none. It is in the text itself, or in a
    /// file below `root`.
    ///
    /// # Errors
    ///
    /// The map can't be read, or is none.
    pub fn of(
        text: &str,
        file: &str,
        root: &str,
        files: &impl Files,
    ) -> Result<Option<Self>, SourceMapError> {
        let Some(reference) = source_map_url(text) else {
            return Ok(None);
        };
        if let Some(data) = reference.strip_prefix("data:") {
            let json = in_data_url(data)?;
            return Self::parse(&json, file).map(Some);
        }
        let url = match joined(file, reference) {
            Some(Url::File(url)) => url,
            _ => return Err(SourceMapError::Elsewhere),
        };
        let path = url.to_path().map_err(|_| SourceMapError::Elsewhere)?;
        let path = path::resolve("/", &path);
        if !path::is_possible(&path) || !path::is_beneath(&path, &path::resolve("/", root)) {
            return Err(SourceMapError::Elsewhere);
        }
        match files.read(&path, LONGEST_SOURCE_MAP) {
            Ok(bytes) => Self::parse(&bytes, &path).map(Some),
            Err(FileError::TooLong { .. }) => Err(SourceMapError::TooLong),
            Err(error) => Err(SourceMapError::Unreadable { path, error }),
        }
    }

    /// Reads a source map that stands in the file at `file`: its own, or the compiled one.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(json: &[u8], file: &str) -> Result<Self, SourceMapError> {
        let invalid = |error: &dyn std::fmt::Display| SourceMapError::Invalid(error.to_string());
        if json.len() > LONGEST_SOURCE_MAP {
            return Err(SourceMapError::TooLong);
        }
        let mut json: JSONSourceMap =
            serde_json::from_slice(json).map_err(|error| invalid(&error))?;
        if json.mappings.len() > LONGEST_MAPPINGS {
            return Err(SourceMapError::TooLong);
        }
        check_numbers(&json.mappings)?;
        // The originals themselves are most of a map, and nobody asks for them here.
        json.sources_content = None;
        let root = json.source_root.take().unwrap_or_default();
        let map = Decoded::from_json(json).map_err(|error| invalid(&error))?;
        let mut tokens: Vec<Token> = map.get_tokens().collect();
        tokens.sort_by_key(|token| (token.get_dst_line(), token.get_dst_col()));
        Ok(Self {
            tokens,
            sources: map
                .get_sources()
                .map(|source| named(file, &root, source))
                .collect(),
            names: map.get_names().map(str::to_owned).collect(),
        })
    }

    /// Where the place at `line` and `column` of the compiled text comes from. Both count from one, columns in UTF-16
    /// units, as in a stack trace.
    #[must_use]
    pub fn original(&self, line: u32, column: u32) -> Option<Original<'_>> {
        let line = line.checked_sub(1)?;
        let place = (line, column.checked_sub(1)?);
        let behind = self
            .tokens
            .partition_point(|token| (token.get_dst_line(), token.get_dst_col()) <= place);
        let token = self.tokens.get(behind.checked_sub(1)?)?;
        if token.get_dst_line() != line {
            return None;
        }
        let text = |id: Option<u32>, list: &'_ [String]| -> Option<usize> {
            usize::try_from(id?).ok().filter(|&id| id < list.len())
        };
        let source = self
            .sources
            .get(text(token.get_source_id(), &self.sources)?)?;
        let name = text(token.get_name_id(), &self.names).and_then(|id| self.names.get(id));
        Some(Original {
            source,
            line: token.get_src_line().checked_add(1)?,
            column: token.get_src_col().checked_add(1)?,
            name: name.map(String::as_str),
        })
    }
}

/// Refuses numbers that are longer than any place needs: the decoder adds them up without looking.
fn check_numbers(mappings: &str) -> Result<(), SourceMapError> {
    /// Digits of five bits, which hold a sign and 31 bits.
    const LONGEST: u32 = 7;
    let mut digits = 0;
    for byte in mappings.bytes() {
        let goes_on = !matches!(byte, b',' | b';' | b'A'..=b'Z' | b'a'..=b'f');
        digits = if goes_on { digits + 1 } else { 0 };
        if digits >= LONGEST {
            return Err(SourceMapError::Invalid("a number is too large".to_owned()));
        }
    }
    Ok(())
}

/// What a `data:` URL holds, of which `data` is what follows the scheme.
fn in_data_url(data: &str) -> Result<Vec<u8>, SourceMapError> {
    let invalid = || SourceMapError::Invalid("its URL has no data".to_owned());
    let (kind, data) = data.split_once(',').ok_or_else(invalid)?;
    // In base64 it is a third longer.
    if data.len() / 4 * 3 > LONGEST_SOURCE_MAP {
        return Err(SourceMapError::TooLong);
    }
    let data = url::decoded(data).ok_or_else(invalid)?;
    if kind.to_ascii_lowercase().ends_with(";base64") {
        base64_simd::forgiving_decode_to_vec(data.as_bytes()).map_err(|_| invalid())
    } else {
        Ok(data.into_bytes())
    }
}

/// What `reference` means in the file at `file`.
fn joined(file: &str, reference: &str) -> Option<Url> {
    match url::parse(reference) {
        Ok(Some(url)) => Some(url),
        Ok(None) => {
            let is_absolute = reference.starts_with(['/', '\\']);
            let prefix = if is_absolute { "" } else { "./" };
            let url = FileUrl::of_path(file).join(&format!("{prefix}{reference}"));
            url.ok().map(Url::File)
        }
        Err(_) => None,
    }
}

/// The path of a map's source, or its URL where that is no file's.
fn named(file: &str, root: &str, source: &str) -> String {
    let slash = if root.is_empty() || root.ends_with('/') {
        ""
    } else {
        "/"
    };
    let whole = format!("{root}{slash}{source}");
    match joined(file, &whole) {
        Some(Url::File(url)) => url.to_path().unwrap_or(whole),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use proptest::prelude::*;

    const MAP: &str = r#"{"version":3,"sources":["../src/a.ts","webpack://x/b.ts"],"sourceRoot":"","names":["f"],
        "mappings":"AAAA,GAAIA,GAAI;;ACCJ","sourcesContent":["x",null]}"#;

    struct One(&'static str, &'static str);

    impl Files for One {
        fn kind(&self, _: &str) -> Kind {
            Kind::Missing
        }

        fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
            if path != self.0 {
                return Err(FileError::Missing);
            }
            assert!(self.1.len() <= max);
            Ok(self.1.as_bytes().to_vec())
        }

        fn real(&self, _: &str) -> Result<String, FileError> {
            Err(FileError::Missing)
        }
    }

    fn of(
        text: &str,
        at: &'static str,
        map: &'static str,
    ) -> Result<Option<SourceMap>, SourceMapError> {
        SourceMap::of(text, "/program/dist/a.js", "/program", &One(at, map))
    }

    fn check(map: &SourceMap) {
        let first = map.original(1, 6).unwrap();
        assert_eq!(
            (first.source, first.line, first.column),
            ("/program/src/a.ts", 1, 5)
        );
        assert_eq!(first.name, Some("f"));
        let second = map.original(3, 99).unwrap();
        assert_eq!((second.source, second.line), ("webpack://x/b.ts", 2));
        for (line, column) in [(0, 1), (1, 0), (2, 1), (4, 1), (u32::MAX, u32::MAX)] {
            assert_eq!(map.original(line, column), None);
        }
    }

    #[test]
    fn the_last_comment_names_the_map() {
        assert_eq!(
            source_map_url("a //# sourceMappingURL=b\n//# sourceMappingURL=c \n"),
            Some("c")
        );
        assert_eq!(source_map_url("/*# sourceMappingURL=b*/"), Some("b"));
        assert_eq!(source_map_url("/*# sourceMappingURL=b */"), Some("b"));
        assert_eq!(source_map_url("sourceMappingURL=b"), None);
        assert_eq!(source_map_url("//#sourceMappingURL=b"), None);
        assert_eq!(source_map_url("//# sourceMappingURL="), None);
    }

    #[test]
    fn a_map_is_found_in_a_file_and_in_the_text() {
        check(
            &of(
                "//# sourceMappingURL=a.js.map",
                "/program/dist/a.js.map",
                MAP,
            )
            .unwrap()
            .unwrap(),
        );
        check(
            &of(
                "//# sourceMappingURL=../dist/m%20p",
                "/program/dist/m p",
                MAP,
            )
            .unwrap()
            .unwrap(),
        );
        let data = base64_simd::STANDARD.encode_to_string(MAP.as_bytes());
        let text =
            format!("//# sourceMappingURL=data:application/json;charset=utf-8;base64,{data}");
        check(&of(&text, "", "").unwrap().unwrap());
        assert!(of("let a", "", "").unwrap().is_none());
    }

    #[test]
    fn a_map_outside_of_the_program_is_not_read() {
        for url in [
            "../../a.map",
            "/etc/a.map",
            "https://x/a.map",
            "file:///etc/a.map",
            "//host/a.map",
            "data:",
            "a%",
        ] {
            let text = format!("//# sourceMappingURL={url}");
            assert!(of(&text, "/etc/a.map", MAP).is_err(), "{url}");
        }
    }

    #[test]
    fn numbers_that_overflow_are_refused() {
        for mappings in [
            "zzzzzzzzzzzzzD",
            "AAAAgggggggggggggE",
            "ggggggggD;ggggggggD",
        ] {
            let map =
                format!(r#"{{"version":3,"sources":["a"],"names":[],"mappings":"{mappings}"}}"#);
            assert!(
                SourceMap::parse(map.as_bytes(), "/a").is_err(),
                "{mappings}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_map_is_read_or_refused(mappings in "[A-Za-z0-9+/,;é]{0,60}", line in 0u32..9, column in 0u32..99) {
            let map = format!(r#"{{"version":3,"sources":["a","b"],"names":["c"],"mappings":"{mappings}"}}"#);
            if let Ok(map) = SourceMap::parse(map.as_bytes(), "/a") {
                let _ = map.original(line, column);
            }
        }
    }
}
