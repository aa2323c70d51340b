//! Bounds on what a program sizes. Nobody can state them: they keep the host's own memory and time small, whoever wrote
//! the program.

pub use tollgate_modules::{
    LONGEST_PACKAGE_FILE, LONGEST_PATH, LONGEST_QUOTE, LONGEST_SPECIFIER, MOST_LOOKUPS,
    MOST_PACKAGE_BYTES, MOST_PACKAGES, MOST_READ,
};

/// Most questions about files of folders that were granted to the guest that one resolution asks. Each is decided and
/// recorded by itself, and what is known is gone through again after each, so that the work grows with the square of it. A
/// usual one asks ten or twenty.
pub const MOST_QUESTIONS: u32 = 256;

/// Longest TypeScript source, in bytes. The largest that people write are a fifth of this; what is larger is generated,
/// and better generated as JavaScript.
pub const LONGEST_TYPESCRIPT: usize = 1 << 20;

/// Most brackets in each other in a TypeScript source.
pub const MOST_NESTING: usize = 500;

/// Most `<` that are open at once in a TypeScript source. The parser's time grows with the square of it.
pub const MOST_ANGLES: usize = 100;

/// Most brackets that are open at once in a TypeScript source and have a `=` in them, since the last `;`. The parser's time
/// and memory grow with the square of it: with the worst source of the largest size it takes some seconds.
pub const MOST_ASSIGNED: usize = 24;

/// Largest stack of the thread that strips one source, in bytes: address space, which takes memory only as far as the
/// source nests. A source of the largest size that would take more has more brackets than letters.
pub const MOST_STACK: usize = 1 << 30;

/// Most folders above an entry that are looked at for its package.
pub const MOST_FOLDERS: usize = 256;

/// Most files that one program loads: each is remembered for the program's digest.
pub const MOST_FILES: usize = 100_000;

/// Longest file of a bundle, in bytes.
pub const LONGEST_BUNDLED: usize = 16 << 20;

/// Most bytes of all files of a bundle. They lie in the memory of every instance that is built of it.
pub const MOST_BUNDLED: usize = 64 << 20;

/// Most names of one folder that is listed.
pub const MOST_LISTED: usize = 65_536;
