//! A program in the source of its language: what whoever knows the language gives to a run.

use tollgate_policy::Permit;

/// Why there is no such module: a code and a message as the language has them, which name guest paths alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoModule {
    /// For example `ERR_MODULE_NOT_FOUND`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

/// Who asks for a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// `require`, of CommonJS.
    Require,
    /// `import`, of ES modules.
    Import,
}

/// How the text of a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleFormat {
    /// An ES module.
    Module,
    /// A CommonJS module.
    CommonJs,
    /// JSON.
    Json,
}

/// Where a run begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramEntry {
    /// Its path in the guest's tree.
    pub path: String,
    /// How its text is to be read.
    pub format: ModuleFormat,
    /// Its text.
    pub source: String,
}

/// What a program begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begins {
    /// A text that lies in no file.
    Text(ProgramEntry),
    /// A file, by its own path.
    File(String),
}

/// A program in the source of its language: where it begins, and how its files find each other. Each function is a use of
/// the outside, and takes a permit for it.
pub trait Program: Send + Sync + std::fmt::Debug {
    /// The path that the operator gave for its beginning.
    fn entry(&self) -> &str;

    /// What that path leads to. Nothing of the file itself is read.
    ///
    /// # Errors
    ///
    /// There is no such file.
    fn start(&self, permit: Permit) -> Result<Begins, NoModule>;

    /// Where `specifier` leads, seen from a folder: a path, or the name of a built-in module with `node:` before it.
    ///
    /// # Errors
    ///
    /// Nowhere.
    fn resolve(
        &self,
        specifier: &str,
        folder: &str,
        asking: Asking,
        permit: Permit,
    ) -> Result<String, NoModule>;

    /// The text of a file, as the engine is to read it: at most `most` bytes. `path` is the file's own, links followed and
    /// nothing left out: what was decided about is what is read.
    ///
    /// # Errors
    ///
    /// It is no file of the program, is too long, or cannot be understood.
    fn load(&self, path: &str, most: u64, permit: Permit) -> Result<String, NoModule>;

    /// How the text of a file is to be read, looking into at most `most` bytes of it; none where it is no module. `path` is
    /// as in [`Program::load`].
    fn format(&self, path: &str, most: u64, permit: Permit) -> Option<ModuleFormat>;

    /// Whether a file takes long to make readable for the engine, so that it is done on a thread that serves no guests.
    fn is_slow(&self, path: &str) -> bool;
}
