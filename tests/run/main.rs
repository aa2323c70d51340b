//! The `tollgate` binary end to end: guests run under policies, and what they print, how they end and what the log
//! says of them is looked at from outside.

mod audit;
mod everything;
mod exits;
mod flags;
mod guests;
mod hostile_paths;
mod invoke;
mod limits;
mod load;
mod modules;
mod mounts;
mod permissive;
mod report;
mod secrets;
mod signals;
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
