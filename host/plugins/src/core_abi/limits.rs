//! What a module may have of tools.

use tollgate::policy::{LimitRow, Unit};

/// The most tools of one module; each is an export of the component around it.
pub const MAX_FUNCTIONS: usize = 1_000;
/// The most bytes of a tool's name.
pub const MAX_NAME_BYTES: usize = 1_024;

/// Numbers of core modules that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "core-tool-functions",
        Unit::Count,
        MAX_FUNCTIONS as u64,
        "Functions of a core module that are tools.",
        "each is an export of the component around it; more would be a library",
    ),
    LimitRow::fixed(
        "core-tool-name-bytes",
        Unit::Bytes,
        MAX_NAME_BYTES as u64,
        "Length of the name of a core module's function.",
        "names that compilers make of generic functions are shorter",
    ),
];
