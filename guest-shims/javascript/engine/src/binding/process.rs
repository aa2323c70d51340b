//! Arguments, environment, working directory, and the end.

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result};

use crate::failure::io;
use crate::raw;
use crate::world::wasi::cli::environment;
use crate::world::wasi::cli::exit::exit_with_code;

fn env() -> Vec<String> {
    environment::get_environment()
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .collect()
}

fn cwd() -> String {
    std::env::current_dir().map_or_else(
        |_| "/".to_owned(),
        |path| path.to_string_lossy().into_owned(),
    )
}

/// Begins in the folder that the host says.
pub(crate) fn enter() {
    if let Some(folder) = environment::initial_cwd().filter(|folder| folder != "/") {
        raw::begin_in(&folder);
    }
}

fn chdir(ctx: Ctx<'_>, path: String) -> Result<()> {
    std::env::set_current_dir(path).map_err(|error| io(&ctx, &error))
}

/// What the engine is made of: names and versions.
fn versions() -> Vec<String> {
    let engine = raw::engine_version();
    let own = env!("CARGO_PKG_VERSION").to_owned();
    vec!["quickjs".to_owned(), engine, "tollgate".to_owned(), own]
}

/// Bytes of the memory, of what the engine holds of it, and of what is in use.
fn memory(ctx: Ctx<'_>) -> Vec<f64> {
    let (held, used) = super::vm::memory(&ctx);
    let pages = core::arch::wasm32::memory_size(0);
    #[expect(clippy::cast_precision_loss, reason = "a memory of wasm32 fits")]
    let all = (pages * (64 << 10)) as f64;
    vec![all, held, used, 0.0]
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("argv", Func::from(environment::get_arguments))?;
    object.set("env", Func::from(env))?;
    object.set("cwd", Func::from(cwd))?;
    object.set("chdir", Func::from(chdir))?;
    object.set(
        "exit",
        Func::from(|code: i32| exit_with_code(u8::try_from(code & 0xff).unwrap_or(u8::MAX))),
    )?;
    object.set("versions", Func::from(versions))?;
    object.set("memory", Func::from(memory))?;
    Ok(object)
}
