//! The engine itself: compiling, promises, proxies, jobs.
#![expect(unsafe_code, reason = "the C interface of QuickJS")]

use std::cell::OnceCell;
use std::collections::BTreeMap;

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Function, Module, Object, Promise, Result, Value, qjs};

use crate::raw::{self, Get};
use crate::world::tollgate::bridge::module_loading::Format;
use crate::{code, runtime};

fn script<'js>(ctx: Ctx<'js>, source: String, name: String) -> Result<Value<'js>> {
    raw::evaluate(&ctx, &source, &name, 1)
}

/// A function whose body is `source`: by its code, where that was kept.
fn compile<'js>(
    ctx: Ctx<'js>,
    source: String,
    name: String,
    parameters: Vec<String>,
) -> Result<Function<'js>> {
    if parameters == code::PARAMETERS
        && let Some(kept) = code::kept(&source, &name, Format::Commonjs)
    {
        return raw::code::run_script(&ctx, &kept)?.get();
    }
    let text = code::function(&source, &parameters);
    raw::evaluate(&ctx, &text, &name, code::FIRST_LINE)?.get()
}

fn import<'js>(ctx: Ctx<'js>, name: String) -> Result<Promise<'js>> {
    Module::import(&ctx, name)
}

/// What lists a Map or a Set without looking at anything that a program can change.
const LISTS: &str = "(() => {
    const { apply } = Reflect;
    const { forEach: eachOfMap } = Map.prototype;
    const { forEach: eachOfSet } = Set.prototype;
    return {
        mapEntries(map) { const list = []; let at = 0; apply(eachOfMap, map, [(value, key) => { list[at++] = key; list[at++] = value; }]); return list; },
        setValues(set) { const list = []; let at = 0; apply(eachOfSet, set, [(value) => { list[at++] = value; }]); return list; },
    };
})()";

fn hooks<'js>(ctx: Ctx<'js>, given: Object<'js>) -> Result<()> {
    let kept = runtime::hooks(&ctx)?;
    for name in given.keys::<String>() {
        let name = name?;
        kept.set(name.as_str(), given.get::<_, Value<'js>>(name.as_str())?)?;
    }
    Ok(())
}

fn run_microtasks(ctx: Ctx<'_>) -> bool {
    let mut any = false;
    while ctx.execute_pending_job() {
        any = true;
    }
    any
}

fn promise<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Array<'js>> {
    let (state, result) = raw::promise(&ctx, &value)?;
    let array = Array::new(ctx)?;
    array.set(0, state)?;
    array.set(1, result)?;
    Ok(array)
}

fn proxy<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    let Some((target, handler)) = raw::proxy(&ctx, &value)? else {
        return Ok(Value::new_undefined(ctx));
    };
    let array = Array::new(ctx)?;
    array.set(0, target)?;
    array.set(1, handler)?;
    Ok(array.into_value())
}

/// What a Map or a Set holds, asked by the methods that they were born with.
fn entries<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    // SAFETY: both functions take any value.
    let (map, set) = unsafe { (qjs::JS_IsMap(value.as_raw()), qjs::JS_IsSet(value.as_raw())) };
    if !map && !set {
        return Ok(Value::new_undefined(ctx));
    }
    let list: Function<'js> =
        runtime::primordial(&ctx, if map { "mapEntries" } else { "setValues" })?;
    let held: Array<'js> = list.call((value,))?;
    let array = Array::new(ctx)?;
    array.set(0, held)?;
    array.set(1, map)?;
    Ok(array.into_value())
}

