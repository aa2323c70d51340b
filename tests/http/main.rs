//! The HTTP client end to end: the real binary, real guests, and real peers on loopback, which see what stands on the
//! wire and answer as well or as ill as a test wants.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, plays its peers, and fails by panicking"
)]

mod answers;
mod bodies;
mod decisions;
mod fields;
mod lookups;
mod peer;
mod requests;
mod times;
mod tls;
mod tls_peer;
