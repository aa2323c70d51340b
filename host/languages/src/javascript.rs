//! A JavaScript program as the engine's host side serves it: a folder, an entry, and what they lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use tollgate_bridge::{Asking, ModuleFormat, NoModule, Origin, Program, ProgramEntry};
use tollgate_capability::program::{self as folder, Folder};
use tollgate_policy::Permit;

use crate::detect::is_module;
use crate::files::{FileError, Files, Kind};
use crate::resolve::{Format, ResolveError, Resolved, Resolver, Settings};

/// The engine that runs JavaScript programs: a component, built by `just guests`.
pub static ENGINE: &[u8] = include_bytes!("../../../guest-shims/javascript/javascript.wasm");

/// The most files of a program that its digest counts.
const MOST_FILES: usize = 100_000;

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
    /// The digests of what was loaded, by path.
    loaded: Mutex<BTreeMap<String, [u8; 32]>>,
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

    /// What was loaded so far: a digest over the paths and digests of all files, which does not depend on their order.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for (path, own) in self.loaded().iter() {
            digest.update((path.len() as u64).to_le_bytes());
            digest.update(path.as_bytes());
            digest.update(own);
        }
        digest.finalize().into()
    }

    fn loaded(&self) -> MutexGuard<'_, BTreeMap<String, [u8; 32]>> {
        // An entry is put in whole.
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn resolver(&self) -> MutexGuard<'_, Resolver<Arc<Rooted>>> {
        // Its cache is only ever added to.
        self.resolver.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self, path: &str, most: u64) -> Result<String, NoModule> {
        let max = usize::try_from(most).unwrap_or(usize::MAX);
        let bytes = self.files.read(path, max).map_err(|error| {
            failed(
                "ERR_MODULE_NOT_FOUND",
                format!("Cannot load '{path}': {error}"),
            )
        })?;
        let mut loaded = self.loaded();
        if loaded.len() < MOST_FILES {
            loaded.insert(path.to_owned(), Sha256::digest(&bytes).into());
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
            // As every engine reads a source that is not UTF-8.
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        }))
    }

    fn found_format(&self, path: &str, format: Format) -> ModuleFormat {
        match format {
            Format::CommonJs => ModuleFormat::CommonJs,
            Format::Module => ModuleFormat::Module,
            Format::Json => ModuleFormat::Json,
            Format::Detect => {
                let text = self.text(path, u64::from(u32::MAX)).unwrap_or_default();
                if is_module(&text) {
                    ModuleFormat::Module
                } else {
                    ModuleFormat::CommonJs
                }
            }
        }
    }
}

/// What a permit for something else is answered with: a bug of the caller, for which a denial is the safe answer.
fn wrong_permit() -> NoModule {
    failed("EACCES", "nobody has decided about this".to_owned())
}

impl Program for JavaScript {
    fn start(&self, permit: Permit) -> Result<ProgramEntry, NoModule> {
        let mut resolver = self.resolver();
        let _opened = self.files.folder.open(permit).map_err(|_| wrong_permit())?;
        match &self.start {
            Start::Text {
                path,
                source,
                format,
            } => Ok(ProgramEntry {
                path: path.clone(),
                format: *format,
                source: source.clone(),
            }),
            Start::File(path) => {
                let module = resolver.entry(path).map_err(|error| refused(&error))?;
                let source = self.text(&module.path, u64::from(u32::MAX))?;
                Ok(ProgramEntry {
                    format: self.found_format(&module.path, module.format),
                    path: module.path,
                    source,
                })
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
            Resolved::Builtin(name) => Ok(format!("node:{name}")),
            Resolved::File(module) => Ok(format!("{}{}", module.path, module.suffix)),
        }
    }

    fn load(&self, path: &str, most: u64, permit: Permit) -> Result<String, NoModule> {
        let _one_at_a_time = self.resolver();
        let _opened = self.files.folder.open(permit).map_err(|_| wrong_permit())?;
        self.text(path, most)
    }

    fn format(&self, path: &str, permit: Permit) -> Option<ModuleFormat> {
        let mut resolver = self.resolver();
        let _opened = self.files.folder.open(permit).ok()?;
        let module = resolver.entry(path).ok()?;
        Some(self.found_format(&module.path, module.format))
    }

    fn origin(&self, _path: &str, _line: u32, _column: u32) -> Option<Origin> {
        None
    }
}
