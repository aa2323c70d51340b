//! The engine itself: compiling, promises, proxies, jobs.
#![expect(unsafe_code, reason = "the C interface of QuickJS")]

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Function, Module, Object, Promise, Result, Value, qjs};

use crate::raw::{self, Get};
use crate::runtime;

fn script<'js>(ctx: Ctx<'js>, source: String, name: String) -> Result<Value<'js>> {
    raw::evaluate(&ctx, &source, &name, 1)
}

/// A function whose body is `source`. What stands before it is on its first line, so that all lines are those of the file,
/// and the columns of all but the first.
fn compile<'js>(
    ctx: Ctx<'js>,
    source: String,
    name: String,
    parameters: Vec<String>,
) -> Result<Function<'js>> {
    let parameters = parameters.join(", ");
    // A last line that is a comment must not hide what closes the function.
    let text = format!("(function ({parameters}) {{{source}\n}})");
    raw::evaluate(&ctx, &text, &name, 1)?.get()
}

fn import<'js>(ctx: Ctx<'js>, name: String) -> Result<Promise<'js>> {
    Module::import(&ctx, name)
}

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

/// The engine's name of an object's class, whatever its prototype says.
fn kind<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    if !value.is_object() {
        return Ok(Value::new_undefined(ctx));
    }
    // SAFETY: the functions take any object of this context.
    unsafe {
        if qjs::JS_IsProxy(value.as_raw()) {
            return raw::from_text(&ctx, "Proxy");
        }
        let class = qjs::JS_GetClassID(value.as_raw());
        let atom = qjs::JS_GetClassName(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), class);
        let name = qjs::JS_AtomToString(ctx.as_raw().as_ptr(), atom);
        qjs::JS_FreeAtom(ctx.as_raw().as_ptr(), atom);
        Ok(Value::from_raw(ctx, name))
    }
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
