//! Loading what nobody vouches for: whatever a file is made of, it is refused by name or loaded within bounds, and
//! nothing that was compiled elsewhere is ever mapped. Each test carries the number of the threat that it covers.
//!
//! * `caps`: too much of something, at each static cap and below it.
//! * `types`: types that are nested, chained or flattened.
//! * `kinds`: what is no component, by each command that takes one.
//! * `features`: what is switched off.
//! * `engine`: how the engine is configured, and limits at their ends.
//! * `cache`: artifacts that are not this host's own.
//! * `mutants`: components with a few bytes changed.
//! * `worker`: the process that compiles, and what ends it.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test lays out files for it, prints what it measures, and fails by panicking"
)]

mod cache;
mod caps;
mod engine;
mod features;
mod kinds;
mod make;
mod measure;
mod mutants;
mod types;
mod worker;
