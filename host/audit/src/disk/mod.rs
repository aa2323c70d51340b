//! Everything of this crate that touches a disk.
//!
//! A log named FILE is a set in one folder: `FILE` (the current one), `FILE.1`, `FILE.2`, … (put aside, oldest first)
//! and `FILE.head`. While one of them is being replaced, `.FILE.tollgate-next` or `.FILE.tollgate-head` may be there too.
//! A number once given stays, so that putting a file aside is one step and no kill can leave a gap: see
//! [`file_sink`].
//!
//! The folder is opened once and every file is named relative to it; no link is followed in a file's place.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the log's files, at a path that only the operator gives, and the key, with the entropy that makes it"
)]

mod file_sink;
mod folder;
mod key_file;
mod open;
mod set;

pub(crate) use folder::Folder;
pub(crate) use open::open;
pub(crate) use set::{Files, Input, LogFile, read_head};
