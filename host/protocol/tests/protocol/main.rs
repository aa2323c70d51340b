//! The protocol against what it was taken from: its schema, conversations of its original, and the statements that a
//! sidecar of it is held to (`s01_…`, by their numbers).

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the tests read the repository and what lies beside it, and say what they could not find"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod debugged;
mod golden;
mod made;
mod properties;
mod published;
mod schema;
mod statements;
mod support;
