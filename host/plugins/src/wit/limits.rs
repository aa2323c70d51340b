//! What is kept of what a component says of its functions.

use tollgate::policy::{LimitRow, Unit};

use super::types::MAX_DEPTH;

/// The most functions that a component exports for JSON.
pub(crate) const MAX_FUNCTIONS: usize = 1000;
/// The most types of a component, each counted once.
pub(crate) const MAX_TYPES: usize = 1 << 16;
/// The most bytes of names and docs of one component.
pub(crate) const MAX_TEXT_BYTES: usize = 4 << 20;
/// The most bytes that the types of one function come to, where each counts for its texts and [`TYPE_BYTES`].
pub(crate) const MAX_FUNCTION_BYTES: usize = 1 << 20;
/// The same of all functions, where a type counts for each function that uses it.
pub(crate) const MAX_SCHEMAS_BYTES: usize = 16 << 20;
/// What a type comes to in a schema beside its names, roughly.
pub(crate) const TYPE_BYTES: usize = 128;
/// The most bytes of the section that has the docs; a larger one is taken for none.
pub(crate) const MAX_SECTION_BYTES: usize = 1 << 20;
/// The most bytes of what is said of one thing; what is longer is cut.
pub(crate) const MAX_DOCS_BYTES: usize = 4096;

/// Numbers that bound what is kept of a component's WIT, and that nobody states.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "tool-functions",
        Unit::Count,
        MAX_FUNCTIONS as u64,
        "Functions that one tool exports.",
        "each is listed with a schema of its own",
    ),
    LimitRow::fixed(
        "tool-types",
        Unit::Count,
        MAX_TYPES as u64,
        "Types in the functions of one tool, each counted once.",
        "each takes some hundred bytes of the host's memory for as long as the tool is loaded",
    ),
    LimitRow::fixed(
        "tool-type-levels",
        Unit::Count,
        MAX_DEPTH as u64,
        "Levels of a type, and so of the JSON of its values.",
        "a component may have no more, and a reader of JSON takes 128",
    ),
    LimitRow::fixed(
        "tool-wit-bytes",
        Unit::Bytes,
        MAX_TEXT_BYTES as u64,
        "Names and docs of the functions and types of one tool.",
        "they are kept for as long as the tool is loaded",
    ),
    LimitRow::fixed(
        "tool-function-bytes",
        Unit::Bytes,
        MAX_FUNCTION_BYTES as u64,
        "What the types of one function come to, with which it can be called.",
        "its schema is about as long, and is written as a whole",
    ),
    LimitRow::fixed(
        "tool-schemas-bytes",
        Unit::Bytes,
        MAX_SCHEMAS_BYTES as u64,
        "What the types of all functions of one tool come to.",
        "all schemas are listed at once",
    ),
    LimitRow::fixed(
        "tool-docs-bytes",
        Unit::Bytes,
        MAX_DOCS_BYTES as u64,
        "What is kept of the docs of one function, type or member.",
        "a schema holds them all",
    ),
];
