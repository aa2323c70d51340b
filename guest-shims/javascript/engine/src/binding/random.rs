//! Entropy, of the run and never of the snapshot.

use std::cell::Cell;

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

thread_local! {
    /// Of the run: nothing draws while a snapshot is made.
    static STATE: Cell<Option<[u64; 2]>> = const { Cell::new(None) };
}

/// What `Math.random` gives: xorshift128+, of a seed that the host draws for this run. No secret may come of it.
pub(crate) fn number() -> f64 {
    let [mut first, second] = STATE.get().unwrap_or_else(|| {
        // All zeros would stay so.
        [random::get_random_u64() | 1, random::get_random_u64()]
    });
    first ^= first << 23;
    let next = first ^ second ^ (first >> 18) ^ (second >> 5);
    STATE.set(Some([second, next]));
    // As many bits as the numbers between one half and one tell apart.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let drawn = (next.wrapping_add(second) >> 11) as f64;
    drawn / (1_u64 << 53) as f64
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("fill", Func::from(fill))?;
    Ok(object)
}
