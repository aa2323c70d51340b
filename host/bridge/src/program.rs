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

/// Where the source of an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sourced {
    /// In a file, by its own path.
    File(String),
    /// Here.
    Text(String),
    /// On standard input.
    Input,
}

/// Where a run begins in a language whose modules are looked for folder by folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outset {
    /// The entry.
    pub source: Sourced,
    /// The folder that the program has its files in.
    pub root: String,
    /// Where its modules are looked for, first to last.
    pub search: Vec<String>,
}

/// What a folder has under the name of a module. Paths are the files' and folders' own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A file.
    File(String),
    /// A folder that is a package, by the file that makes it one.
    Package(String),
    /// A folder that is none.
    Portion(String),
}

/// One of the things in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
}

/// What is looked for beyond the program's own files, among those that were granted to the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quest<'a> {
    /// Where a specifier leads, seen from a folder.
    Specifier {
        /// The specifier.
        specifier: &'a str,
        /// The folder, by its path in the guest's tree.
        folder: &'a str,
        /// What asks.
        asking: Asking,
    },
    /// How the text of a file is to be read.
    Format {
        /// Its path in the guest's tree.
        path: &'a str,
    },
    /// What a program begins with: a file, which may lack its extension or be a folder.
    Entry {
        /// Its path in the guest's tree.
        path: &'a str,
    },
}

/// What a search has to know before it can go on. Paths are in the guest's tree, absolute, without `.` and `..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// What lies at a path, links followed.
    Kind(String),
    /// What a file holds that describes a package.
    Package {
        /// Its path.
        path: String,
        /// The most bytes that are taken.
        most: u64,
    },
}

/// What lies at a path of the guest's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lies {
    /// A file, by its own path: links followed.
    File(String),
    /// A folder.
    Folder,
    /// Nothing that the guest may see, or nothing that could be read.
    Nothing,
}

/// Why a file is not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// There is no such file.
    #[error("no such file")]
    Missing,
    /// The policy says no, whether or not there is one.
    #[error("the policy does not let it be read")]
    Denied,
    /// It is longer than the reader takes.
    #[error("longer than {most} bytes")]
    TooLong {
        /// What the reader takes, in bytes.
        most: u64,
    },
    /// It is there, and could not be read.
    #[error("it could not be read")]
    Failed,
}

/// The answer to a [`Question`], of its own kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To [`Question::Kind`].
    Kind(Lies),
    /// To [`Question::Package`].
    Package(Result<Vec<u8>, Unread>),
}

/// How far a search has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It has to know this.
    Asks(Question),
    /// The specifier leads here: as [`Program::resolve`] says it.
    Leads(String),
    /// The file is read so; none where its text decides.
    Reads(Option<ModuleFormat>),
}

/// A search that is under way. It has no way to files: whoever drives it answers its questions, each of which is a use of
/// the outside by the guest.
pub trait Search: Send {
    /// Goes on as far as the answers go. It asks a bounded number of questions.
    ///
    /// # Errors
    ///
    /// Nothing is found.
    fn step(&mut self) -> Result<Step, NoModule>;

    /// Takes in the answer to what was asked last.
    fn answer(&mut self, reply: Reply);
}

/// What is answered to a question that is another language's.
fn foreign() -> NoModule {
    NoModule {
        code: "ERR_TOLLGATE_LANGUAGE",
        message: "the program that is run is in another language".to_owned(),
    }
}

/// A program in the source of its language: where it begins, and how its files find each other. Each function is a use of
/// the outside, and takes a permit for it. A language implements those that its runtime asks for.
pub trait Program: Send + Sync + std::fmt::Debug {
    /// The path that the operator gave for its beginning.
    fn entry(&self) -> &str;

    /// The digest of what was loaded so far of the program's own files. What it loads from folders that were granted to it
    /// is not its own.
    fn digest(&self) -> [u8; 32];

