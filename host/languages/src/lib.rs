//! What the host knows of programs in JavaScript and TypeScript. It touches no file, clock or process by itself.
//!
//! - [`JavaScript`]: a program, as the JavaScript engine's host side serves it.
//! - [`Resolver`]: which module a specifier leads to, as Node 20 resolves it.
//! - [`strip_types`]: TypeScript as JavaScript, with everything where it was.
//! - [`SourceMap`]: where in the original a place in a compiled text comes from.
//! - [`home`] and [`Loaded`]: which folder a program has its files in, and the digest of what was loaded of it.
//!
//! Files are reached through [`Files`], which whoever calls implements. Everything that a program sizes is bounded:
//! its files, its specifiers and its package.json are as hostile as the program is.

mod bounds;
mod detect;
mod files;
mod javascript;
mod path;
mod program;
mod resolve;
mod sourcemap;
mod typescript;

pub use bounds::{
    LONGEST_MAPPINGS, LONGEST_PACKAGE_FILE, LONGEST_PATH, LONGEST_QUOTE, LONGEST_SOURCE_MAP,
    LONGEST_SPECIFIER, LONGEST_TYPESCRIPT, MOST_ANGLES, MOST_FOLDERS, MOST_LOOKUPS, MOST_NESTING,
    MOST_PACKAGE_BYTES, MOST_PACKAGES, MOST_READ, MOST_STACK,
};
pub use files::{FileError, Files, Kind};
pub use javascript::{ENGINE, JavaScript, Start};
pub use program::{Changed, Home, Loaded, home};
pub use resolve::{Format, Module, ResolveError, Resolved, Resolver, Settings, Sought};
pub use sourcemap::{Original, SourceMap, SourceMapError, source_map_url};
pub use typescript::{TypeScriptError, TypeScriptProblem, strip_types};
