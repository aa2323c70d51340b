//! A component that controls the sidecar: through its imports, by the embedding API.
//!
//! * `parity`: each function answers as the frame does for the same request.
//! * `grants`: what is granted, what a VM may do that a component made, and what the log says of both.
//! * `others`: several components, and what belongs to whom.
//! * `life`: what is left of a component that ended, was killed, or waits.
//! * `told`: events, questions and answers.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test makes folders of the machine, and fails by panicking"
)]

mod grants;
mod life;
mod others;
mod parity;
mod relay;
mod support;
mod told;
