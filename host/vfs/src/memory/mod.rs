//! A filesystem in memory, and the writable part of every overlay.
//!
//! All nodes lie in one flat table under one lock. Directories hold numbers, not pointers, so that
//! dropping a tree of any depth needs no recursion, a rename is two edits under one lock, and a file
//! that was unlinked while open lives on by its count of handles.

mod content;
mod dir;
mod dir_edit;
mod file;
mod filesystem;
mod hold;
mod listing;
mod node;
mod quota;
mod rename;
mod table;

pub use filesystem::{Clock, MemoryFs};
pub use quota::{Quota, Usage};
