//! JSON in, JSON out: what the mapping says of each type, what the schemas say of it, and what components say of
//! themselves.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod agreement;
mod echo;
mod functions;
mod hostile;
mod kinds;
mod mapping;
mod support;
mod text;
mod trips;
