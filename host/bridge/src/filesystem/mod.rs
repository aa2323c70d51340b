//! `wasi:filesystem`: resolve, decide, act, each method three lines over `tollgate-vfs`.

pub(crate) mod convert;
mod descriptor;
pub(crate) mod listing;
pub(crate) mod objects;
pub(crate) mod open;
pub(crate) mod pass;
pub(crate) mod paths;
mod preopens;
pub(crate) mod shapes;
pub(crate) mod streams;

use tollgate_vfs::{DirHandle, FileHandle, FsError};

/// What a descriptor's handle stands for.
#[derive(Clone)]
pub(crate) enum Descriptor {
    File(FileHandle),
    Dir(DirHandle),
}

impl Descriptor {
    /// The canonical guest path that it was opened under.
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::File(file) => file.path(),
            Self::Dir(dir) => dir.path(),
        }
    }

    pub(crate) fn read_only(&self) -> bool {
        match self {
            Self::File(file) => file.read_only(),
            Self::Dir(dir) => dir.read_only(),
        }
    }

    /// The folder, for what needs one.
    pub(crate) fn into_dir(self) -> Result<DirHandle, FsError> {
        match self {
            Self::Dir(dir) => Ok(dir),
            Self::File(_) => Err(FsError::NotDirectory),
        }
    }

    /// The file, for what needs one; each function has its own word for a folder in its place.
    pub(crate) fn into_file(self, otherwise: FsError) -> Result<FileHandle, FsError> {
        match self {
            Self::File(file) => Ok(file),
            Self::Dir(_) => Err(otherwise),
        }
    }

    /// A file that was opened for writing.
    pub(crate) fn into_writable(self) -> Result<FileHandle, FsError> {
        let file = self.into_file(FsError::BadDescriptor)?;
        if file.can_write() {
            Ok(file)
        } else {
            Err(FsError::BadDescriptor)
        }
    }
}
