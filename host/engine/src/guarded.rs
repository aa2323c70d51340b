//! Parsing hostile bytes with code of others, which may panic.
//!
//! wasmparser has asserts that a few kilobytes can trip. A panic there is an answer about the bytes, not the end of the
//! host: nothing of ours is half done while it reads, and what it was building is dropped.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is reading hostile bytes, so that a panic is caught and answered. A program's panic hook may
/// keep silent then: the message of such a panic names files of the machine that the program was built on.
#[must_use]
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// The reader gave up on the bytes in a way that it has no error for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panicked;

/// Runs `read`, and turns its panic into a value.
///
/// # Errors
///
/// When it panicked.
pub fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Panicked> {
    let outer = GUARDED.replace(true);
    // What `read` borrows is the bytes, which it cannot change, and an engine that is made to be shared.
    let result = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    result.map_err(|_reason_names_a_build_machine| Panicked)
}
