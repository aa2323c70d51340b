//! The JavaScript half, as it is compiled in.

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Function, Object, Result};

use crate::raw;

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// How a file's function is called in stack traces, so that it can be left out of them.
const PREFIX: &str = "node:";

/// The source of a file.
fn source(name: &str) -> Option<&'static str> {
    let at = FILES.binary_search_by(|(own, _)| (*own).cmp(name)).ok()?;
    FILES.get(at).map(|(_, text)| *text)
}

/// The names of the modules that a program can ask for, as builtins.txt lists them.
pub(crate) fn builtins() -> impl Iterator<Item = String> {
    FILES.iter().filter_map(|(name, _)| {
        let own = name
            .strip_prefix("tollgate/")
            .map(|name| format!("tollgate:{name}"));
        own.or_else(|| name.strip_prefix("public/").map(str::to_owned))
    })
}

fn compile<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
    let text = source(name).unwrap_or_default();
    // What is bundled is not ours, and not all of it is strict.
    let strict = if name.starts_with("vendor/") {
        ""
    } else {
        "\"use strict\";"
    };
    let text = format!("(function (exports, require, module, binding) {{{strict}{text}\n}})");
    raw::evaluate(ctx, &text, &format!("{PREFIX}{name}"), 1)?.get()
}

/// Evaluates the library: what `boot.js` gives.
pub(crate) fn boot<'js>(ctx: &Ctx<'js>, binding: Object<'js>) -> Result<Object<'js>> {
    let factories = Object::new(ctx.clone())?;
    for (name, _) in FILES.iter().filter(|(name, _)| *name != "boot") {
        let once =
            move |ctx: Ctx<'js>, arguments: rquickjs::function::Rest<rquickjs::Value<'js>>| {
                let function = compile(&ctx, name)?;
                function.call::<_, rquickjs::Value<'js>>((arguments,))
            };
        factories.set(*name, Func::from(once))?;
    }
    let text = source("boot").unwrap_or_default();
    let boot: Function<'js> = raw::evaluate(ctx, text, "node:boot", 1)?.get()?;
    boot.call((binding, factories))
}
