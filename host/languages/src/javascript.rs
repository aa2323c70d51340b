//! A JavaScript program as the engine's host side serves it: a folder, an entry, and what they lead to.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tollgate_bridge::{Asking, Begins, ModuleFormat, NoModule, Program, ProgramEntry};
use tollgate_capability::program::{self as folder, Folder};
use tollgate_policy::Permit;

use crate::detect::is_module;
use crate::files::{FileError, Files, Kind};
use crate::program::Loaded;
use crate::resolve::{Format, Module, ResolveError, Resolved, Resolver, Settings};
use crate::typescript::strip_types;

/// The engine that runs JavaScript programs: a component, built by `just guests`.
pub static ENGINE: &[u8] = include_bytes!("../../../guest-shims/javascript/javascript.wasm");

/// The names of the modules that are built into the engine, one a line.
const BUILTINS: &str = include_str!("../../../guest-shims/javascript/builtins.txt");

/// Where a program begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// A file beneath the root, by its path in the guest's tree; it may lack its extension or be a folder.
    File(String),
    /// A text that lies in no file, as `-e` gives it; its path says from where it imports.
    Text {
        /// Where the file would lie.
        path: String,
        /// Its text.
        source: String,
        /// How it is read.
        format: ModuleFormat,
    },
}

/// A program in JavaScript.
pub struct JavaScript {
    start: Start,
    files: Arc<Rooted>,
    resolver: Mutex<Resolver<Arc<Rooted>>>,
    loaded: Mutex<Loaded>,
}

impl std::fmt::Debug for JavaScript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JavaScript")
            .field("root", &self.files.root)
            .finish_non_exhaustive()
    }
}

/// A folder, and where the guest sees it.
struct Rooted {
    folder: Folder,
    /// Without a slash at its end; empty for `/`.
    root: String,
}

impl Rooted {
    /// The path beneath the folder.
    fn inner<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.root.as_str())?;
        match rest.strip_prefix('/') {
            Some(inner) => Some(inner),
            None => rest.is_empty().then_some(""),
        }
    }
}

impl Files for Arc<Rooted> {
    fn kind(&self, path: &str) -> Kind {
        let Some(inner) = self.inner(path) else {
            return Kind::Missing;
        };
        match self.folder.kind(inner) {
            folder::Kind::File => Kind::File,
            folder::Kind::Directory => Kind::Directory,
            folder::Kind::Missing => Kind::Missing,
            folder::Kind::Outside => Kind::Outside,
        }
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        let inner = self.inner(path).ok_or(FileError::Missing)?;
        self.folder.read(inner, max).map_err(|error| match error {
            folder::ReadError::Missing => FileError::Missing,
            folder::ReadError::TooLong => FileError::TooLong { max },
            folder::ReadError::Outside => FileError::Outside,
            folder::ReadError::Closed | folder::ReadError::Failed => {
                FileError::Failed(error.to_string())
            }
        })
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        let inner = self.inner(path).ok_or(FileError::Missing)?;
        if inner.is_empty() {
            return Ok(path.to_owned());
        }
        match self.folder.real(inner) {
            Ok(real) => Ok(format!("{}/{real}", self.root)),
            Err(folder::ReadError::Outside) => Err(FileError::Outside),
            Err(folder::ReadError::Missing) => Err(FileError::Missing),
            Err(error) => Err(FileError::Failed(error.to_string())),
        }
    }
}

fn refused(error: &ResolveError) -> NoModule {
    NoModule {
        code: error.code(),
        message: error.to_string(),
    }
}

fn failed(code: &'static str, message: String) -> NoModule {
    NoModule { code, message }
}

impl JavaScript {
    /// The program in `folder`, which the guest sees at `root`.
    #[must_use]
    pub fn new(folder: Folder, root: &str, start: Start) -> Self {
        let files = Arc::new(Rooted {
            folder,
            root: root.trim_end_matches('/').to_owned(),
        });
        let settings = Settings {
            root: root.to_owned(),
            builtins: BUILTINS.lines().map(str::to_owned).collect(),
            conditions: BTreeSet::new(),
        };
        Self {
            start,
            resolver: Mutex::new(Resolver::new(Arc::clone(&files), settings)),
            files,
            loaded: Mutex::default(),
        }
    }

