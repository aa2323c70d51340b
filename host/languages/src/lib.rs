//! What the host knows of programs in JavaScript and TypeScript. It touches no file, clock or process by itself.
//!
//! - [`JavaScript`]: a program, as the JavaScript engine's host side serves it.
//! - [`Resolver`]: which module a specifier leads to, as Node 20 resolves it.
//!
//! Files are reached through [`Files`], which whoever calls implements. Everything that a program sizes is bounded:
//! its files, its specifiers and its package.json are as hostile as the program is.

mod bounds;
mod detect;
mod files;
mod javascript;
mod path;
mod resolve;

pub use bounds::{
    LONGEST_PACKAGE_FILE, LONGEST_PATH, LONGEST_QUOTE, LONGEST_SPECIFIER, MOST_LOOKUPS,
    MOST_PACKAGE_BYTES, MOST_PACKAGES, MOST_READ,
};
pub use files::{FileError, Files, Kind};
pub use javascript::{ENGINE, JavaScript, Start};
pub use resolve::{Format, Module, ResolveError, Resolved, Resolver, Settings, Sought};
