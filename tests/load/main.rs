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
//!
//! * `smith`: modules that nobody wrote.
//! * `defaults`: hostile components on default limits: the list of what they do, and how it ends.
//! * `entries`: each way into the host under the same denials.
//!
//! And calling what was loaded, in one process that goes on afterwards (`host`):
//! * `handles`: handles that are forged, used again, carried elsewhere, or too many.
//! * `values`: values that are not what their type says, and memory that is somewhere else.
//! * `calls`: calls that are interrupted, never return, or fail where they are hard to follow.

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
mod calls;
mod caps;
mod defaults;
mod engine;
mod entries;
mod features;
mod handles;
mod host;
mod kinds;
mod make;
mod measure;
mod mutants;
mod smith;
mod types;
mod values;
mod worker;
