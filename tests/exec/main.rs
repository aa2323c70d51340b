//! `tollgate exec` end to end: requests on standard input, answers on standard output, programs in folders that were allowed.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test lays out files for it, and fails by panicking"
)]

mod codes;
mod flags;
mod languages;
mod lines;
mod paths;
mod support;
mod times;
