//! The numbers of this crate that nobody can state, for the table of limits.

use tollgate_policy::{LimitRow, Unit};

use crate::bounds;

const fn bytes(key: &'static str, value: usize, what: &'static str, why: &'static str) -> LimitRow {
    LimitRow::fixed(key, Unit::Bytes, value as u64, what, why)
}

const fn count(key: &'static str, value: usize, what: &'static str, why: &'static str) -> LimitRow {
    LimitRow::fixed(key, Unit::Count, value as u64, what, why)
}

/// Numbers of this crate that nobody can state: what a program in source may be made of.
pub const FIXED: &[LimitRow] = &[
    bytes(
        "specifier-bytes",
        bounds::LONGEST_SPECIFIER,
        "Length of a module's specifier.",
        "the longest path that a guest may use",
    ),
    bytes(
        "package-file-bytes",
        bounds::LONGEST_PACKAGE_FILE,
        "Length of a package.json.",
        "the largest ones of the registry are a tenth of it",
    ),
    count(
        "packages",
        bounds::MOST_PACKAGES,
        "Files package.json that are kept for one program.",
        "one is read again sooner than memory is held for it",
    ),
    bytes(
        "packages-bytes",
        bounds::MOST_PACKAGE_BYTES,
        "Length of all package.json that are kept for one program.",
        "what is parsed takes several times that",
    ),
    count(
        "resolution-lookups",
        bounds::MOST_LOOKUPS as usize,
        "Questions about files that one resolution asks.",
        "two hundred folders with a node_modules each take a quarter",
    ),
    count(
        "resolution-questions",
        bounds::MOST_QUESTIONS as usize,
        "Files of granted folders that one resolution asks about.",
        "a module that is missing is looked for above a hundred folders",
    ),
    bytes(
        "resolution-bytes",
        bounds::MOST_READ,
        "Length of all package.json that one resolution reads.",
        "no program that is known comes near",
    ),
    bytes(
        "typescript-bytes",
        bounds::LONGEST_TYPESCRIPT,
        "Length of a TypeScript source.",
        "five times what people write; what is larger is generated",
    ),
    count(
        "typescript-nesting",
        bounds::MOST_NESTING,
        "Brackets in each other in a TypeScript source.",
        "each takes stack of the parser",
    ),
    count(
        "typescript-angles",
        bounds::MOST_ANGLES,
        "`<` that are open at once in a TypeScript source.",
        "the parser's time grows with the square of it",
    ),
    count(
        "typescript-assigned",
        bounds::MOST_ASSIGNED,
        "Open brackets with a `=` in them in a TypeScript source.",
        "the parser's time and memory grow with the square of it",
    ),
    bytes(
        "typescript-stack",
        bounds::MOST_STACK,
        "Stack of the thread that strips one TypeScript source.",
        "address space; a source takes as much of it as it nests",
    ),
    count(
        "program-files",
        bounds::MOST_FILES,
        "Files that one program loads.",
        "each is remembered for the program's digest",
    ),
    bytes(
        "bundled-file-bytes",
        bounds::LONGEST_BUNDLED,
        "Length of one file that is built into a component.",
        "thirty times the largest bundles of packages",
    ),
    bytes(
        "bundle-bytes",
        bounds::MOST_BUNDLED,
        "Length of all files that are built into a component.",
        "they lie in the memory of every instance of it",
    ),
    count(
        "listed-names",
        bounds::MOST_LISTED,
        "Names of one folder of a program that is listed.",
        "ten times the largest folder of packages that is known",
    ),
];
