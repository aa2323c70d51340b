//! Requests to servers in a VM: the real binary, and real guests that answer at ports of the VM's own.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, looks at its process, and fails by panicking"
)]

mod component;
mod javascript;
mod many;
mod ports;
mod support;
