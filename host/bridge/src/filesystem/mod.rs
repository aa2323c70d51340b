//! `wasi:filesystem`: resolve, decide, act, each method three lines over `tollgate-vfs`.

mod convert;
mod descriptor;
mod listing;
mod open;
mod pass;
mod paths;
mod preopens;
mod streams;

use tollgate_vfs::{DirHandle, FileHandle};

/// What a descriptor's handle stands for.
#[derive(Clone)]
pub(crate) enum Descriptor {
    File(FileHandle),
    Dir(DirHandle),
}

impl Descriptor {
    /// The canonical guest path that it was opened under.
    fn path(&self) -> &str {
        match self {
            Self::File(file) => file.path(),
            Self::Dir(dir) => dir.path(),
        }
    }

    fn read_only(&self) -> bool {
        match self {
            Self::File(file) => file.read_only(),
            Self::Dir(dir) => dir.read_only(),
        }
    }
}
