//! Mounts that the client of a sidecar serves: used by the client itself, by programs in JavaScript and in WebAssembly, and
//! served by clients that say no, say nonsense or say nothing.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, lays out files for it, and fails by panicking"
)]

mod audit;
mod served;
mod support;
mod uses;
mod waits;
mod warnings;
