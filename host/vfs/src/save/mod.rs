//! How a tree is written down: as blobs that are called by their digests.
//!
//! A folder's names are kept in **pages**. An entry of a page holds a name, attributes, and what it is: a small file's
//! content, a larger one's chunks (each a blob), a link's target, or the pages of a folder. A **manifest** holds the
//! root's attributes and pages, and which names are one file. So the digest of the manifest is that of the whole tree,
//! equal folders of whatever trees are the same blobs, and a change writes the pages on its way to the root and no more.
//!
//! The form is canonical: trees that are equal have one digest. Names are in the order of their bytes, zeros at the end
//! of a chunk and chunks of zeros are left out, and a page ends where the names say so (`cut`), wherever the walk began.
//! Of the times, only that of the last change of content is kept: if reading changed the digest, reading would write. A
//! tree that was restored has it as all three.
//!
//! What is read back was written by us, but the disk lies in somebody's hands: nothing in it is believed that a digest or
//! a bound does not hold, and what is made of it is charged to a quota as if a guest had made it.

mod codec;
mod page;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use page::Blob;
pub(crate) use read::{Source, restore, visit_blobs};
pub(crate) use write::{Sink, digest, save};

/// Bytes of one blob at most, and so of what is read at once: the pages of a folder whose files are as large as they can
/// be fit.
pub(crate) const MAX_BLOB_BYTES: usize = 16 * 1024 * 1024;

/// Chunks of one file at most: 16 GiB of content. The list of them is in the file's entry, and has to fit a blob.
pub(crate) const MAX_FILE_CHUNKS: usize = 262_144;

/// Names of one tree at most, all folders together.
pub(crate) const MAX_TREE_ENTRIES: u64 = 4 * 1024 * 1024;

/// What can be wrong with a tree that is written down or read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// It breaks the form, or a digest does not hold.
    #[error("{0}")]
    Corrupt(&'static str),
    /// More than one of the limits above.
    #[error("{0}")]
    TooLarge(&'static str),
    /// A pipe, socket or device.
    #[error("it holds what is neither a file nor a folder nor a link")]
    Special,
    /// The tree that is saved could not be read, or what is restored does not fit.
    #[error("{0}")]
    Filesystem(#[from] crate::FsError),
    /// The blobs could not be reached.
    #[error("cannot reach the store: {0}")]
    Host(crate::FsError),
}
