//! A program that was built into a component of its own: its files lie in the engine's memory, and what was asked about
//! them when it was built is answered from there. Without one, the host serves the program.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

use crate::world::tollgate::bridge::module_loading::{Format, Mode};

/// A file of the program.
#[derive(Debug)]
pub(crate) struct File {
    /// How its text is read; none for what describes a package.
    pub(crate) format: Option<Format>,
    pub(crate) source: String,
}

/// Who asks for what: a folder, how, and the specifier.
type Link = (String, bool, String);

#[derive(Default)]
pub(crate) struct Bundle {
    entry: Option<String>,
    files: BTreeMap<String, File>,
    links: BTreeMap<Link, String>,
}

thread_local! {
    static BUNDLE: RefCell<Bundle> = RefCell::default();
}

const fn is_import(mode: Mode) -> bool {
    matches!(mode, Mode::Import)
}

pub(crate) fn add_file(path: String, format: Option<Format>, source: String) {
    BUNDLE.with_borrow_mut(|bundle| bundle.files.insert(path, File { format, source }));
}

pub(crate) fn add_link(folder: String, mode: Mode, specifier: String, target: String) {
    BUNDLE.with_borrow_mut(|bundle| {
        bundle
            .links
            .insert((folder, is_import(mode), specifier), target)
    });
}

pub(crate) fn begin_with(path: String) {
    BUNDLE.with_borrow_mut(|bundle| bundle.entry = Some(path));
}

impl Bundle {
    pub(crate) fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    pub(crate) fn target(&self, folder: &str, mode: Mode, specifier: &str) -> Option<&str> {
        let link = (folder.to_owned(), is_import(mode), specifier.to_owned());
        self.links.get(&link).map(String::as_str)
    }

    /// What was imported, of all that is linked.
    pub(crate) fn imported(&self) -> impl Iterator<Item = &str> {
        let imports = self.links.iter().filter(|((_, import, _), _)| *import);
        imports.map(|(_, target)| target.as_str())
    }

    /// Every target.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &str> {
        self.links.values().map(String::as_str)
    }

    /// Whether a file lies beneath this folder.
    pub(crate) fn is_folder(&self, path: &str) -> bool {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let mut after = self
            .files
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded));
        after
            .next()
            .is_some_and(|(path, _)| path.starts_with(&prefix))
    }
}

/// Looks at the program in memory; nothing where there is none.
pub(crate) fn with<R>(look: impl FnOnce(&Bundle) -> R) -> Option<R> {
    BUNDLE.with_borrow(|bundle| bundle.entry.is_some().then(|| look(bundle)))
}
