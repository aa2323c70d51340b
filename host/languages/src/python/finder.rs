//! Which module a name leads to in one folder, by the rules of Python's own finder for files.
//!
//! What differs from it: machine code and bytecode are never loaded. Where a source stands beside them it is taken, though
//! CPython would prefer machine code; where none does, the import is refused, for other folders are not what was meant.

use thiserror::Error;
use tollgate_bridge::Found;

use crate::bounds::LONGEST_PATH;
use tollgate_modules::{FileError, Files, Kind};

/// Files whose folders can be listed.
pub trait Listing: Files {
    /// The names in a folder; none where it cannot be listed.
    fn names_in(&self, folder: &str) -> Vec<String>;
}

/// Why what a folder has under a name is not loaded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FindError {
    /// A link on the way leads out of what the program may see.
    #[error("'{path}': a link leads out of the program's folder")]
    Outside {
        /// The link, or what lies behind it.
        path: String,
    },
    /// Code for a machine, and no source of it.
    #[error("'{path}' is machine code, which no guest can run")]
    Native {
        /// The file.
        path: String,
    },
    /// Code for some version of CPython, and no source of it.
    #[error("'{path}' is bytecode without its source, which is not loaded")]
    Bytecode {
        /// The file.
        path: String,
    },
    /// It vanished, or cannot be looked at.
    #[error("'{path}': {cause}")]
    Failed {
        /// The file.
        path: String,
        /// Why.
        cause: FileError,
    },
}

impl FindError {
    /// The error's `code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Outside { .. } => "ERR_TOLLGATE_LINK_OUTSIDE",
            Self::Native { .. } => "ERR_TOLLGATE_NATIVE",
            Self::Bytecode { .. } => "ERR_TOLLGATE_BYTECODE",
            Self::Failed { .. } => "EIO",
        }
    }
}

/// What `folder` has under `name`, the last part of a module's name; none where it has nothing. `folder` is absolute and in
/// its own spelling.
///
/// # Errors
///
/// What is there must not be loaded.
pub fn find_module(
    files: &impl Listing,
    name: &str,
    folder: &str,
) -> Result<Option<Found>, FindError> {
    let base = format!("{}/{name}", folder.trim_end_matches('/'));
    let odd = name.is_empty() || name.contains(['/', '.', '\0']);
    if odd || base.len() > LONGEST_PATH {
        return Ok(None);
    }
    let is_folder = kind(files, &base)? == Kind::Directory;
    if is_folder {
        let package = format!("{base}/__init__.py");
        if kind(files, &package)? == Kind::File {
            return own(files, &package).map(|path| Some(Found::Package(path)));
        }
    }
    let module = format!("{base}.py");
    if kind(files, &module)? == Kind::File {
        return own(files, &module).map(|path| Some(Found::File(path)));
    }
    refuse_compiled(files, name, folder)?;
    if is_folder {
        return own(files, &base).map(|path| Some(Found::Portion(path)));
    }
    Ok(None)
}

fn kind(files: &impl Listing, path: &str) -> Result<Kind, FindError> {
    match files.kind(path) {
        Kind::Outside => Err(FindError::Outside {
            path: path.to_owned(),
        }),
        known => Ok(known),
    }
}

fn own(files: &impl Listing, path: &str) -> Result<String, FindError> {
    files.real(path).map_err(|cause| FindError::Failed {
        path: path.to_owned(),
        cause,
    })
}

/// Refuses `name.so`, `name.cpython-314-….so`, `name.pyc` and their like.
fn refuse_compiled(files: &impl Listing, name: &str, folder: &str) -> Result<(), FindError> {
    for file in files.names_in(folder) {
        let Some(suffix) = file.strip_prefix(name).filter(|rest| rest.starts_with('.')) else {
            continue;
        };
        let path = || format!("{}/{file}", folder.trim_end_matches('/'));
        // Between name and suffix stands what it was built for, or nothing.
        if suffix == ".pyc" {
            return Err(FindError::Bytecode { path: path() });
        }
        let built_for = suffix
            .strip_suffix(".so")
            .or_else(|| suffix.strip_suffix(".pyd"));
        let is_tag = |tag: &str| {
            tag.is_empty()
                || [".cpython-", ".abi3", ".cp3"]
                    .iter()
                    .any(|start| tag.starts_with(start))
        };
        if built_for.is_some_and(is_tag) {
            return Err(FindError::Native { path: path() });
        }
    }
    Ok(())
}
