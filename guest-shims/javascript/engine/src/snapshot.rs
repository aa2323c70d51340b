//! What is done once everything is in place that all runs begin with.
//!
//! A run begins with the snapshot's memory shared, and pays for each page that it writes: in time, and in memory of its own.
//! So what is in the snapshot is made such that using it writes nothing, and what a run makes lies together.
#![expect(unsafe_code, reason = "the engine's heap and its allocator")]

use std::ptr;

use rquickjs::{Ctx, qjs};

unsafe extern "C" {
    /// Of the engine as we compile it (`toolchain/quickjs-snapshot.patch`).
    fn JS_FreezeHeap(runtime: *mut qjs::JSRuntime);
}

/// More than any gap between what is allocated: a block of it lies behind all others.
const BEHIND_ALL: usize = 1 << 20;

/// The largest gap that is looked for, and the smallest that the allocator has.
const LARGEST_GAP: usize = BEHIND_ALL / 2;
const SMALLEST_GAP: usize = 8;

/// Makes what is in the engine's heap immortal, and lets runs allocate behind it.
pub(crate) fn settle(ctx: &Ctx<'_>) {
    // SAFETY: no value of the engine is being changed: its only thread is here.
    unsafe { JS_FreezeHeap(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
    close_gaps();
}

/// Takes what is free between allocated blocks, for good: what a run allocates then lies behind everything, on few pages,
/// and not in gaps on pages that it would not write otherwise.
fn close_gaps() {
    // SAFETY: `malloc` is called with sizes that are not zero, and what it gives is freed or forgotten.
    unsafe {
        let behind = libc::malloc(BEHIND_ALL);
        libc::free(behind);
        if behind.is_null() {
            return;
        }
        let mut size = LARGEST_GAP;
        while size >= SMALLEST_GAP {
            let block = libc::malloc(size);
            if block.is_null() || block >= behind {
                libc::free(block);
                size -= if size > 4096 { size / 8 } else { SMALLEST_GAP };
            } else {
                // Nothing that happens to lie there is kept in the snapshot.
                ptr::write_bytes(block.cast::<u8>(), 0, size);
            }
        }
    }
}
