//! Entropy, of the run and never of the snapshot.

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result, TypedArray};

use crate::raw;
use crate::world::wasi::random::random;

/// Bytes of one call of the host.
const CHUNK: usize = 64 << 10;

fn fill<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>) -> Result<()> {
    raw::with_bytes(&ctx, &bytes, |bytes| {
        for chunk in bytes.chunks_mut(CHUNK) {
            chunk.copy_from_slice(&random::get_random_bytes(chunk.len() as u64));
        }
    })
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("fill", Func::from(fill))?;
    Ok(object)
}
