//! What the Rust half gives to the JavaScript half. `../../README.md` lists it.

mod bridge;
mod compress;
mod decoders;
mod event_loop;
mod fs;
mod hash;
mod http;
mod modules;
mod numbered;
pub(crate) mod outside;
pub(crate) mod process;
pub(crate) mod random;
pub(crate) mod serve;
mod server;
mod signals;
mod stdio;
mod text;
mod time;
mod url;
mod vm;

use rquickjs::{Ctx, Object, Result};

/// Makes the whole of it.
pub(crate) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    binding.set("fs", fs::create(ctx)?)?;
    binding.set("stdio", stdio::create(ctx)?)?;
    binding.set("loop", event_loop::create(ctx)?)?;
    binding.set("time", time::create(ctx)?)?;
    binding.set("random", random::create(ctx)?)?;
    binding.set("hash", hash::create(ctx)?)?;
    binding.set("text", text::create(ctx)?)?;
    binding.set("compress", compress::create(ctx)?)?;
    binding.set("decoders", decoders::create(ctx)?)?;
    binding.set("url", url::create(ctx)?)?;
    binding.set("http", http::create(ctx)?)?;
    binding.set("serve", serve::create(ctx)?)?;
    binding.set("server", server::create(ctx)?)?;
    binding.set("signals", signals::create(ctx)?)?;
    binding.set("outside", outside::create(ctx)?)?;
    binding.set("process", process::create(ctx)?)?;
    binding.set("modules", modules::create(ctx)?)?;
    binding.set("bridge", bridge::create(ctx)?)?;
    binding.set("vm", vm::create(ctx)?)?;
    Ok(binding)
}
