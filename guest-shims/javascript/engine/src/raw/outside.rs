//! The module that a build links to the engine for a world of the user's own: `host/build/src/wit/glue.rs` makes it. Both
//! share this memory, and values lie in it as the canonical ABI has them.

use std::alloc::{Layout, alloc, dealloc};
use std::process::abort;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::binding::outside;

/// Calls what the world imports, by its number: the values lie in slots of eight bytes, and so does what is given back.
type Outside = extern "C" fn(u32, *const u8) -> u64;

static OUTSIDE: AtomicUsize = AtomicUsize::new(0);

/// The module says where its function is, when the instance is made.
// SAFETY: nothing else has this name.
#[unsafe(export_name = "tollgate-world-attach")]
extern "C" fn attach(function: usize) {
    OUTSIDE.store(function, Ordering::Relaxed);
}

/// Calls what the world exports, by its number. The slots are given away.
// SAFETY: nothing else has this name.
#[unsafe(export_name = "tollgate-world-call")]
extern "C" fn call(function: u32, slots: usize, count: usize) -> u64 {
    let given = read(slots, count * 8);
    free(slots, count * 8, 8);
    match crate::runtime::invoke(function, given) {
        Some(result) => result,
        // It has been said why.
        None => abort(),
    }
}

/// What the last result consists of has been read.
// SAFETY: nothing else has this name.
#[unsafe(export_name = "tollgate-world-post")]
extern "C" fn post() {
    outside::release(0);
}

/// Calls a function of the world's imports.
pub(crate) fn call_outside(function: u32, slots: &[u8]) -> u64 {
    let at = OUTSIDE.load(Ordering::Relaxed);
    if at == 0 {
        // The program is only being tried while it is built: there is no world yet.
        abort();
    }
    // SAFETY: `attach` was given the place of a function of this very type in the table.
    let outside = unsafe { std::mem::transmute::<usize, Outside>(at) };
    outside(function, slots.as_ptr())
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap_or_else(|_overflow| abort())
}

/// Room for a value; where nothing is needed, an address that is nobody's.
pub(crate) fn allocate(size: usize, align: usize) -> usize {
    let layout = layout(size, align);
    if size == 0 {
        return align;
    }
    // SAFETY: the layout is not empty.
    let at = unsafe { alloc(layout) };
    if at.is_null() {
        abort();
    }
    at as usize
}

/// Lets room go that `allocate` or the ABI's own function gave, with the size and alignment that it was asked for.
pub(crate) fn free(at: usize, size: usize, align: usize) {
    if size != 0 {
        // SAFETY: both give memory of the one allocator, in this layout, and the library lets each of them go once.
        unsafe { dealloc(at as *mut u8, layout(size, align)) }
    }
}

/// A copy of what lies there.
pub(crate) fn read(at: usize, length: usize) -> Vec<u8> {
    if length == 0 {
        return Vec::new();
    }
    // SAFETY: what the ABI says lies there lies there; beyond the memory's end the instance traps.
    unsafe { slice::from_raw_parts(at as *const u8, length) }.to_vec()
}

/// Puts bytes into room that `allocate` gave.
pub(crate) fn write(at: usize, bytes: &[u8]) {
    if !bytes.is_empty() {
        // SAFETY: the library writes what it allocated, and no more than that.
        unsafe { slice::from_raw_parts_mut(at as *mut u8, bytes.len()) }.copy_from_slice(bytes);
    }
}
