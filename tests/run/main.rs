//! The `tollgate` binary end to end: guests run under policies, and what they print, how they end and what the log
//! says of them is looked at from outside.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, lays out files for it, and fails by panicking"
)]

mod audit;
mod cache;
mod everything;
mod exits;
mod flags;
mod guests;
mod hostile_links;
mod hostile_paths;
mod hostile_text;
mod invoke;
mod limits;
mod load;
mod modules;
mod mounts;
mod permissive;
mod report;
mod secrets;
mod signals;
mod sockets;
mod special_files;
mod support;
mod times;

/// A guest without a test of its name does not compile.
macro_rules! assert_test_exists {
    ($guest:ident) => {
        const _: fn() = guests::$guest;
    };
}

tollgate_tests::foreach_guest!(assert_test_exists);
