//! The rest of the outside, behind permits: clocks, entropy, standard streams, the network.
//!
//! Everything here takes a [`tollgate_policy::Permit`] by value and acts once. It knows neither wasmtime nor the
//! rules: who may do what was decided before, at the gate.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is the door to clocks, entropy, streams and the network, and takes a permit for each use"
)]

pub mod clock;
pub mod entropy;
pub mod http;
pub mod input;
pub mod net;
pub mod output;
mod poll;
pub mod program;
mod spend;

pub use spend::WrongPermit;
