//! A tree as a list: what clients import, and what they are shown.

use thiserror::Error;

use crate::{FsError, Owner};

/// One file, folder or link of a tree, by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path from the root, beginning with a slash.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits, at most `0o7777`.
    pub mode: u32,
    /// Whose it is said to be.
    pub owner: Owner,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file, with its content.
    File(Vec<u8>),
    /// A folder.
    Directory,
    /// A symbolic link, with its target: any text, as long as it has one. Where it leads is found out when it is
    /// followed, beneath the folder that the walk began in.
    Symlink(String),
}

/// Why entries were refused, and which one it was. Read by the client that sent them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("entry {index} (`{path}`): {kind}")]
pub struct ImportError {
    /// Its place in the list, from 0.
    pub index: usize,
    /// Its path, as far as 256 bytes go.
    pub path: String,
    /// What is wrong with it.
    pub kind: ImportErrorKind,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImportErrorKind {
    /// The path does not begin with a slash.
    #[error("the path is not absolute")]
    Relative,
    /// A component of the path is `..`.
    #[error("the path contains `..`")]
    Parent,
    /// The path, or a name in it, is longer than a path can be.
    #[error("the path is too long")]
    TooLong,
    /// The path or the target contains a NUL.
    #[error("a NUL in the path or the target")]
    Nul,
    /// The path is `/`, and the entry is no folder.
    #[error("the root is a folder")]
    Root,
    /// A link without a target, or with one longer than a path can be.
    #[error("a link's target has 1 to 4,095 bytes")]
    Target,
    /// Mode bits that no file has.
    #[error("a mode beyond 0o7777")]
    Mode,
    /// An earlier entry has the same path.
    #[error("the path was there before")]
    Duplicate,
    /// What it would lie in, or replace, is of another kind; or there is no room for it.
    #[error("{0}")]
    Filesystem(#[from] FsError),
}

/// How much an export may come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportLimits {
    /// Entries.
    pub entries: usize,
    /// Bytes of paths, contents and targets together. A hole counts as what it reads as, because that is what is built.
    pub bytes: u64,
}

impl Default for ExportLimits {
    /// 131,072 entries, 128 MiB: twice what a memory filesystem holds by default, and no more than is held once.
    fn default() -> Self {
        Self {
            entries: 131_072,
            bytes: 128 * 1024 * 1024,
        }
    }
}

/// Why a tree could not be told as a list.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExportError {
    /// More entries than the limit.
    #[error("more than {limit} entries")]
    Entries {
        /// The limit.
        limit: usize,
    },
    /// More bytes than the limit.
    #[error("more than {limit} bytes of paths and contents")]
    Bytes {
        /// The limit.
        limit: u64,
    },
    /// A path that is longer than one that could be imported again.
    #[error("a path of more than {limit} bytes")]
    PathTooLong {
        /// The limit.
        limit: usize,
    },
    /// A pipe, socket or device of a host folder: nothing that a list can hold.
    #[error("neither a file nor a folder nor a link: `{path}`")]
    Special {
        /// Its path in the tree.
        path: String,
    },
    /// The tree could not be read.
    #[error("cannot read the tree: {0}")]
    Read(#[from] FsError),
}
