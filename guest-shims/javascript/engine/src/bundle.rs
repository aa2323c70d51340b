//! A program that was built into a component of its own: its files lie in the engine's memory, and what was asked about
//! them when it was built is answered from there. Without one, the host serves the program.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use tollgate_modules::{FileError, Files, Kind, Resolved, Resolver, Settings};

use crate::library;
use crate::world::tollgate::bridge::module_loading::{Failure, Format, Mode};

/// A file of the program.
#[derive(Debug)]
pub(crate) struct File {
    /// How its text is read; none for what describes a package.
    pub(crate) format: Option<Format>,
    pub(crate) source: String,
}

/// Why what may be there is not found.
const ONLY_BUILT_IN: &str =
    " (a program that was built has the files that were built into it, and no others)";

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

    /// Where a specifier leads: by what was found when the program was built, or, where the specifier was not known then,
    /// among the files that were built in. Nothing else is looked at.
    ///
    /// # Errors
    ///
    /// Nowhere.
    pub(crate) fn resolve(
        &self,
        folder: &str,
        mode: Mode,
        specifier: &str,
    ) -> Result<String, Failure> {
        if let Some(target) = self.target(folder, mode, specifier) {
            return Ok(target.to_owned());
        }
        let settings = Settings {
            root: "/".to_owned(),
            builtins: library::builtins().collect(),
            conditions: BTreeSet::new(),
        };
        let mut resolver = Resolver::new(self, settings);
        let from = format!("{}/[folder]", folder.trim_end_matches('/'));
        let found = match mode {
            Mode::Require => resolver.require(specifier, &from, &[]),
            Mode::Import => resolver.import(specifier, &from),
        };
        match found {
            Ok(Resolved::Builtin(name)) if name.contains(':') => Ok(name),
            Ok(Resolved::Builtin(name)) => Ok(format!("node:{name}")),
            Ok(Resolved::File(module)) => Ok(format!("{}{}", module.path, module.suffix)),
            Err(error) => {
                let mut message = error.to_string();
                if error.is_not_found() {
                    message.push_str(ONLY_BUILT_IN);
                }
                Err(Failure {
                    code: error.code().to_owned(),
                    message,
                })
            }
        }
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

/// What lies in memory has no links.
impl Files for Bundle {
    fn kind(&self, path: &str) -> Kind {
        match () {
            () if self.file(path).is_some() => Kind::File,
            () if self.is_folder(path) => Kind::Directory,
            () => Kind::Missing,
        }
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        let file = self.file(path).ok_or(FileError::Missing)?;
        if file.source.len() > max {
            return Err(FileError::TooLong { max });
        }
        Ok(file.source.clone().into_bytes())
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        Ok(path.to_owned())
    }
}

/// Looks at the program in memory; nothing where there is none.
pub(crate) fn with<R>(look: impl FnOnce(&Bundle) -> R) -> Option<R> {
    BUNDLE.with_borrow(|bundle| bundle.entry.is_some().then(|| look(bundle)))
}
