//! The folder of a program, read-only: what a language's runtime loads, and nothing that the program opens by itself.
//!
//! Links are followed inside of the folder. One that leads out is [`Kind::Outside`], and says nothing of what lies there.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use cap_std::fs::Dir;
use tollgate_policy::{Permit, Scope};

pub use self::file::ReadError;

use crate::WrongPermit;
use crate::spend::spend;

mod file;
mod own;

/// What lies at a path, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Directory,
    /// Nothing, or what is neither.
    Missing,
    /// Whatever it is, it lies outside of the folder.
    Outside,
}

/// The folder, by the capability on it. It is closed but for the time of a permit: finding one module takes many looks, and
/// they are decided about together.
#[derive(Debug)]
pub struct Folder {
    dir: Dir,
    open: AtomicBool,
}

/// A permit in use. Dropped, the folder is closed.
#[derive(Debug)]
#[must_use]
pub struct Opened<'a>(&'a Folder);

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.open.store(false, Ordering::Release);
    }
}

impl Folder {
    /// The folder that `dir` is the capability on.
    #[must_use]
    pub fn new(dir: Dir) -> Self {
        Self {
            dir,
            open: AtomicBool::new(false),
        }
    }

    /// Uses a permit, for as long as what is given back lives. Uses of one folder follow each other: whoever has it keeps
    /// it to one at a time.
    ///
    /// # Errors
    ///
    /// The permit is for something else.
    pub fn open(&self, permit: Permit) -> Result<Opened<'_>, WrongPermit> {
        spend(permit, Scope::Program)?;
        self.open.store(true, Ordering::Release);
        Ok(Opened(self))
    }

    fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// What lies at a path, which is relative to the folder; the empty one is the folder itself.
    #[must_use]
    pub fn kind(&self, path: &str) -> Kind {
        if !self.is_open() {
            return Kind::Missing;
        }
        if path.is_empty() {
            return Kind::Directory;
        }
        match self.dir.metadata(path) {
            Ok(metadata) if metadata.is_file() => Kind::File,
            Ok(metadata) if metadata.is_dir() => Kind::Directory,
            Ok(_) => Kind::Missing,
            Err(error) if error.kind() == ErrorKind::PermissionDenied && self.escapes(path) => {
                Kind::Outside
            }
            Err(_) => Kind::Missing,
        }
    }

    /// What a file holds.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has more than `max` bytes.
    pub fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, ReadError> {
        match self.kind(path) {
            Kind::File => {}
            Kind::Outside => return Err(ReadError::Outside),
            Kind::Missing if !self.is_open() => return Err(ReadError::Closed),
            Kind::Directory | Kind::Missing => return Err(ReadError::Missing),
        }
        file::read(&self.dir, path, max)
    }

    /// The names in a folder, sorted, and what each leads to; not those that lead out, nor what is neither file nor folder,
    /// nor a name that is no UTF-8.
    ///
    /// # Errors
    ///
    /// There is no such folder, or it has more than `most` names.
    pub fn list(&self, path: &str, most: usize) -> Result<Vec<(String, Kind)>, ReadError> {
        match self.kind(path) {
            Kind::Directory => {}
            Kind::Outside => return Err(ReadError::Outside),
            Kind::Missing if !self.is_open() => return Err(ReadError::Closed),
            Kind::File | Kind::Missing => return Err(ReadError::Missing),
        }
        let place = if path.is_empty() { "." } else { path };
        let entries = self
            .dir
            .read_dir(place)
            .map_err(|_cause| ReadError::Failed)?;
        let mut found = Vec::new();
        for (count, entry) in entries.enumerate() {
            if count >= most {
                return Err(ReadError::TooLong);
            }
            let entry = entry.map_err(|_cause| ReadError::Failed)?;
            let kind = entry.file_type().map_err(|_cause| ReadError::Failed)?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let kind = if kind.is_file() {
                Kind::File
            } else if kind.is_dir() {
                Kind::Directory
            } else if path.is_empty() {
                self.kind(&name)
            } else {
                self.kind(&format!("{path}/{name}"))
            };
            if matches!(kind, Kind::File | Kind::Directory) {
                found.push((name, kind));
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }

    /// The path that a path leads to when all links are followed, relative to the folder.
    ///
    /// # Errors
    ///
    /// There is nothing, or a link leads out.
    pub fn real(&self, path: &str) -> Result<String, ReadError> {
        if !self.is_open() {
            return Err(ReadError::Closed);
        }
        if let Some(own) = own::path(&self.dir, path) {
            return Ok(own);
        }
        let real = self.dir.canonicalize(path).map_err(|_cause| {
            if self.escapes(path) {
                ReadError::Outside
            } else {
                ReadError::Missing
            }
        })?;
        match real.to_str() {
            Some(".") => Ok(String::new()),
            Some(real) => Ok(real.to_owned()),
            None => Err(ReadError::Missing),
        }
    }

    /// Whether a link on the way leads out. Asked only where the way failed, to tell that from a file that nobody may read.
    fn escapes(&self, path: &str) -> bool {
        let mut here = std::path::PathBuf::new();
        for name in Path::new(path).components() {
            here.push(name);
            let is_link = self
                .dir
                .symlink_metadata(&here)
                .is_ok_and(|metadata| metadata.is_symlink());
            if is_link && self.dir.metadata(&here).is_err() {
                // Of a link to nothing inside it is said that there is nothing; what it leads to is not looked at.
                return self
                    .dir
                    .metadata(&here)
                    .is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
            }
        }
        false
    }
}
