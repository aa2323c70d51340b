//! The text that the guards read: every Rust source below `host/*/src`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tollgate_tests::repository;

/// Source files by their path below the repository's root, with `/` between
/// the parts.
#[derive(Debug, Default)]
pub(crate) struct Sources(BTreeMap<String, String>);

impl Sources {
    /// The production sources of the repository that this test was built from.
    pub(crate) fn of_repository() -> Self {
        Self::below(repository())
    }

    /// The production sources of the repository at `root`.
    pub(crate) fn below(root: &Path) -> Self {
        let mut sources = Self::default();
        for name in folders(&root.join("host")) {
            for file in rust_files(&root.join("host").join(name).join("src")) {
                sources.add(relative(root, &file), read(&file));
            }
        }
        sources
    }

    /// Sources that exist only in a test, as pairs of path and text.
    pub(crate) fn planted(files: &[(&str, &str)]) -> Self {
        let mut sources = Self::default();
        for (path, text) in files {
            sources.add((*path).to_owned(), (*text).to_owned());
        }
        sources
    }

    fn add(&mut self, path: String, text: String) {
        self.0.insert(path, text);
    }

    /// The text of the file at `path`, if there is one.
    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Paths and texts, in the order of the paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The paths alone.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The names of the folders directly in `folder`, sorted.
pub(crate) fn folders(folder: &Path) -> Vec<String> {
    entries(folder)
        .into_iter()
        .filter(|path| path.is_dir())
        .map(|path| relative(folder, &path))
        .collect()
}

/// Every Rust file below `folder`, sorted; none if there is no such folder.
/// Build output is no source: `target` folders are left out.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return found;
    }
    for path in entries(folder) {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                found.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Every file below `folder` that is called `name`.
pub(crate) fn files_named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(files_named(&path, name));
        } else if path.file_name().is_some_and(|found| found == name) {
            found.push(path);
        }
    }
    found
}

/// `path` as seen from `root`, with `/` between the parts.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .expect("the path was listed from the root")
        .to_string_lossy()
        .replace('\\', "/")
}

/// The text of `file`.
pub(crate) fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder's entry can be read").path())
        .collect();
    found.sort();
    found
}
