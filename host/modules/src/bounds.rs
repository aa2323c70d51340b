//! Bounds on what a program sizes. Nobody can state them: they keep the host's own memory and time small, whoever wrote
//! the program.

/// Longest specifier, in bytes, that is resolved.
pub const LONGEST_SPECIFIER: usize = 4096;

/// Longest path, in bytes: the longest that a guest may use. What would be longer is not there.
pub const LONGEST_PATH: usize = 4096;

/// Longest package.json, in bytes. The largest ones of the registry, of packages with thousands of exports, are a tenth
/// of this.
pub const LONGEST_PACKAGE_FILE: usize = 1 << 20;

/// Most package.json files that a resolver keeps.
pub const MOST_PACKAGES: usize = 256;

/// Most bytes that the package.json files that a resolver keeps had together. What is parsed takes several times that.
pub const MOST_PACKAGE_BYTES: usize = 4 << 20;

/// Most questions about files that one resolution asks. A path of two hundred folders with a `node_modules` each takes
/// about two thousand.
pub const MOST_LOOKUPS: u32 = 8192;

/// Most bytes of package.json files that one resolution reads.
pub const MOST_READ: usize = 16 << 20;

/// Longest text of a package.json that an error repeats, in bytes.
pub const LONGEST_QUOTE: usize = 1024;
