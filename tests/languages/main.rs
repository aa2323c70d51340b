//! Programs in JavaScript and TypeScript, through the built binary: what they find, what they may not, how they end, and
//! what the log says of them.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, lays out files for it, and fails by panicking"
)]

mod ends;
mod files;
mod limits;
mod modules;
mod shared;
