//! The module-loading functions of the contract.

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result};

use crate::failure::throw;
use crate::world::tollgate::bridge::module_loading::{self, Failure, Format, Mode};
use crate::world::tollgate::bridge::program;

fn thrown<'js>(ctx: &Ctx<'js>) -> impl Fn(Failure) -> rquickjs::Error {
    let ctx = ctx.clone();
    move |failure| throw(&ctx, &failure.code, &failure.message)
}

fn name(format: Format) -> &'static str {
    match format {
        Format::Module => "module",
        Format::Commonjs => "commonjs",
        Format::Json => "json",
    }
}

fn entry<'js>(ctx: Ctx<'js>) -> Result<Object<'js>> {
    let entry = program::start().map_err(thrown(&ctx))?;
    let object = Object::new(ctx)?;
    object.set("path", entry.path)?;
    object.set("format", name(entry.format))?;
    object.set("source", entry.source)?;
    Ok(object)
}

fn resolve(ctx: Ctx<'_>, specifier: String, folder: String, mode: String) -> Result<String> {
    let mode = if mode == "require" {
        Mode::Require
    } else {
        Mode::Import
    };
    module_loading::resolve_module(&specifier, &folder, mode).map_err(thrown(&ctx))
}

fn load(ctx: Ctx<'_>, path: String) -> Result<String> {
    module_loading::load_file(&path).map_err(thrown(&ctx))
}

fn format(path: String) -> Option<&'static str> {
    module_loading::module_format(&path).map(name)
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("entry", Func::from(entry))?;
    object.set("resolve", Func::from(resolve))?;
    object.set("load", Func::from(load))?;
    object.set("format", Func::from(format))?;
    Ok(object)
}
