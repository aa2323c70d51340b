//! The client against sidecars that say what a test has them say, in memory and as processes.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests start processes, listen on sockets and look at them, and their helpers fail as tests do"
)]

mod answers;
mod events;
mod hostile;
mod peer;
mod processes;
mod questions;
mod typed;