    /// The digest of what was loaded so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.loaded().digest()
    }

    fn loaded(&self) -> MutexGuard<'_, Loaded> {
        // An entry is put in whole.
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn resolver(&self) -> MutexGuard<'_, Resolver<Arc<Rooted>>> {
        // Its cache is only ever added to.
        self.resolver.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works with the folder open; whatever is asked meanwhile is under this one permit.
    pub(crate) fn opened<T>(
        &self,
        permit: Permit,
        work: impl FnOnce(&Self) -> Result<T, NoModule>,
    ) -> Result<T, NoModule> {
        let _opened = self.files.folder.open(permit).map_err(|_| wrong_permit())?;
        work(self)
    }

    pub(crate) fn files(&self) -> &impl Files {
        &self.files
    }

    /// The file that the program begins with.
    pub(crate) fn entry_module(&self) -> Result<Module, NoModule> {
        let found = self.resolver().entry(self.entry());
        found.map_err(|error| refused(&error))
    }

    pub(crate) fn required(&self, specifier: &str, from: &str) -> Result<Resolved, NoModule> {
        let found = self.resolver().require(specifier, from, &[]);
        found.map_err(|error| refused(&error))
    }

    pub(crate) fn imported(&self, specifier: &str, from: &str) -> Result<Resolved, NoModule> {
        let found = self.resolver().import(specifier, from);
        found.map_err(|error| refused(&error))
    }

    /// How a module is read, and its text without types.
    pub(crate) fn readable(
        &self,
        module: &Module,
        most: usize,
    ) -> Result<(ModuleFormat, String), NoModule> {
        let most = most as u64;
        let format = self.found_format(&module.path, module.format, most)?;
        Ok((format, self.runnable(module, most)?))
    }

    fn text(&self, path: &str, most: u64) -> Result<String, NoModule> {
        let max = usize::try_from(most).unwrap_or(usize::MAX);
        let bytes = self.files.read(path, max).map_err(|error| {
            failed(
                "ERR_MODULE_NOT_FOUND",
                format!("Cannot load '{path}': {error}"),
            )
        })?;
        self.loaded()
            .add(path, &bytes)
            .map_err(|error| failed(error.code(), error.to_string()))?;
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
            // As every engine reads a source that is not UTF-8.
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        }))
    }

    fn found_format(
        &self,
        path: &str,
        format: Format,
        most: u64,
    ) -> Result<ModuleFormat, NoModule> {
        Ok(match format {
            Format::CommonJs => ModuleFormat::CommonJs,
            Format::Module => ModuleFormat::Module,
            Format::Json => ModuleFormat::Json,
            Format::Detect if is_module(&self.text(path, most)?) => ModuleFormat::Module,
            Format::Detect => ModuleFormat::CommonJs,
        })
    }

    /// The text of a module as the engine is to read it.
    fn runnable(&self, module: &Module, most: u64) -> Result<String, NoModule> {
        let text = self.text(&module.path, most)?;
        if !module.typescript {
            return Ok(text);
        }
        let format = match module.format {
            Format::Detect if is_module(&text) => Format::Module,
            Format::Detect => Format::CommonJs,
            known => known,
        };
        strip_types(&module.path, &text, format)
            .map_err(|error| failed(error.code(), error.to_string()))
    }
}

/// What `resolved` leads to, if that is the very file at `path`: another one, behind a link or a name that was left out,
/// was not decided about.
fn own(resolved: Resolved, path: &str) -> Result<Module, NoModule> {
    match resolved {
        Resolved::File(module) if module.path == path => Ok(module),
        Resolved::File(_) | Resolved::Builtin(_) => Err(failed(
            "ERR_MODULE_NOT_FOUND",
            format!("'{path}' is not a file's own path; resolve it first"),
        )),
    }
}

/// A built-in module with its scheme: Node's have `node:`, ours have `tollgate:` already.
pub(crate) fn in_full(name: String) -> String {
    if name.contains(':') {
        name
    } else {
        format!("node:{name}")
    }
}

/// What a permit for something else is answered with: a bug of the caller, for which a denial is the safe answer.
fn wrong_permit() -> NoModule {
    failed("EACCES", "nobody has decided about this".to_owned())
}

impl Program for JavaScript {
    fn entry(&self) -> &str {
        match &self.start {
            Start::File(path) | Start::Text { path, .. } => path,
        }
    }

    fn start(&self, permit: Permit) -> Result<Begins, NoModule> {
        let mut resolver = self.resolver();
        let _opened = self.files.folder.open(permit).map_err(|_| wrong_permit())?;
        match &self.start {
            Start::Text {
                path,
                source,
                format,
            } => Ok(Begins::Text(ProgramEntry {
                path: path.clone(),
                format: *format,
                source: source.clone(),
            })),
            Start::File(path) => {
                let module = resolver.entry(path).map_err(|error| refused(&error))?;
                Ok(Begins::File(module.path))
            }
        }
    }

    fn resolve(
        &self,
        specifier: &str,
        folder: &str,
        asking: Asking,
        permit: Permit,
    ) -> Result<String, NoModule> {
        let mut resolver = self.resolver();
        let _opened = self.files.folder.open(permit).map_err(|_| wrong_permit())?;
        let from = format!("{}/[folder]", folder.trim_end_matches('/'));
        let resolved = match asking {
            Asking::Require => resolver.require(specifier, &from, &[]),
            Asking::Import => resolver.import(specifier, &from),
        };
        match resolved.map_err(|error| refused(&error))? {
            Resolved::Builtin(name) => Ok(in_full(name)),
            Resolved::File(module) => Ok(format!("{}{}", module.path, module.suffix)),
        }
    }

    fn load(&self, path: &str, most: u64, permit: Permit) -> Result<String, NoModule> {
        let mut resolver = self.resolver();
        let _opened = self.files.folder.open(permit).map_err(|_| wrong_permit())?;
        let resolved = resolver.require(path, path, &[]);
        let module = own(resolved.map_err(|error| refused(&error))?, path)?;
        self.runnable(&module, most)
    }

    fn format(&self, path: &str, most: u64, permit: Permit) -> Option<ModuleFormat> {
        let mut resolver = self.resolver();
        let _opened = self.files.folder.open(permit).ok()?;
        let module = own(Resolved::File(resolver.entry(path).ok()?), path).ok()?;
        self.found_format(&module.path, module.format, most).ok()
    }

    fn is_slow(&self, path: &str) -> bool {
        [".ts", ".mts", ".cts"]
            .iter()
            .any(|extension| path.ends_with(extension))
    }
}
