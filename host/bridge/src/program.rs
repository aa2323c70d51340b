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

/// A place in a source, by its source map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, beneath the program's root.
    pub path: String,
    /// From one.
    pub line: u32,
    /// From one.
    pub column: u32,
    /// The text of the line, where it is known.
    pub text: Option<String>,
}

/// A program in the source of its language: where it begins, and how its files find each other. Each function is a use of
/// the outside, and takes a permit for it.
pub trait Program: Send + Sync + std::fmt::Debug {
    /// Where a run begins.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or not understood.
    fn start(&self, permit: Permit) -> Result<ProgramEntry, NoModule>;

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

    /// The text of a file, as the engine is to read it: at most `most` bytes.
    ///
    /// # Errors
    ///
    /// It is no file of the program, is too long, or cannot be understood.
    fn load(&self, path: &str, most: u64, permit: Permit) -> Result<String, NoModule>;

    /// How the text of a file is to be read; none where it is no module.
    fn format(&self, path: &str, permit: Permit) -> Option<ModuleFormat>;

    /// Where a place of a loaded file comes from, by its source map.
    fn origin(&self, path: &str, line: u32, column: u32, permit: Permit) -> Option<Origin>;
}
