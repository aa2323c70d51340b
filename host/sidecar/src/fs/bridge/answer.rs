//! What a client answers, read with a bound: an answer of a few bytes of JSON must not become many of memory.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tollgate_vfs::{DirEntry, FileKind, FsError, MAX_NAME_BYTES, Owner, RemoteStat, Timestamp};

use crate::fs::entries::{DIRECTORY_TYPE, FILE_TYPE, SYMLINK_TYPE};

const TYPE_BITS: u32 = 0o170_000;

/// Reads an answer that must be there.
pub(super) fn read<T: DeserializeOwned>(answer: Option<&str>) -> Result<T, FsError> {
    serde_json::from_str(answer.ok_or(FsError::Io)?).map_err(|_| FsError::Io)
}

fn seeded<'a, S: DeserializeSeed<'a>>(
    answer: Option<&'a str>,
    seed: S,
) -> Result<S::Value, FsError> {
    let mut reading = serde_json::Deserializer::from_str(answer.ok_or(FsError::Io)?);
    let value = seed.deserialize(&mut reading).map_err(|_| FsError::Io)?;
    reading.end().map_err(|_| FsError::Io)?;
    Ok(value)
}

/// Content: base64, or a list of numbers. More than `most` bytes are `Invalid`.
pub(super) fn bytes(answer: Option<&str>, most: usize) -> Result<Vec<u8>, FsError> {
    seeded(answer, Bytes(most))?.ok_or(FsError::Invalid)
}

/// A list, or none where it is longer than `most`.
struct Bytes(usize);

