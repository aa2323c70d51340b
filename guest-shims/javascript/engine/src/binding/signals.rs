//! Signals that whoever runs the program sends to it.

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result};

use super::event_loop;
use crate::bundle;
use crate::world::tollgate::host::signals::{self, Disposition};

/// Whether the signal can come. To a component of its own none does: nobody is there who sends any.
fn handle(signal: u8, handled: bool) -> bool {
    if bundle::with(|_bundle| ()).is_some() {
        return false;
    }
    let disposition = if handled {
        Disposition::Handle
    } else {
        Disposition::Default
    };
    signals::dispose(signal, disposition)
}

/// A signal that came; 0 is none.
fn next() -> u8 {
    signals::next().unwrap_or_default()
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("handle", Func::from(handle))?;
    object.set("next", Func::from(next))?;
    object.set(
        "watch",
        Func::from(|| event_loop::watch(vec![signals::subscribe()])),
    )?;
    Ok(object)
}
