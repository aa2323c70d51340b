//! Tools in a registry, called with JSON at a real host: what comes back, what is refused, and what the log says of it.
//!
//! * `registry`: names, files, replacing and unloading while others are called.
//! * `calls`: components by their types, core modules by their bytes.
//! * `errors`: every kind, by a test of its own, and nothing of an input in any of them.
//! * `bad`: what is no tool, and what tools do that they should not.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the bans are about the host; a test lays out files, measures, and fails by panicking"
)]

mod bad;
mod calls;
mod errors;
mod registry;
mod support;
