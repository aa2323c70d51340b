//! `tollgate call` and `tollgate tools` by the binary: words and exit codes, what is printed where, and what the log says.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test lays out files for the host's binary, and fails by panicking"
)]

mod calls;
mod listed;
mod support;
mod words;
