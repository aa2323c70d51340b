//! A JavaScript program as the engine's host side serves it: a folder, an entry, and what they lead to.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tollgate_bridge::{
    Asking, Begins, Item, ModuleFormat, NoModule, Program, ProgramEntry, Quest, Search,
};
use tollgate_capability::program::Folder;
use tollgate_engine::code::CodeRun;
use tollgate_policy::Permit;

use crate::coded::Coded;
use crate::detect::is_module;
use crate::found::{refused, seen_from};
use crate::rooted::{LoadError, Rooted, failed};
use crate::search::Searching;
use crate::typescript::strip_types;
use tollgate_modules::{Format, Module, Resolved, Resolver, Settings};

/// The engine that runs JavaScript programs: a component, built by `just guests`.
pub static ENGINE: &[u8] = include_bytes!("../../../guest-shims/javascript/javascript.wasm");

/// The digest of [`ENGINE`]: `sha256:` and 64 digits.
pub const ENGINE_DIGEST: &str = env!("TOLLGATE_ENGINE_DIGEST");

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
    /// For what lies outside of the program: everything may be there.
    beyond: Settings,
    resolver: Mutex<Resolver<Arc<Rooted>>>,
    coded: Coded,
}

impl std::fmt::Debug for JavaScript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JavaScript")
            .field("root", &self.files.root())
            .finish_non_exhaustive()
    }
}

impl JavaScript {
    /// The program in `folder`, which the guest sees at `root`.
    #[must_use]
    pub fn new(folder: Folder, root: &str, start: Start) -> Self {
        let files = Arc::new(Rooted::new(folder, root));
        let (settings, beyond) = (settings(root), settings("/"));
        Self {
            start,
            beyond,
            resolver: Mutex::new(Resolver::new(Arc::clone(&files), settings)),
            files,
            coded: Coded::default(),
        }
    }

    /// Has its entry be these bytes, which were read of it before: whatever becomes of the file, this is the program that was
    /// looked at. The entry's path is the file's own, links followed. Nothing for a text that lies in no file.
    #[must_use]
    pub fn read_before(self, bytes: Vec<u8>) -> Self {
        if let Start::File(path) = &self.start {
            self.files.was_read(path, bytes);
        }
        self
    }

    /// Has what its texts compile to taken from what `run` keeps, and kept there. Without this, and for a text that lies in
    /// no file, each run compiles them.
    pub fn keep_code(&self, run: CodeRun) {
        if matches!(self.start, Start::File(_)) {
            self.coded.keep(run);
        }
    }

    /// What keeps its code.
    #[must_use]
    pub fn code_run(&self) -> Option<&CodeRun> {
        self.coded.run()
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
        let _turn = self.files.open(permit)?;
        work(self)
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
        let text = self.text(&module.path, most as u64)?;
        let format = format_of(module.format, &text);
        Ok((format, runnable(module, text)?))
    }

    fn text(&self, path: &str, most: u64) -> Result<String, NoModule> {
        let bytes = self
            .files
            .load(path, most)
            .map_err(|error| loading(path, &error))?;
        Ok(source(bytes))
    }

    fn found_format(
        &self,
        path: &str,
        format: Format,
        most: u64,
    ) -> Result<ModuleFormat, NoModule> {
        let text = match format {
            Format::Detect => self.text(path, most)?,
            Format::CommonJs | Format::Module | Format::Json => String::new(),
        };
        Ok(format_of(format, &text))
    }
}

/// What the resolver goes by, for files beneath `root`.
pub(crate) fn settings(root: &str) -> Settings {
    Settings {
        root: root.to_owned(),
        builtins: BUILTINS.lines().map(str::to_owned).collect(),
        conditions: BTreeSet::new(),
    }
}

pub(crate) fn is_typescript(path: &str) -> bool {
    [".ts", ".mts", ".cts"]
        .iter()
        .any(|extension| path.ends_with(extension))
}

/// How a text is read of which only itself can say so.
pub(crate) fn detected(bytes: &[u8]) -> ModuleFormat {
    format_of(Format::Detect, &String::from_utf8_lossy(bytes))
}

