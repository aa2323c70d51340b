//! A Python program as the runner's host side serves it: a folder, an entry, and where modules are looked for.

mod collecting;
mod finder;
mod in_tree;
mod kit;
mod search;

use tollgate_bridge::{Found, Item, NoModule, Outset, Program, Sourced};
use tollgate_capability::program::Folder;
use tollgate_policy::Permit;

use crate::rooted::{Rooted, failed, refusal};
use tollgate_modules::{FileError, Files as _, Kind};

pub use collecting::{COLLECT, Collecting};
pub use finder::{FindError, Listing, find_module};
pub use in_tree::PythonInTree;
pub use kit::{PYTHON_BUILD, python_kit};
pub use search::search_path;

/// The name of the runner among those that are built on a machine.
pub const RUNNER: &str = "python";

/// The digest of what the runner that fits this host is made from, in hex: one that was made from anything else is not used.
pub const RUNNER_INPUTS: &str = env!("TOLLGATE_PYTHON_INPUTS");

/// Where a Python program begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PythonStart {
    /// A file beneath the root, by its path in the guest's tree.
    File(String),
    /// A text that lies in no file, as `-e` gives it; its path says from where it imports.
    Text {
        /// Where the file would lie.
        path: String,
        /// Its text.
        source: String,
    },
    /// What comes on standard input.
    Input {
        /// Where the file would lie.
        path: String,
    },
}

/// A program in Python.
pub struct Python {
    start: PythonStart,
    files: Rooted,
}

impl std::fmt::Debug for Python {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Python")
            .field("root", &self.files.root())
            .finish_non_exhaustive()
    }
}

impl Python {
    /// The program in `folder`, which the guest sees at `root`.
    #[must_use]
    pub fn new(folder: Folder, root: &str, start: PythonStart) -> Self {
        Self {
            start,
            files: Rooted::new(folder, root),
        }
    }

    /// Has its entry be these bytes, which were read of it before: whatever becomes of the file, this is the program that was
    /// looked at. The entry's path is the file's own, links followed. Nothing for a program that lies in no file.
    #[must_use]
    pub fn read_before(self, bytes: Vec<u8>) -> Self {
        if let PythonStart::File(path) = &self.start {
            self.files.was_read(path, bytes);
        }
        self
    }

    /// The source, by its file's own path.
    fn source(&self) -> Result<Sourced, NoModule> {
        let path = match &self.start {
            PythonStart::Text { source, .. } => return Ok(Sourced::Text(source.clone())),
            PythonStart::Input { .. } => return Ok(Sourced::Input),
            PythonStart::File(path) => path,
        };
        match self.files.kind(path) {
            Kind::File => {}
            Kind::Outside => return Err(refusal(path, &FileError::Outside)),
            Kind::Directory | Kind::Missing => return Err(refusal(path, &FileError::Missing)),
        }
        let own = self.files.real(path);
        own.map(Sourced::File)
            .map_err(|error| refusal(path, &error))
    }
}

impl Program for Python {
    fn entry(&self) -> &str {
        match &self.start {
            PythonStart::File(path)
            | PythonStart::Text { path, .. }
            | PythonStart::Input { path } => path,
        }
    }

    fn digest(&self) -> [u8; 32] {
        self.files.digest()
    }

    fn outset(&self, permit: Permit) -> Result<Outset, NoModule> {
        let _turn = self.files.open(permit)?;
        let source = self.source()?;
        let place = match &source {
            Sourced::File(path) => path,
            Sourced::Text(_) | Sourced::Input => self.entry(),
        };
        let folder = match place.rsplit_once('/') {
            Some(("", _)) | None => "/",
            Some((folder, _)) => folder,
        };
        Ok(Outset {
            search: search_path(&self.files, folder, self.files.root()),
            root: self.files.root().to_owned(),
            source,
        })
    }

    fn find(&self, name: &str, folder: &str, permit: Permit) -> Result<Option<Found>, NoModule> {
        let _turn = self.files.open(permit)?;
        self.files.own(folder)?;
        find_module(&self.files, name, folder)
            .map_err(|error| failed(error.code(), error.to_string()))
    }

    fn read(&self, path: &str, most: u64, permit: Permit) -> Result<Vec<u8>, NoModule> {
        self.files.serve_read(path, most, permit)
    }

    fn list(&self, path: &str, permit: Permit) -> Result<Vec<Item>, NoModule> {
        self.files.serve_list(path, permit)
    }
}