/// An object of each class, with the name of the class: the engine tells a class by its number alone.
const SAMPLES: &str = "[
    ['Array', []], ['Error', new Error()], ['Number', Object(1)], ['String', Object('')], ['Boolean', Object(true)],
    ['Symbol', Object(Symbol())], ['BigInt', Object(1n)], ['Date', new Date(0)], ['RegExp', /a/],
    ['Arguments', (function () { 'use strict'; return arguments; })()], ['Arguments', (function (a) { return arguments; })()],
    ['Function', function () {}], ['Function', (function () {}).bind()], ['Function', Map], ['GeneratorFunction', function* () {}],
    ['AsyncFunction', async function () {}], ['AsyncGeneratorFunction', async function* () {}],
    ['Generator', (function* () {})()], ['AsyncGenerator', (async function* () {})()],
    ['ArrayBuffer', new ArrayBuffer(0)], ['SharedArrayBuffer', new SharedArrayBuffer(0)],
    ['DataView', new DataView(new ArrayBuffer(0))], ['Map', new Map()], ['Set', new Set()],
    ['WeakMap', new WeakMap()], ['WeakSet', new WeakSet()], ['WeakRef', new WeakRef({})],
    ['FinalizationRegistry', new FinalizationRegistry(() => {})], ['Promise', Promise.resolve()],
    ['Map Iterator', new Map().entries()], ['Set Iterator', new Set().values()],
    ['Array Iterator', [].values()], ['String Iterator', ''[Symbol.iterator]()],
]";

thread_local! {
    static CLASSES: OnceCell<BTreeMap<qjs::JSClassID, String>> = const { OnceCell::new() };
}

fn learn_classes(ctx: &Ctx<'_>) -> Result<()> {
    let samples: Vec<Array<'_>> = raw::evaluate(ctx, SAMPLES, "node:classes", 1)?.get()?;
    let mut classes = BTreeMap::new();
    for sample in samples {
        let value: Value<'_> = sample.get(1)?;
        // SAFETY: the function takes any value.
        classes.insert(
            unsafe { qjs::JS_GetClassID(value.as_raw()) },
            sample.get(0)?,
        );
    }
    CLASSES.with(|known| {
        let _first = known.set(classes);
    });
    Ok(())
}

/// The name of an object's class, whatever its prototype says; `Object` for all that has none of its own.
fn kind<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    if !value.is_object() {
        return Ok(Value::new_undefined(ctx));
    }
    // SAFETY: the functions take any value.
    let (proxy, class) = unsafe {
        (
            qjs::JS_IsProxy(value.as_raw()),
            qjs::JS_GetClassID(value.as_raw()),
        )
    };
    if proxy {
        return raw::from_text(&ctx, "Proxy");
    }
    CLASSES.with(|known| {
        let name = known.get().and_then(|known| known.get(&class));
        raw::from_text(&ctx, name.map_or("Object", String::as_str))
    })
}

fn gc(ctx: Ctx<'_>) {
    ctx.run_gc();
}

/// Bytes that the engine holds, and those that are in use.
pub(super) fn memory(ctx: &Ctx<'_>) -> (f64, f64) {
    let mut usage = std::mem::MaybeUninit::<qjs::JSMemoryUsage>::zeroed();
    // SAFETY: the runtime is that of a living context, and the engine fills all of it.
    let usage = unsafe {
        qjs::JS_ComputeMemoryUsage(
            qjs::JS_GetRuntime(ctx.as_raw().as_ptr()),
            usage.as_mut_ptr(),
        );
        usage.assume_init()
    };
    #[expect(clippy::cast_precision_loss, reason = "a memory of wasm32 fits")]
    (usage.malloc_size as f64, usage.memory_used_size as f64)
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    learn_classes(ctx)?;
    hooks(
        ctx.clone(),
        raw::evaluate(ctx, LISTS, "node:lists", 1)?.get()?,
    )?;
    let object = Object::new(ctx.clone())?;
    object.set("script", Func::from(script))?;
    object.set("compile", Func::from(compile))?;
    object.set("importModule", Func::from(import))?;
    object.set("hooks", Func::from(hooks))?;
    object.set("runMicrotasks", Func::from(run_microtasks))?;
    object.set("promise", Func::from(promise))?;
    object.set("proxy", Func::from(proxy))?;
    object.set("entries", Func::from(entries))?;
    object.set("kind", Func::from(kind))?;
    object.set("gc", Func::from(gc))?;
    Ok(object)
}
