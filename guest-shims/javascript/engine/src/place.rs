//! Where the program is, told to the host while it runs: a run that a limit ends cannot be asked any more.
//!
//! The engine polls in loops and calls, every so often; a call of the host that a limit may end tells before it begins; and
//! what only waits tells where it was last. A program that lies in memory has nobody to tell.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use rquickjs::{Array, Ctx, Function, Result};

use crate::raw::Place;
use crate::world::tollgate::bridge::program;
use crate::{bundle, runtime};

/// Bytes that are kept back for what is to be said when memory has run out. They are zeroes of the snapshot that nobody
/// touches.
const RESERVE: usize = 512 << 10;

thread_local! {
    /// Whether there is a host that wants to know.
    static TELLS: Cell<bool> = const { Cell::new(false) };
    /// Whether what is told is being looked for now, which itself runs code.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Place> = const { RefCell::new(Place::NONE) };
    static IS_TOLD: Cell<bool> = const { Cell::new(true) };
    /// Whether the host has said that a limit is near.
    static IS_NEAR: Cell<bool> = const { Cell::new(false) };
    static KEPT_BACK: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// The files whose text names a source map.
    static MAPPED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Keeps something back for when memory runs out.
pub(crate) fn keep_back() {
    KEPT_BACK.set(vec![0; RESERVE]);
}

/// From here on the program runs.
pub(crate) fn begin() {
    IS_NEAR.set(false);
    TELLS.set(bundle::with(|_| ()).is_none());
}

/// Looks at the text of a file of the program: whether its places come from elsewhere.
pub(crate) fn look_at(path: &str, text: &str) {
    if text.contains("sourceMappingURL=") {
        MAPPED.with_borrow_mut(|mapped| mapped.insert(path.to_owned()));
    }
}

fn is_mapped(file: &str) -> bool {
    let path = file.strip_prefix("file://").unwrap_or(file);
    MAPPED.with_borrow(|mapped| !mapped.is_empty() && mapped.contains(path))
}

/// Notes where the program is; where it is in no code of its own, what was noted before stays.
pub(crate) fn note(ctx: &Ctx<'_>) {
    if !TELLS.get() || BUSY.get() {
        return;
    }
    if LAST.with_borrow_mut(|last| last.follow(ctx)) {
        IS_TOLD.set(false);
    }
}

/// Tells what was noted last, if that is new.
pub(crate) fn tell_noted() {
    if TELLS.get() && !BUSY.get() && !IS_TOLD.replace(true) {
        say();
    }
}

/// The host's answer: whether a limit is near.
fn say() -> bool {
    LAST.with_borrow(|last| program::at(last.file(), last.line(), last.column()))
}

/// Notes and tells: before a call of the host, and every so often, when the engine calls this by itself.
pub(crate) fn tell(ctx: &Ctx<'_>) {
    note(ctx);
    if !TELLS.get() || BUSY.get() {
        return;
    }
    let is_new = !IS_TOLD.replace(true);
    if !LAST.with_borrow(|last| is_mapped(last.file())) {
        if is_new {
            say();
        }
        return;
    }
    // What a source map says is looked for when it will most likely be wanted, and not before. From then on it alone is
    // told: the run can end at any time.
    if !IS_NEAR.get() {
        IS_NEAR.set(say());
    } else if !is_new {
        return;
    }
    if IS_NEAR.get() {
        BUSY.set(true);
        match tell_original(ctx) {
            Ok(true) => {}
            Ok(false) => {
                say();
            }
            Err(_) => {
                let _nobody_asked = ctx.catch();
                say();
            }
        }
        BUSY.set(false);
    }
}

/// Whether there is an original that was told.
fn tell_original(ctx: &Ctx<'_>) -> Result<bool> {
    let hook: Option<Function<'_>> = runtime::hooks(ctx)?.get("original")?;
    let Some(hook) = hook else { return Ok(false) };
    let (file, line, column) =
        LAST.with_borrow(|last| (last.file().to_owned(), last.line(), last.column()));
    let found: Option<Array<'_>> = hook.call((file, line, column))?;
    let Some(found) = found else { return Ok(false) };
    let file: String = found.get(0)?;
    program::at(&file, found.get(1)?, found.get(2)?);
    Ok(true)
}

/// What the engine calls where an allocation fails, before it makes the error of it: nothing may be allocated here, and no
/// code run.
pub(crate) fn out_of_memory(ctx: &Ctx<'_>) {
    drop(KEPT_BACK.take());
    note(ctx);
    tell_noted();
}
