//! Programs in JavaScript and TypeScript, through the built binary: what they find, what they may not, how they end, and
//! what the log says of them.

#![expect(
    clippy::disallowed_methods,
    reason = "the ban is about the host; a test lays out files for it, and looks at what it left"
)]

mod ends;
mod files;
mod limits;
mod modules;
mod packages;
mod shared;
