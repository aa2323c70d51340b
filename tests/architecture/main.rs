//! The guards of the architecture: what no compiler checks for us, checked.
//!
//! Invariant: nothing outside is reached except through a capability, with a
//! permit, at the gate, with a record. The type system holds that for code
//! which goes through the gate; these tests hold that there is no code beside
//! it. They read every production source as syntax, resolve each path through
//! imports, renames, globs, re-exports and aliases of the whole workspace, and
//! refuse host access outside a few sanctioned *folders*.
//!
//! What a parser cannot know (the type that a method is called on, a path that
//! a macro puts together) is covered twice more: by clippy's disallowed
//! methods, which see types and expansions (`clippy.toml`, held to the same
//! table), and by refusing what hides a path from a reader.
//!
//! * `sources`, `tree`, `walk`, `syntax`, `tokens`: reading; what a path means.
//! * `classes`, `bans`, `sanctioned`: the tables.
//! * `scan`: the table against the tree.
//! * `clippy`: `clippy.toml` against the table.
//! * `arrows`, `rings`, `manners`: who may know whom; `unsafe`; exemptions.
//! * `profiles`: the program that people get is built as the one that is tested.
//! * `planted_*`: each check is shown to fail on what it is there to find.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a guard that cannot read the repository must stop, and has nobody to report to but the test runner"
)]

mod arrows;
mod bans;
mod classes;
mod clippy;
mod manifests;
mod manners;
mod planted_access;
mod planted_shape;
mod planted_spellings;
mod profiles;
mod rings;
mod sanctioned;
mod scan;
mod sources;
mod syntax;
mod tokens;
mod tree;
mod walk;
