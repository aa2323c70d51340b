//! What lies below: layers that show through a memory filesystem, and are never written.
//!
//! The writable side of an overlay is a memory filesystem (see `memory`) whose directories know which
//! directories lie below them. A layer's object becomes a node while somebody holds it and is forgotten
//! afterwards, unless it was changed: then the node stays, with only what differs. Content is copied up
//! chunk by chunk as it is written, names that are removed leave a whiteout, and a directory that is
//! made anew shows nothing from below. Directories of a layer can be renamed like any other, and a file
//! keeps its identity when it is changed, whoever has it open.

mod backing;
mod lower;

pub(crate) use backing::Backing;
pub(crate) use lower::{Found, Lower};
