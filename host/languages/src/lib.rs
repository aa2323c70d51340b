//! What the host knows of JavaScript and TypeScript programs, without touching a file, a clock or a process.
//!
//! - [`Resolver`]: which module a specifier leads to, as Node 20 resolves it.
//! - [`strip_types`]: TypeScript as JavaScript, with everything where it was.
//!
//! Files are reached through [`Files`], which whoever calls implements. Everything that a program sizes is bounded:
//! its files, its specifiers and its package.json are as hostile as the program is.

mod bounds;
mod files;
mod path;
mod resolve;
mod typescript;

pub use bounds::{
    LONGEST_PACKAGE_FILE, LONGEST_PATH, LONGEST_QUOTE, LONGEST_SPECIFIER, LONGEST_TYPESCRIPT, MOST_ANGLES,
    MOST_LOOKUPS, MOST_NESTING, MOST_PACKAGE_BYTES, MOST_PACKAGES, MOST_READ, MOST_STACK,
};
pub use files::{FileError, Files, Kind};
pub use typescript::{TypeScriptError, TypeScriptProblem, strip_types};
pub use resolve::{Format, Module, ResolveError, Resolved, Resolver, Settings, Sought};
