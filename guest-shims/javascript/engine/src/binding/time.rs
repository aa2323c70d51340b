//! Clocks.

use rquickjs::prelude::Func;
use rquickjs::{BigInt, Ctx, Object, Result};

use crate::world::wasi::clocks::{monotonic_clock, wall_clock};

fn hrtime<'js>(ctx: Ctx<'js>) -> Result<BigInt<'js>> {
    BigInt::from_u64(ctx, monotonic_clock::now())
}

fn now() -> f64 {
    let now = wall_clock::now();
    #[expect(
        clippy::cast_precision_loss,
        reason = "a number of JavaScript holds milliseconds for longer than there are"
    )]
    let seconds = now.seconds as f64;
    seconds * 1e3 + f64::from(now.nanoseconds) / 1e6
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("hrtime", Func::from(hrtime))?;
    object.set("now", Func::from(now))?;
    Ok(object)
}
