//! How this crate sees files: through whoever calls it.

use thiserror::Error;

/// What lies at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// Nothing, or nothing that could be a module: a device, a pipe, a link to nowhere.
    Missing,
    /// A link on the way leads out of what the program may see. What lies there is not said, not even whether anything
    /// does.
    Outside,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// There is no such file, or it is a directory.
    #[error("no such file")]
    Missing,
    /// The file is longer than the reader takes.
    #[error("longer than {max} bytes")]
    TooLong {
        /// What the reader takes, in bytes.
        max: usize,
    },
    /// A link on the way leads out of what the program may see.
    #[error("a link leads out of the program's folder")]
    Outside,
    /// Anything else, in words that the program may read: no host path.
    #[error("{0}")]
    Failed(String),
}

/// The files of a program, by guest path.
///
/// Every path handed over is absolute, has no `.`, `..` or empty name in it, no zero byte, and at most
/// [`LONGEST_PATH`](crate::LONGEST_PATH) bytes. Each is under the root that the resolver was given, as text: where links
/// lead is for the implementation to see to, and to answer with `Outside`.
pub trait Files {
    /// What lies at `path`.
    fn kind(&self, path: &str) -> Kind;

    /// What the file at `path` holds, if that is `max` bytes at most.
    ///
    /// # Errors
    ///
    /// The file can't be read, or is longer.
    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError>;

    /// The path that `path` leads to when all links are followed.
    ///
    /// # Errors
    ///
    /// There is nothing, or a link leads out.
    fn real(&self, path: &str) -> Result<String, FileError>;
}

impl<F: Files + ?Sized> Files for &F {
    fn kind(&self, path: &str) -> Kind {
        (**self).kind(path)
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        (**self).read(path, max)
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        (**self).real(path)
    }
}

impl<F: Files + ?Sized> Files for std::sync::Arc<F> {
    fn kind(&self, path: &str) -> Kind {
        (**self).kind(path)
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        (**self).read(path, max)
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        (**self).real(path)
    }
}
