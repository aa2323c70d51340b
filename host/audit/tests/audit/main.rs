//! The log from outside: on real files, with real processes.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests look at the log's files, start children that write it, and say loudly what they skip"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that goes wrong has nobody to hand an error to"
)]

mod coalescing;
mod cut;
mod disk_full;
mod failures;
mod files;
mod flushing;
mod keys;
mod kill;
mod limits;
mod links;
mod reading;
mod ring;
mod rotation;
mod speed;
mod support;
mod tamper;
mod torn;
