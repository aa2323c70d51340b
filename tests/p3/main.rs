//! WASI 0.3 through the real binary: what works, what is refused, what ends by which limit, and what the log says.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, lays out files for it, and fails by panicking"
)]

mod binaries;
mod flags;
mod hostile;
mod live;
mod programs;
#[path = "../run/support.rs"]
#[allow(dead_code, reason = "the tests of 0.2 say more of this")]
mod support;
mod tour;

use tollgate_tests::{GuestRun, Scene};

/// A run with 0.3.
fn run<'a>(scene: &'a Scene, guest: &str) -> GuestRun<'a> {
    scene.run(guest).flags(&["--wasi-p3"])
}

/// A guest without a test of its name does not compile.
macro_rules! assert_test_exists {
    ($guest:ident) => {
        const _: fn() = programs::$guest;
    };
}

tollgate_tests::foreach_p3_guest!(assert_test_exists);
