//! The module-loading functions of the contract.

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Object, Result, Value};

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

/// `[path, line, column, text]` of where a place comes from, or nothing.
fn original<'js>(ctx: Ctx<'js>, path: String, line: u32, column: u32) -> Result<Value<'js>> {
    let Some(place) = module_loading::original_position(&path, line, column) else {
        return Ok(Value::new_undefined(ctx));
    };
    let array = Array::new(ctx)?;
    array.set(0, place.path)?;
    array.set(1, place.line)?;
    array.set(2, place.column)?;
    array.set(3, place.text)?;
    Ok(array.into_value())
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("entry", Func::from(entry))?;
    object.set("resolve", Func::from(resolve))?;
    object.set("load", Func::from(load))?;
    object.set("format", Func::from(format))?;
    object.set("original", Func::from(original))?;
    Ok(object)
}
