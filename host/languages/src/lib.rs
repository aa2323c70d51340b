//! What the host knows of programs in JavaScript, TypeScript and Python. It touches no file, clock or process by itself.
//!
//! - [`JavaScript`]: a program, as the JavaScript engine's host side serves it.
//!   [`JavaScript::in_tree`]: one whose files lie in the guest's own tree; [`PythonInTree`]: the same for Python.
//! - [`Bundle`]: all files that a program leads to.
//! - [`Resolver`]: which module a specifier leads to, as Node 20 resolves it.
//! - [`strip_types`]: TypeScript as JavaScript, with everything where it was.
//! - [`Python`]: a program, as the Python runner's host side serves it; [`find_module`] is Python's own finder of files.
//!   [`Collecting`]: the same, where all of its files are collected.
//! - [`home`] and [`Loaded`]: which folder a program has its files in, and the digest of what was loaded of it.
//!
//! ```
//! use std::collections::BTreeSet;
//! use tollgate_languages::{
//!     FileError, Files, Format, Kind, Resolved, Resolver, Settings, strip_types,
//! };
//!
//! /// A program of one file.
//! struct One;
//!
//! impl Files for One {
//!     fn kind(&self, path: &str) -> Kind {
//!         if path == "/program/a.mts" { Kind::File } else { Kind::Missing }
//!     }
//!     fn read(&self, path: &str, _max: usize) -> Result<Vec<u8>, FileError> {
//!         if path == "/program/a.mts" { Ok(b"let a: 1 = 1".to_vec()) } else { Err(FileError::Missing) }
//!     }
//!     fn real(&self, path: &str) -> Result<String, FileError> {
//!         Ok(path.to_owned())
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings {
//!     root: "/program".to_owned(),
//!     builtins: BTreeSet::from(["fs".to_owned()]),
//!     conditions: BTreeSet::new(),
//! };
//! let mut resolver = Resolver::new(One, settings);
//! let found = resolver.import("./a.mts", "/program/main.mjs")?;
//! let Resolved::File(module) = found else { panic!("a file") };
//! assert_eq!((module.format, module.typescript), (Format::Module, true));
//! let text = String::from_utf8(resolver.files().read(&module.path, 1 << 20)?)?;
//! assert_eq!(strip_types(&module.path, &text, module.format)?, "let a    = 1");
//!
//! let error = resolver.import("./b.mjs", "/program/main.mjs").unwrap_err();
//! assert_eq!(error.code(), "ERR_MODULE_NOT_FOUND");
//! assert_eq!(error.to_string(), "Cannot find module '/program/b.mjs' imported from /program/main.mjs");
//! # Ok(())
//! # }
//! ```
//!
//! Files are reached through [`Files`], which whoever calls implements. Everything that a program sizes is bounded:
//! its files, its specifiers and its package.json are as hostile as the program is.

mod bounds;
mod bundle;
mod coded;
mod detect;
mod fixed;
mod found;
mod in_tree;
mod javascript;
mod program;
mod python;
mod rooted;
mod search;
mod typescript;

pub use bounds::{
    LONGEST_BUNDLED, LONGEST_PACKAGE_FILE, LONGEST_PATH, LONGEST_QUOTE, LONGEST_SPECIFIER,
    LONGEST_TYPESCRIPT, MOST_ANGLES, MOST_ASSIGNED, MOST_BUNDLED, MOST_FILES, MOST_FOLDERS,
    MOST_LISTED, MOST_LOOKUPS, MOST_NESTING, MOST_PACKAGE_BYTES, MOST_PACKAGES, MOST_QUESTIONS,
    MOST_READ, MOST_STACK,
};
pub use bundle::{Bundle, BundledFile, Link, Missing, Reads};
pub use fixed::FIXED;
pub use in_tree::JavaScriptInTree;
pub use javascript::{ENGINE, ENGINE_DIGEST, JavaScript, Start};
pub use program::{CountError, Home, Loaded, NODE, PYTHON, Packages, home};
pub use python::{
    COLLECT, Collecting, FindError, Listing, PYTHON_BUILD, Python, PythonInTree, PythonStart,
    RUNNER, RUNNER_INPUTS, find_module, python_kit, search_path,
};
pub use tollgate_modules::{
    FileError, Files, Format, Kind, Module, ResolveError, Resolved, Resolver, Settings, Sought,
};
pub use typescript::{TypeScriptError, TypeScriptProblem, strip_types};
