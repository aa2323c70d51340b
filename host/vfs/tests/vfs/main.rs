//! The filesystem as its users see it: resolved, decided, acted on. What carries a number covers that
//! row of the list of threats.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "the tests prepare host directories by themselves and look at them past the filesystem under test"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod devices;
mod escape;
mod fork;
mod host;
mod hostile;
mod layers;
mod matrix;
mod memory;
mod model;
mod mounts;
mod oracle;
mod overlay;
mod read_only;
mod remote;
mod scale;
mod store;
mod support;
