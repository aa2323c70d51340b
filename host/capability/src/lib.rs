//! The rest of the outside, behind permits: clocks, entropy, standard output.
//!
//! Everything here takes a [`tollgate_policy::Permit`] by value and acts once. It knows neither wasmtime nor the
//! rules: who may do what was decided before, at the gate.

pub mod clock;
pub mod entropy;
pub mod output;
mod spend;

pub use spend::WrongPermit;
