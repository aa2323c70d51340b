//! Programs in JavaScript, TypeScript and Python, through the built binary: what they find, what they may not, how they end, and
//! what the log says of them.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::expect_used,
    reason = "the bans are about the host; a test lays out files for it, looks at what it left, asks Node, and fails by panicking"
)]

mod any_host;
mod bridge;
mod build;
mod build_modules;
mod code;
mod ends;
mod engine;
mod files;
mod granted;
mod limits;
mod modules;
mod packages;
mod places;
mod python;
mod shared;
mod tools;
mod web;
mod wit;
