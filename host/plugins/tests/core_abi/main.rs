//! Tools that are core modules, in the components that are generated around them, at a real host under real grants. Each
//! test that answers a threat carries its number.
//!
//! * `tools`: what goes in comes out; names; several tools; what the component around a module looks like.
//! * `refusals`: what is no tool.
//! * `lies`: every pair of numbers that a tool may give back, against the seed's own reading of them.
//! * `room`: inputs, memories and their limits.
//! * `wasi`: WASI 0.1 through the gate, granted and denied.
//! * `starts`: start functions and `_initialize`.
//! * `ends`: fuel, time, traps, codes of exit.
//! * `mutated`: modules that are damaged anywhere.

#![cfg(feature = "core-abi")]
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the bans are about the host; a test measures, and fails by panicking"
)]

mod ends;
mod lies;
mod mutated;
mod refusals;
mod room;
mod starts;
mod support;
mod tools;
mod wasi;