impl<'de> DeserializeSeed<'de> for Bytes {
    type Value = Option<Vec<u8>>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bytes {
    type Value = Option<Vec<u8>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in base64 or as a list of numbers")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let bytes = BASE64.decode(text).map_err(E::custom)?;
        Ok((bytes.len() <= self.0).then_some(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        let mut is_all = true;
        while let Some(byte) = list.next_element::<u8>()? {
            is_all &= bytes.len() < self.0;
            if is_all {
                bytes.push(byte);
            }
        }
        Ok(is_all.then_some(bytes))
    }
}

/// The entries of a directory: names, or objects with a name and what it stands for. More than `most` are
/// `InsufficientMemory`.
pub(super) fn entries(answer: Option<&str>, most: usize) -> Result<Vec<DirEntry>, FsError> {
    seeded(answer, Entries(most))?.ok_or(FsError::InsufficientMemory)
}

struct Entries(usize);

impl<'de> DeserializeSeed<'de> for Entries {
    type Value = Option<Vec<DirEntry>>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries {
    type Value = Option<Vec<DirEntry>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        let mut is_all = true;
        while let Some(entry) = list.next_element::<Entry>()? {
            let (name, kind) = entry.told();
            if name.len() > MAX_NAME_BYTES {
                return Err(A::Error::custom("no name of a file"));
            }
            is_all &= entries.len() < self.0;
            if is_all {
                entries.push(DirEntry { name, kind });
            }
        }
        Ok(is_all.then_some(entries))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Name(String),
    Typed {
        name: String,
        #[serde(flatten)]
        kind: Kind,
    },
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Kind {
    #[serde(alias = "is_directory")]
    is_directory: bool,
    #[serde(alias = "is_symbolic_link")]
    is_symbolic_link: bool,
}

impl Entry {
    fn told(self) -> (String, FileKind) {
        match self {
            Self::Name(name) => (name, FileKind::Unknown),
            Self::Typed { name, kind } => {
                let kind = match (kind.is_symbolic_link, kind.is_directory) {
                    (true, _) => FileKind::Symlink,
                    (false, true) => FileKind::Directory,
                    (false, false) => FileKind::File,
                };
                (name, kind)
            }
        }
    }
}

/// Attributes as a client tells them. Its numbers are those of JavaScript.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Told {
    mode: Option<f64>,
    size: Option<f64>,
    nlink: Option<f64>,
    uid: Option<f64>,
    gid: Option<f64>,
    ino: Option<f64>,
    #[serde(alias = "is_directory")]
    is_directory: Option<bool>,
    #[serde(alias = "is_symbolic_link")]
    is_symbolic_link: Option<bool>,
    #[serde(alias = "atime_ms")]
    atime_ms: Option<f64>,
    #[serde(alias = "mtime_ms")]
    mtime_ms: Option<f64>,
    #[serde(alias = "ctime_ms")]
    ctime_ms: Option<f64>,
}

/// Attributes, in the words of either case.
pub(super) fn stat(answer: Option<&str>) -> Result<RemoteStat, FsError> {
    // What reads attributes would take a list of them too.
    let is_object = answer.is_some_and(|answer| answer.trim_start().starts_with('{'));
    let answer = answer.filter(|_| is_object);
    let told: Told = read(answer)?;
    let mode = told.mode.map(number::<u32>).transpose()?;
    let kind = match (told.is_symbolic_link, told.is_directory) {
        (Some(true), _) => FileKind::Symlink,
        (_, Some(true)) => FileKind::Directory,
        _ => match mode.unwrap_or(0) & TYPE_BITS {
            DIRECTORY_TYPE => FileKind::Directory,
            SYMLINK_TYPE => FileKind::Symlink,
            0 | FILE_TYPE => FileKind::File,
            _ => FileKind::Unknown,
        },
    };
    let usual = match kind {
        FileKind::Directory => 0o755,
        FileKind::Symlink => 0o777,
        _ => 0o644,
    };
    let owner = |of: Option<f64>, else_id| of.map_or(Ok(else_id), number::<u32>);
    Ok(RemoteStat {
        kind,
        size: told.size.map_or(Ok(0), number::<u64>)?,
        links: told.nlink.map_or(Ok(1), number::<u64>)?,
        mode: mode.unwrap_or(usual),
        owner: Owner {
            uid: owner(told.uid, Owner::GUEST.uid)?,
            gid: owner(told.gid, Owner::GUEST.gid)?,
        },
        accessed: told.atime_ms.map(time).transpose()?,
        modified: told.mtime_ms.map(time).transpose()?,
        changed: told.ctime_ms.map(time).transpose()?,
        number: told
            .ino
            .map(number::<u64>)
            .transpose()?
            .filter(|ino| *ino > 0),
    })
}

/// A whole number of JavaScript's, which are exact up to 2^53.
fn number<T: TryFrom<u64>>(given: f64) -> Result<T, FsError> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !(0.0..=EXACT).contains(&given) {
        return Err(FsError::Io);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 2^53"
    )]
    let whole = given as u64;
    T::try_from(whole).map_err(|_| FsError::Io)
}

/// Milliseconds since 1970, with or without a fraction.
fn time(milliseconds: f64) -> Result<Timestamp, FsError> {
    /// The times that JavaScript has: 100 million days on either side of 1970.
    const FURTHEST: f64 = 8.64e15;
    if !(-FURTHEST..=FURTHEST).contains(&milliseconds) {
        return Err(FsError::Io);
    }
    let seconds = (milliseconds / 1_000.0).floor();
    let nanos = (milliseconds - seconds * 1_000.0) * 1e6;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are within their types: see the bound"
    )]
    let time = Timestamp {
        seconds: seconds as i64,
        nanos: nanos.clamp(0.0, 999_999_999.0) as u32,
    };
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_base64_or_numbers_and_never_more_than_was_asked_for() {
        assert_eq!(bytes(Some("\"aGk=\""), 2), Ok(b"hi".to_vec()));
        assert_eq!(bytes(Some("[104, 105]"), 2), Ok(b"hi".to_vec()));
        assert_eq!(bytes(Some("[104, 105]"), 1), Err(FsError::Invalid));
        assert_eq!(bytes(Some("\"aGk=\""), 1), Err(FsError::Invalid));
        for odd in [
            "[256]", "[-1]", "[1.5]", "\"?\"", "{}", "null", "[1] 2", "[",
        ] {
            assert_eq!(bytes(Some(odd), 9), Err(FsError::Io), "{odd}");
        }
        assert_eq!(bytes(None, 9), Err(FsError::Io));
    }

    #[test]
    fn listings_are_names_or_typed_entries() {
        let told =
            r#"["a", {"name": "b", "isDirectory": true}, {"name": "c", "is_symbolic_link": true}]"#;
        let entry = |name: &str, kind| DirEntry {
            name: name.to_owned(),
            kind,
        };
        let all = vec![
            entry("a", FileKind::Unknown),
            entry("b", FileKind::Directory),
            entry("c", FileKind::Symlink),
        ];
        assert_eq!(entries(Some(told), 3), Ok(all));
        assert_eq!(entries(Some(told), 2), Err(FsError::InsufficientMemory));
        let long = format!("[\"{}\"]", "n".repeat(256));
        for odd in [long.as_str(), "[1]", "{}", "[{}]"] {
            assert_eq!(entries(Some(odd), 3), Err(FsError::Io), "{odd}");
        }
    }

    #[test]
    fn attributes_come_in_either_case_and_are_checked() {
        let camel = stat(Some(
            r#"{"mode": 16877, "isDirectory": true, "mtimeMs": 1500.5, "ino": 7}"#,
        ));
        let snake = stat(Some(
            r#"{"mode": 16877, "is_directory": true, "mtime_ms": 1500.5, "ino": 7}"#,
        ));
        assert_eq!(camel, snake);
        let found = camel.unwrap();
        assert_eq!((found.kind, found.number), (FileKind::Directory, Some(7)));
        let time = found.modified.unwrap();
        assert_eq!((time.seconds, time.nanos), (1, 500_500_000));
        assert_eq!(stat(Some("{}")).unwrap().kind, FileKind::File);
        let pipe = stat(Some(r#"{"mode": 4480}"#)).unwrap();
        assert_eq!(pipe.kind, FileKind::Unknown);
        for odd in [
            r#"{"size": -1}"#,
            r#"{"size": 1e300}"#,
            r#"{"uid": 4294967296}"#,
            r#"{"mtimeMs": 1e300}"#,
            r#"{"mode": "7"}"#,
            "[]",
            "7",
            "null",
        ] {
            assert_eq!(stat(Some(odd)), Err(FsError::Io), "{odd}");
        }
    }
}