    /// What a program begins with that has no files of its own, since it lies in the guest's tree as a whole. What it loads is
    /// what the guest reads: found by [`Program::search`], and handed over by [`Program::readable`]. A file is given as the
    /// operator did, and found like a module. None for a program with files of its own.
    fn in_tree(&self) -> Option<&Begins> {
        None
    }

    /// What that path leads to. Nothing of the file itself is read.
    ///
    /// # Errors
    ///
    /// There is no such file.
    fn start(&self, _permit: Permit) -> Result<Begins, NoModule> {
        Err(foreign())
    }

    /// Where `specifier` leads, seen from a folder: a path, or the name of a built-in module with `node:` before it.
    ///
    /// # Errors
    ///
    /// Nowhere.
    fn resolve(
        &self,
        _specifier: &str,
        _folder: &str,
        _asking: Asking,
        _permit: Permit,
    ) -> Result<String, NoModule> {
        Err(foreign())
    }

    /// The text of a file, as the engine is to read it: at most `most` bytes. `path` is the file's own, links followed and
    /// nothing left out: what was decided about is what is read.
    ///
    /// # Errors
    ///
    /// It is no file of the program, is too long, or cannot be understood.
    fn load(&self, _path: &str, _most: u64, _permit: Permit) -> Result<String, NoModule> {
        Err(foreign())
    }

    /// How the text of a file is to be read, looking into at most `most` bytes of it; none where it is no module. `path` is
    /// as in [`Program::load`].
    fn format(&self, _path: &str, _most: u64, _permit: Permit) -> Option<ModuleFormat> {
        None
    }

    /// What the text at `path`, which was handed over last, compiles to under `name`: at most `most` bytes, or none. It is the
    /// host's own and reaches nothing, so that it takes no permit.
    fn code(
        &self,
        _path: &str,
        _name: String,
        _format: ModuleFormat,
        _most: u64,
    ) -> Option<Vec<u8>> {
        None
    }

    /// Whether a file of this path could be one of the program's own.
    fn may_hold(&self, _path: &str) -> bool {
        true
    }

    /// Begins to look for something among the files that were granted to the guest, by the rules that hold among the
    /// program's own; none where the language has no such rules.
    fn search(&self, _quest: Quest<'_>) -> Option<Box<dyn Search>> {
        None
    }

    /// How a text is to be read of which only itself can say so.
    fn detect(&self, _bytes: &[u8]) -> ModuleFormat {
        ModuleFormat::CommonJs
    }

    /// The text of a file that is not the program's own, as the engine is to read it. `format` is what was found of it; it
    /// is only needed where [`Program::is_slow`]. It is not counted into the digest.
    ///
    /// # Errors
    ///
    /// It cannot be understood.
    fn readable(
        &self,
        _path: &str,
        _bytes: Vec<u8>,
        _format: Option<ModuleFormat>,
    ) -> Result<String, NoModule> {
        Err(foreign())
    }

    /// Whether a file takes long to make readable for the engine, so that it is done on a thread that serves no guests.
    fn is_slow(&self, _path: &str) -> bool {
        false
    }

    /// Where the run begins, and where modules are looked for. Nothing of the entry itself is read.
    ///
    /// # Errors
    ///
    /// There is no such file.
    fn outset(&self, _permit: Permit) -> Result<Outset, NoModule> {
        Err(foreign())
    }

    /// What `folder` has under `name`, the last part of a module's name.
    ///
    /// # Errors
    ///
    /// What is there must not be loaded.
    fn find(&self, _name: &str, _folder: &str, _permit: Permit) -> Result<Option<Found>, NoModule> {
        Err(foreign())
    }

    /// The bytes of a file, at most `most`. `path` is as in [`Program::load`].
    ///
    /// # Errors
    ///
    /// It is no file of the program, or is too long.
    fn read(&self, path: &str, most: u64, permit: Permit) -> Result<Vec<u8>, NoModule>;

    /// What lies in a folder, by name; not what links lead to outside of the program. `path` is the folder's own.
    ///
    /// # Errors
    ///
    /// It is no folder of the program, or holds too much.
    fn list(&self, path: &str, permit: Permit) -> Result<Vec<Item>, NoModule>;
}
