//! The sidecar, by the statements that a sidecar of this protocol is held to: one test for each, named by its number.
//!
//! Frames by themselves (1 to 20) are spoken to it byte by byte, all else through the client. Where this sidecar does on
//! purpose another thing than the statement, the test says so in its first line and holds it to that.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, lays out files for it, and fails by panicking"
)]

mod bridges;
mod callbacks;
mod connection;
mod detached;
mod ends;
mod exec;
mod execution;
mod fetch;
mod files;
mod framing;
mod golden;
mod hostile;
mod kept;
mod layers;
mod many;
mod mounts;
mod network;
mod permissions;
mod programs;
mod served;
mod signals;
mod support;
mod tiers;
mod vms;
