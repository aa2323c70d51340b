//! The filesystem of a VM as its client sees it, at a real gate with a real log. Tests carry the number of the statement of the
//! sidecar's specification that they show (`s48_…`), or of the threat that they answer.
//!
//! * `operations`: the twenty operations.
//! * `decided`: the policy, and what the log says.
//! * `roots`: layers, bootstrap entries, snapshots, what is saved, native roots, what is reserved.
//! * `mounts`: memory, folders of the machine, packages.
//! * `layers`: layers that a client makes.
//! * `programs`: the same files as a guest sees them.
//! * `model`: random operations against a model.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the bans are about the host; a test makes folders of the machine, and fails by panicking"
)]

mod decided;
mod layers;
mod model;
mod mounts;
mod operations;
mod programs;
mod roots;
mod support;
