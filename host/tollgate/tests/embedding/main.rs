//! The host as a library: what only a program that embeds it can see. Each test that answers a threat carries its number.
//!
//! * `api`: loading, running, calling; options, outcomes, logs.
//! * `load`: what is refused before it runs.
//! * `interfaces`: an embedder's own interfaces at the gate.
//! * `instances`: guests that stay.
//! * `cancel`: futures that are dropped at any point.
//! * `abi`: guests that misbehave where values cross.
//! * `isolation`: what one guest leaves for the next.
//! * `languages`: programs in JavaScript.
//! * `in_tree`: programs in the guest's own tree.
//! * `live`: streams that are written and read while a guest runs, and a handle that pauses and ends it.
//! * `many`: ten thousand runs, and what the process holds after them.
//! * `crowd`: a thousand programs that live at once.
//! * `fair`: guests that spin beside guests that do not.
//! * `time`: sleeps and loops against the wall limit.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the bans are about the host; a test reads guests and measures, says what it goes without, and fails by panicking"
)]

mod abi;
mod api;
mod cancel;
mod crowd;
mod fair;
mod in_tree;
mod instances;
mod interfaces;
mod isolation;
mod languages;
mod live;
mod load;
mod many;
mod support;
mod time;
