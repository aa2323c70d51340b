//! Memory and calls of a world of the user's own, for `lib/internal/world`, which knows the types.

use std::cell::RefCell;

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result, TypedArray};

use crate::raw;
use crate::raw::outside;

/// Room that was allocated for values on their way out: address, size, alignment.
type Room = (usize, usize, usize);

thread_local! {
    static HELD: RefCell<Vec<Room>> = const { RefCell::new(Vec::new()) };
}

/// How much is held.
fn mark() -> usize {
    HELD.with_borrow(Vec::len)
}

/// Lets go of all that was allocated since there were so many.
pub(crate) fn release(mark: usize) {
    let gone: Vec<Room> = HELD.with_borrow_mut(|held| held.drain(mark.min(held.len())..).collect());
    for (at, size, align) in gone {
        outside::free(at, size, align);
    }
}

fn allocate(size: usize, align: usize) -> usize {
    let at = outside::allocate(size, align);
    HELD.with_borrow_mut(|held| held.push((at, size, align)));
    at
}

fn read<'js>(ctx: Ctx<'js>, at: usize, length: usize) -> Result<TypedArray<'js, u8>> {
    TypedArray::new(ctx, outside::read(at, length))
}

fn write<'js>(ctx: Ctx<'js>, at: usize, bytes: TypedArray<'js, u8>) -> Result<()> {
    raw::with_bytes(&ctx, &bytes, |bytes| outside::write(at, bytes))
}

/// Calls a function of the world's imports; what it gives lies in the first slot then.
fn call<'js>(ctx: Ctx<'js>, function: u32, slots: TypedArray<'js, u8>) -> Result<()> {
    let given = raw::with_bytes(&ctx, &slots, |bytes| bytes.to_vec())?;
    let result = outside::call_outside(function, &given).to_le_bytes();
    raw::with_bytes(&ctx, &slots, |bytes| {
        for (to, from) in bytes.iter_mut().zip(result) {
            *to = from;
        }
    })
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("mark", Func::from(mark))?;
    object.set("release", Func::from(release))?;
    object.set("allocate", Func::from(allocate))?;
    object.set("free", Func::from(outside::free))?;
    object.set("read", Func::from(read))?;
    object.set("write", Func::from(write))?;
    object.set("call", Func::from(call))?;
    Ok(object)
}
