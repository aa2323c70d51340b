//! package.json: what resolution reads in it, and the few that are kept.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::bounds::{MOST_PACKAGE_BYTES, MOST_PACKAGES};

/// What a package says about the format of its `.js` files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    None,
    CommonJs,
    Module,
}

/// What resolution reads in a package.json.
#[derive(Debug)]
pub(super) struct Package {
    /// The folder that it is in.
    pub(super) folder: String,
    pub(super) name: Option<String>,
    pub(super) main: Option<String>,
    pub(super) kind: Type,
    /// Nothing also where it says `null`.
    pub(super) exports: Option<Value>,
    pub(super) imports: Option<Value>,
}

impl Package {
    /// Reads the package.json in `folder`.
    pub(super) fn parse(folder: &str, bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        // Node takes bytes that are no UTF-8 for U+FFFD, and so fails on them later or never.
        let text = String::from_utf8_lossy(bytes);
        // The parser of `serde_json` refuses what nests deeper than 128, which keeps its stack and ours.
        let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let mut fields = match value {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let mut text = |key| match fields.remove(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (name, main, kind) = (text("name"), text("main"), text("type"));
        let mut value = |key| fields.remove(key).filter(|value| !value.is_null());
        Ok(Self {
            folder: folder.to_owned(),
            name,
            main,
            kind: match kind.as_deref() {
                Some("module") => Type::Module,
                Some("commonjs") => Type::CommonJs,
                _ => Type::None,
            },
            exports: value("exports"),
            imports: value("imports"),
        })
    }

    /// The path of the file.
    pub(super) fn path(&self) -> String {
        crate::path::resolve(&self.folder, "package.json")
    }

    /// The folder with a slash behind it, as errors name it.
    pub(super) fn folder_with_slash(&self) -> String {
        if self.folder == "/" {
            "/".to_owned()
        } else {
            format!("{}/", self.folder)
        }
    }
}

/// The package.json files that were read last: Node keeps them too, all of them and forever. That a folder has none is
/// kept for one resolution alone, since a program may install what it did not find.
#[derive(Debug, Default)]
pub(super) struct Cache {
    kept: HashMap<String, Entry>,
    /// Folders without one.
    without: HashSet<String>,
    /// The oldest first. What is used often is read again now and then, which costs little beside keeping count.
    order: VecDeque<String>,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    package: Arc<Package>,
    bytes: usize,
}

impl Cache {
    pub(super) fn get(&self, folder: &str) -> Option<Option<Arc<Package>>> {
        if self.without.contains(folder) {
            return Some(None);
        }
        let entry = self.kept.get(folder)?;
        Some(Some(Arc::clone(&entry.package)))
    }

    /// Another resolution begins.
    pub(super) fn begin(&mut self) {
        self.without.clear();
    }

    /// There is none in this folder.
    pub(super) fn lacks(&mut self, folder: &str) {
        // As many as a resolution may ask about.
        self.without.insert(folder.to_owned());
    }

    pub(super) fn insert(&mut self, folder: &str, package: Arc<Package>, bytes: usize) {
        if bytes > MOST_PACKAGE_BYTES || self.kept.contains_key(folder) {
            return;
        }
        while self.kept.len() >= MOST_PACKAGES || self.bytes + bytes > MOST_PACKAGE_BYTES {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            if let Some(entry) = self.kept.remove(&oldest) {
                self.bytes = self.bytes.saturating_sub(entry.bytes);
            }
        }
        self.bytes += bytes;
        self.order.push_back(folder.to_owned());
        self.kept
            .insert(folder.to_owned(), Entry { package, bytes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_another_type_is_as_if_it_were_not_there() {
        let package = Package::parse(
            "/p",
            br#"{"name":1,"main":{},"type":"other","exports":null}"#,
        );
        let package = package.unwrap();
        assert_eq!((package.name, package.main), (None, None));
        assert_eq!(package.kind, Type::None);
        assert!(package.exports.is_none());
        assert!(Package::parse("/p", b"[]").is_ok());
        assert!(Package::parse("/p", b"\xef\xbb\xbf{}").is_ok());
        assert!(Package::parse("/p", b"{").is_err());
    }

    #[test]
    fn a_file_that_nests_deeply_is_refused() {
        let mut text = "[".repeat(100_000);
        text.push_str(&"]".repeat(100_000));
        assert!(Package::parse("/p", text.as_bytes()).is_err());
    }

    #[test]
    fn the_cache_stays_within_its_bounds() {
        let package = || Arc::new(Package::parse("/p", b"{}").unwrap());
        let mut cache = Cache::default();
        for index in 0..3 * MOST_PACKAGES {
            cache.insert(&format!("/{index}"), package(), 0);
        }
        assert_eq!(cache.kept.len(), MOST_PACKAGES);
        assert_eq!(cache.order.len(), MOST_PACKAGES);
        for index in 0..9 {
            cache.insert(
                &format!("/large/{index}"),
                package(),
                MOST_PACKAGE_BYTES / 4,
            );
        }
        assert!(cache.bytes <= MOST_PACKAGE_BYTES);
        assert!(cache.get("/large/8").is_some());
        assert!(cache.get("/large/0").is_none());
    }

    #[test]
    fn that_a_folder_has_none_is_forgotten_when_another_resolution_begins() {
        let mut cache = Cache::default();
        cache.lacks("/a");
        assert!(matches!(cache.get("/a"), Some(None)));
        cache.begin();
        assert!(cache.get("/a").is_none());
    }
}