/// The text of a file that is not the program's own, as the engine is to read it.
pub(crate) fn of_elsewhere(
    path: &str,
    bytes: Vec<u8>,
    format: Option<ModuleFormat>,
) -> Result<String, NoModule> {
    let module = Module {
        path: path.to_owned(),
        suffix: String::new(),
        format: match format {
            Some(ModuleFormat::Module) => Format::Module,
            Some(ModuleFormat::CommonJs) => Format::CommonJs,
            Some(ModuleFormat::Json) => Format::Json,
            None => Format::Detect,
        },
        typescript: is_typescript(path),
    };
    runnable(&module, source(bytes))
}

/// Bytes as every engine reads a source that is not UTF-8.
fn source(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// How a text is read; what is known beforehand is not looked for in it.
fn format_of(format: Format, text: &str) -> ModuleFormat {
    match format {
        Format::CommonJs => ModuleFormat::CommonJs,
        Format::Module => ModuleFormat::Module,
        Format::Json => ModuleFormat::Json,
        Format::Detect if is_module(text) => ModuleFormat::Module,
        Format::Detect => ModuleFormat::CommonJs,
    }
}

/// The text of a module as the engine is to read it.
fn runnable(module: &Module, text: String) -> Result<String, NoModule> {
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

/// Why a file was not loaded, in Node's words.
fn loading(path: &str, error: &LoadError) -> NoModule {
    match error {
        LoadError::File(error) => failed(
            "ERR_MODULE_NOT_FOUND",
            format!("Cannot load '{path}': {error}"),
        ),
        LoadError::Count(error) => failed(error.code(), error.to_string()),
    }
}

impl Program for JavaScript {
    fn entry(&self) -> &str {
        match &self.start {
            Start::File(path) | Start::Text { path, .. } => path,
        }
    }

    fn digest(&self) -> [u8; 32] {
        self.files.digest()
    }

    fn start(&self, permit: Permit) -> Result<Begins, NoModule> {
        let mut resolver = self.resolver();
        let _turn = self.files.open(permit)?;
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
        let _turn = self.files.open(permit)?;
        seen_from(&mut resolver, specifier, folder, asking)
    }

    fn load(&self, path: &str, most: u64, permit: Permit) -> Result<String, NoModule> {
        let mut resolver = self.resolver();
        let _turn = self.files.open(permit)?;
        let resolved = resolver.require(path, path, &[]);
        let module = own(resolved.map_err(|error| refused(&error))?, path)?;
        let text = runnable(&module, self.text(path, most)?)?;
        self.coded.hand_over(path, &text);
        Ok(text)
    }

    fn format(&self, path: &str, most: u64, permit: Permit) -> Option<ModuleFormat> {
        let mut resolver = self.resolver();
        let _turn = self.files.open(permit).ok()?;
        let module = own(Resolved::File(resolver.entry(path).ok()?), path).ok()?;
        self.found_format(&module.path, module.format, most).ok()
    }

    fn code(&self, path: &str, name: String, format: ModuleFormat, most: u64) -> Option<Vec<u8>> {
        self.coded.code(path, name, format, most)
    }

    fn may_hold(&self, path: &str) -> bool {
        // What is no path is for the resolver to refuse.
        !path.starts_with('/') || self.files.holds(path)
    }

    fn search(&self, quest: Quest<'_>) -> Option<Box<dyn Search>> {
        Some(Box::new(Searching::new(quest, self.beyond.clone())))
    }

    fn detect(&self, bytes: &[u8]) -> ModuleFormat {
        detected(bytes)
    }

    fn readable(
        &self,
        path: &str,
        bytes: Vec<u8>,
        format: Option<ModuleFormat>,
    ) -> Result<String, NoModule> {
        of_elsewhere(path, bytes, format)
    }

    fn is_slow(&self, path: &str) -> bool {
        is_typescript(path)
    }

    fn read(&self, path: &str, most: u64, permit: Permit) -> Result<Vec<u8>, NoModule> {
        self.files.serve_read(path, most, permit)
    }

    fn list(&self, path: &str, permit: Permit) -> Result<Vec<Item>, NoModule> {
        self.files.serve_list(path, permit)
    }
}
