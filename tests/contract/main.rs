//! `bridge-contract.json`: what a JavaScript or Python guest may ask of its
//! host, by the names that existing guest shims call.
//!
//! The document is the interface to code that is already written, so each rule
//! here is about something which would break it silently: a name listed twice
//! (which of the two signatures is served?), a convention that nothing uses any
//! more, a signature of the module loader that drifted.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot read the contract has nothing else to say"
)]

mod document;
mod not_served;
mod served;
mod shims;
mod sound;
mod wit;
