//! Node's resolution of modules: which file a specifier leads to, over whatever shows it files.
//!
//! It is the only one. The host asks it about the files of a program and about what was granted to it, a build about what
//! it puts into a component, and the engine in that component about what was put there. So it knows nothing of hosts and
//! policies, and reaches files through [`Files`] alone, which whoever calls implements. Everything that a program sizes is
//! bounded: its files, its specifiers and its package.json are as hostile as the program is.

mod bounds;
mod files;
pub mod path;
mod resolve;

pub use bounds::{
    LONGEST_PACKAGE_FILE, LONGEST_PATH, LONGEST_QUOTE, LONGEST_SPECIFIER, MOST_LOOKUPS,
    MOST_PACKAGE_BYTES, MOST_PACKAGES, MOST_READ,
};
pub use files::{FileError, Files, Kind};
pub use resolve::{Format, Module, ResolveError, Resolved, Resolver, Settings, Sought};
