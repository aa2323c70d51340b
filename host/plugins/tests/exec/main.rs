//! The exec transport as a library: what embedders rely on beside what `tests/exec` holds the command to.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test lays out files for it, and fails by panicking"
)]

mod calls;
mod carry;
mod ground;
mod requests;
mod swap;
