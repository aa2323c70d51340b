//! The module-loading functions of the contract: answered by the host, or by the program that lies in memory.

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Module, Object, Result, Value};

use crate::failure::throw;
use crate::raw::linking;
use crate::world::tollgate::bridge::module_loading::{self, Failure, Format, Mode};
use crate::world::tollgate::bridge::program;
use crate::{bundle, code, loader, place, raw};

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

/// Path and format of the entry, and its text where it is not to be loaded as every other file.
fn entry<'js>(ctx: Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let held = bundle::with(|bundle| {
        let path = bundle.entry()?;
        Some((path.to_owned(), bundle.file(path)?.format?))
    });
    if let Some(held) = held {
        let (path, format) =
            held.ok_or_else(|| throw(&ctx, "MODULE_NOT_FOUND", "the program has no entry"))?;
        object.set("path", path)?;
        object.set("format", name(format))?;
        return Ok(object);
    }
    let entry = program::start().map_err(thrown(&ctx))?;
    place::look_at(&entry.path, &entry.source);
    object.set("path", entry.path.as_str())?;
    object.set("format", name(entry.format))?;
    object.set("source", entry.source.as_str())?;
    code::handed_over(&entry.path, entry.source);
    Ok(object)
}

fn resolve(ctx: Ctx<'_>, specifier: String, folder: String, mode: String) -> Result<String> {
    let mode = if mode == "require" {
        Mode::Require
    } else {
        Mode::Import
    };
    match bundle::with(|bundle| bundle.resolve(&folder, mode, &specifier)) {
        Some(found) => found.map_err(thrown(&ctx)),
        None => {
            place::tell(&ctx);
            module_loading::resolve_module(&specifier, &folder, mode).map_err(thrown(&ctx))
        }
    }
}

fn load<'js>(ctx: Ctx<'js>, path: String) -> Result<Value<'js>> {
    let source = |bundle: &bundle::Bundle| Some(bundle.file(&path)?.source.clone());
    match bundle::with(source) {
        Some(Some(source)) => raw::from_text(&ctx, &source),
        Some(None) => Err(throw(
            &ctx,
            "ERR_MODULE_NOT_FOUND",
            &format!("Cannot load '{path}': it was not built in"),
        )),
        None => {
            place::tell(&ctx);
            let text = module_loading::load_file(&path).map_err(thrown(&ctx))?;
            place::look_at(&path, &text);
            let given = raw::from_text(&ctx, &text)?;
            code::handed_over(&path, text);
            Ok(given)
        }
    }
}

/// The text of a file of the program that need be no module.
fn read<'js>(ctx: Ctx<'js>, path: String) -> Result<Value<'js>> {
    match bundle::with(|bundle| bundle.file(&path).is_some()) {
        Some(_) => load(ctx, path),
        None => {
            let bytes = program::read_file(&path).map_err(thrown(&ctx))?;
            raw::from_text(&ctx, &String::from_utf8_lossy(&bytes))
        }
    }
}

/// Says where the run failed. A program in memory has nobody to tell.
fn failed(file: String, line: u32, column: u32) {
    if bundle::with(|_| ()).is_none() {
        program::failed(&file, line, column);
    }
}

/// Where the last value that was thrown was; with `here`, where the program is, for what was not thrown and is no error.
fn thrown_at<'js>(ctx: Ctx<'js>, value: Value<'js>, here: bool) -> Result<Option<Object<'js>>> {
    let Some(place) = raw::Place::of_thrown(&value, here) else {
        return Ok(None);
    };
    let object = Object::new(ctx)?;
    object.set("file", place.file())?;
    object.set("line", place.line())?;
    object.set("column", place.column())?;
    Ok(Some(object))
}

fn format(path: String) -> Option<&'static str> {
    match bundle::with(|bundle| bundle.file(&path).and_then(|file| file.format)) {
        Some(format) => format.map(name),
        None => module_loading::module_format(&path).map(name),
    }
}

/// What a path is among the files in memory: 0 a file, 1 a folder, negative where there is nothing.
fn kind(path: String) -> i32 {
    bundle::with(|bundle| {
        if bundle.file(&path).is_some() {
            0
        } else if bundle.is_folder(&path) {
            1
        } else {
            -1
        }
    })
    .unwrap_or(-1)
}

/// The files in memory: path and format one behind the other.
fn files(ctx: Ctx<'_>) -> Result<Array<'_>> {
    let list = |bundle: &bundle::Bundle| {
        let module = |(path, file): (&str, &bundle::File)| Some((path.to_owned(), file.format?));
        bundle.files().filter_map(module).collect::<Vec<_>>()
    };
    let list = bundle::with(list).unwrap_or_default();
    let array = Array::new(ctx)?;
    for (at, (path, format)) in list.into_iter().enumerate() {
        array.set(2 * at, path)?;
        array.set(2 * at + 1, name(format))?;
    }
    Ok(array)
}

/// Where specifiers lead: those of imports alone, or all.
fn targets(imports: bool) -> Vec<String> {
    let list = |bundle: &bundle::Bundle| -> Vec<String> {
        if imports {
            bundle.imported().map(ToOwned::to_owned).collect()
        } else {
            bundle.targets().map(ToOwned::to_owned).collect()
        }
    };
    bundle::with(list).unwrap_or_default()
}

/// Compiles an ES module under its key, so that no run has to.
fn declare<'js>(ctx: Ctx<'js>, key: String, source: String) -> Result<Value<'js>> {
    let module = Module::declare(ctx.clone(), key.as_str(), source)?;
    loader::describe(&ctx, &module, &key)?;
    Ok(Value::new_undefined(ctx))
}

/// Links a module that was compiled, as far as that can be done.
fn link(ctx: Ctx<'_>, key: String) -> Result<()> {
    linking::link(&ctx, &key)
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("entry", Func::from(entry))?;
    object.set("resolve", Func::from(resolve))?;
    object.set("load", Func::from(load))?;
    object.set("read", Func::from(read))?;
    object.set("failed", Func::from(failed))?;
    object.set("thrownAt", Func::from(thrown_at))?;
    object.set("format", Func::from(format))?;
    object.set("kind", Func::from(kind))?;
    object.set("files", Func::from(files))?;
    object.set("targets", Func::from(targets))?;
    object.set("declare", Func::from(declare))?;
    object.set("link", Func::from(link))?;
    Ok(object)
}
