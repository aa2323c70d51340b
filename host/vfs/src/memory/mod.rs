//! A filesystem in memory, and the writable part of every overlay.
//!
//! All nodes lie in one flat table under one lock. Directories hold numbers, not pointers, so that
//! dropping a tree of any depth needs no recursion, a rename is two edits under one lock, and a file
//! that was unlinked while open lives on by its count of handles.
//!
//! The table, the names of a directory and the chunks of a file are persistent maps (of `rpds`, whose licence lets us:
//! the other well-kept ones ask more than attribution): a clone is one pointer, and a write copies the way to what it
//! touches, if somebody else has it too, and nothing if not. That makes a fork or snapshot a matter of microseconds.
//! What belongs to one filesystem alone (who has what open) stands beside the maps, not in them.

mod content;
mod dir;
mod dir_edit;
mod file;
mod filesystem;
mod hold;
mod import;
mod layered;
mod listing;
mod node;
mod quota;
mod rename;
mod restore;
mod table;
#[cfg(test)]
mod tests;

pub use filesystem::{Clock, MemoryFs};
pub(crate) use restore::{Made, Restoring};

pub use quota::{Quota, Usage};
