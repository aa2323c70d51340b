//! Folders of the machine, beneath those that the operator named.
//!
//! A client names a folder by its absolute path, and a path is no authority: what counts is the handle on the operator's
//! folder, which the rest of the path is opened beneath. Names are compared to find out which handle is meant; whether the
//! path stays beneath it is for the handle to say, step by step, links and all.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::fs::Dir;
use tollgate_vfs::FsError;

/// Packages whose folders are looked at for links.
const MOST_PACKAGES: usize = 4_096;

/// The folders of the machine that clients may mount, or folders beneath them. Cheap to clone.
#[derive(Clone, Default)]
pub struct HostRoot(Arc<[(PathBuf, Dir)]>);

/// Why a folder of the machine is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// The operator named none.
    NoRoot,
    /// It lies beneath none of them.
    Outside,
    /// A link on the way leads out of the one that it lies beneath.
    Escapes,
    /// It cannot be opened.
    Failed(FsError),
}

impl HostRoot {
    /// No folder: no client may mount one.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These folders, each with the absolute path by which clients name it.
    #[must_use]
    pub fn new(folders: impl IntoIterator<Item = (PathBuf, Dir)>) -> Self {
        Self(folders.into_iter().collect())
    }

    /// A folder by its absolute path.
    pub(super) fn open(&self, path: &str) -> Result<Dir, Closed> {
        let (root, below) = self.find(path)?;
        if below.as_os_str().is_empty() {
            return root.try_clone().map_err(|error| closed(&error));
        }
        root.open_dir(below).map_err(|error| closed(&error))
    }

    /// A folder of packages, and whether that is what it is called once links are followed.
    pub(super) fn open_packages(&self, path: &str) -> Result<Option<Dir>, Closed> {
        let (root, below) = self.find(path)?;
        let real = match below.as_os_str().is_empty() {
            true => Path::new(path).to_owned(),
            false => root.canonicalize(below).map_err(|error| closed(&error))?,
        };
        if real.file_name().is_none_or(|name| name != "node_modules") {
            return Ok(None);
        }
        self.open(path).map(Some)
    }

    /// The packages of a folder that are links to folders beneath the same root, as package managers make them: name, with the
    /// scope before it, and folder. A link that leads elsewhere is none of them.
    pub(super) fn linked_packages(&self, path: &str) -> Result<Vec<(String, Dir)>, Closed> {
        let (root, below) = self.find(path)?;
        let mut linked = Vec::new();
        let packages = self.open(path)?;
        for name in names(&packages)? {
            if name.starts_with('@') {
                let Ok(scope) = packages.open_dir(&name) else {
                    continue;
                };
                for package in names(&scope)? {
                    let name = format!("{name}/{package}");
                    linked.extend(linked_package(root, &packages, below, name));
                }
            } else {
                linked.extend(linked_package(root, &packages, below, name));
            }
            if linked.len() > MOST_PACKAGES {
                return Err(Closed::Failed(FsError::InsufficientMemory));
            }
        }
        Ok(linked)
    }

    /// The operator's folder that a path lies beneath, the innermost of several, and the rest of the path.
    fn find<'p>(&self, path: &'p str) -> Result<(&Dir, &'p Path), Closed> {
        if self.0.is_empty() {
            return Err(Closed::NoRoot);
        }
        let path = Path::new(path);
        self.0
            .iter()
            .filter_map(|(root, dir)| Some((dir, path.strip_prefix(root).ok()?)))
            .min_by_key(|(_, below)| below.components().count())
            .ok_or(Closed::Outside)
    }
}

/// The package if it is a link that leads to a folder beneath the root.
fn linked_package(root: &Dir, packages: &Dir, below: &Path, name: String) -> Option<(String, Dir)> {
    let found = packages.symlink_metadata(&name).ok()?;
    if !found.file_type().is_symlink() {
        return None;
    }
    let folder = root.open_dir(below.join(&name)).ok()?;
    Some((name, folder))
}

/// The names in a folder, in their order; those that no guest could be told are left out.
fn names(folder: &Dir) -> Result<Vec<String>, Closed> {
    let mut names = Vec::new();
    for entry in folder.entries().map_err(|error| closed(&error))? {
        let entry = entry.map_err(|error| closed(&error))?;
        if names.len() >= MOST_PACKAGES {
            return Err(Closed::Failed(FsError::InsufficientMemory));
        }
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

fn closed(error: &std::io::Error) -> Closed {
    use std::io::ErrorKind;
    // What leaves the root is told by the handle as a want of permission that no system call gave.
    if error.kind() == ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
        return Closed::Escapes;
    }
    Closed::Failed(match error.kind() {
        ErrorKind::NotFound => FsError::NoEntry,
        ErrorKind::NotADirectory => FsError::NotDirectory,
        ErrorKind::PermissionDenied => FsError::Access,
        ErrorKind::InvalidFilename => FsError::NameTooLong,
        _ => FsError::Io,
    })
}

/// Without the paths: they are the machine's.
impl fmt::Debug for HostRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostRoot")
            .field("folders", &self.0.len())
            .finish()
    }
}
