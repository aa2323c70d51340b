//! What can go wrong with a store.

use thiserror::Error;

use crate::FsError;
use crate::save::TreeError;

/// Bytes of a key at most.
pub const MAX_KEY_BYTES: usize = 256;

/// Refs of one store at most. Each is a file, and all are read for a collection.
pub const MAX_REFS: usize = 65_536;

/// Why the store failed. A key is the embedder's own word; nothing tells where the store lies.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Another process, or another store of this one, has it open.
    #[error("the store is in use")]
    InUse,
    /// What lies in the folder is not a store's, or others than its owner may look into it.
    #[error("the store's folder cannot be used: {0}")]
    Folder(&'static str),
    /// A key is empty, or longer than [`MAX_KEY_BYTES`].
    #[error("a key has 1 to {MAX_KEY_BYTES} bytes")]
    Key,
    /// There are [`MAX_REFS`] keys already.
    #[error("the store has {MAX_REFS} keys already")]
    TooManyKeys,
    /// What is kept under a key is damaged.
    #[error("what is kept as `{key}` is damaged: {what}")]
    Corrupt {
        /// The key.
        key: String,
        /// In what way.
        what: &'static str,
    },
    /// The tree is larger than what can be kept.
    #[error("`{key}` cannot be kept: {what}")]
    TooLarge {
        /// The key.
        key: String,
        /// What is too large.
        what: &'static str,
    },
    /// The tree holds a pipe, socket or device.
    #[error("`{key}` cannot be kept: it holds what is neither a file nor a folder nor a link")]
    Special {
        /// The key.
        key: String,
    },
    /// What is kept is more than the quota allows, or a layer of what is to be kept cannot be read.
    #[error("`{key}`: {error}")]
    Filesystem {
        /// The key.
        key: String,
        /// Why.
        error: FsError,
    },
    /// The host's disk failed, or is full.
    #[error("the store's disk: {0}")]
    Host(FsError),
}

impl From<FsError> for StoreError {
    fn from(error: FsError) -> Self {
        Self::Host(error)
    }
}

/// What is wrong with a tree, said about a key.
pub(super) fn about(key: &str, error: TreeError) -> StoreError {
    let key = key.to_owned();
    match error {
        TreeError::Corrupt(what) => StoreError::Corrupt { key, what },
        TreeError::TooLarge(what) => StoreError::TooLarge { key, what },
        TreeError::Special => StoreError::Special { key },
        TreeError::Filesystem(error) => StoreError::Filesystem { key, error },
        TreeError::Host(error) => StoreError::Host(error),
    }
}

/// # Errors
/// [`StoreError::Key`].
pub(super) fn check_key(key: &str) -> Result<(), StoreError> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return Err(StoreError::Key);
    }
    Ok(())
}
