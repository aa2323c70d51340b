//! The one runtime of an instance: made and filled before the first run, then run once.

use std::cell::{Cell, OnceCell};

use rquickjs::prelude::{Func, Rest};
use rquickjs::{
    CatchResultExt, Ctx, FromJs, Function, Object, Persistent, Result, TypedArray, Value,
};

use crate::world::exports::tollgate::bridge::plugin::Failure;
use crate::world::tollgate::bridge::module_loading::Format;
use crate::world::wasi::cli::stderr;
use crate::{binding, code, library, loader, place, raw, snapshot};

/// Bytes that the engine may take of the stack before it throws a RangeError. The host's profile for languages has a
/// stack that holds, for each byte of it, what the engine's own frames take; a test fixes the ratio.
const STACK_BYTES: usize = 640 << 10;

/// Bytes of new objects after which garbage is looked for while the library is evaluated. A run has its own (`JS_GC_LEAST`).
const GARBAGE_BYTES: usize = 1 << 20;

/// The modules of the library that a snapshot holds evaluated.
const PRELOADED: &[&str] = &[
    "main",
    "internal/modules/entry",
    "internal/console/global",
    "process",
    "timers",
    "buffer",
    "events",
    "stream",
    "stream/promises",
    "internal/stdio",
    "internal/webstreams",
    "stream/web",
    "fs",
    "util",
    "internal/util/inspect",
    "assert",
    "url",
    "path",
    "internal/errors/messages",
    "internal/errors-fatal/print",
    "internal/process/methods",
    "internal/process/env",
    "internal/process/warning",
    "internal/process/options",
    "internal/abort-controller",
    "internal/url/files",
];

struct Runtime {
    javy: javy::Runtime,
    library: Persistent<Object<'static>>,
    hooks: Persistent<Object<'static>>,
}

thread_local! {
    static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static HOOKS: OnceCell<Persistent<Object<'static>>> = const { OnceCell::new() };
}

/// The functions that the library gave for the engine to call.
pub(crate) fn hooks<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    HOOKS.with(|hooks| match hooks.get() {
        Some(hooks) => hooks.clone().restore(ctx),
        None => Object::new(ctx.clone()),
    })
}

fn create() -> std::result::Result<Runtime, String> {
    let mut config = javy::Config::default();
    config
        .text_encoding(false)
        .weak_ref(true)
        .performance(false)
        .max_stack_size(STACK_BYTES)
        .gc_threshold(GARBAGE_BYTES);
    let javy = javy::Runtime::new(config).map_err(|error| error.to_string())?;
    javy.context()
        .runtime()
        .set_loader(loader::Modules, loader::Modules);
    javy.context()
        .runtime()
        .set_host_promise_rejection_tracker(Some(Box::new(rejected)));
    let (library, hooks) = javy.context().with(|ctx| {
        raw::watch(&ctx);
        let hooks = Object::new(ctx.clone()).map_err(|error| error.to_string())?;
        HOOKS.with(|kept| {
            let _first = kept.set(Persistent::save(&ctx, hooks.clone()));
        });
        let random = ctx
            .globals()
            .get::<_, Object<'_>>("Math")
            .and_then(|math| math.set("random", Func::from(binding::random::number)));
        random.catch(&ctx).map_err(|error| error.to_string())?;
        let made = binding::create(&ctx).and_then(|binding| library::boot(&ctx, binding));
        let library = made.catch(&ctx).map_err(|error| error.to_string())?;
        Ok::<_, String>((
            Persistent::save(&ctx, library),
            Persistent::save(&ctx, hooks),
        ))
    })?;
    Ok(Runtime {
        javy,
        library,
        hooks,
    })
}

/// A promise is rejected without a handler, or has got one after all.
fn rejected<'js>(ctx: Ctx<'js>, promise: Value<'js>, reason: Value<'js>, handled: bool) {
    let told = hooks(&ctx).and_then(|hooks| hooks.get::<_, Option<Function<'js>>>("rejection"));
    if let Ok(Some(tell)) = told {
        // What the library throws here has nowhere to go.
        let _nowhere = tell.call::<_, ()>((promise, reason, handled));
    }
}

fn with<R>(work: impl FnOnce(&Runtime) -> R) -> std::result::Result<R, String> {
    RUNTIME.with(|runtime| {
        if runtime.get().is_none() {
            let _first = runtime.set(create()?);
        }
        runtime.get().map(work).ok_or_else(String::new)
    })
}

/// What a run begins with: the library, evaluated as far as every program uses it.
pub(crate) fn initialise() -> std::result::Result<(), String> {
    with(|runtime| {
        runtime.javy.context().with(|ctx| {
            let preloaded = runtime.library.clone().restore(&ctx).and_then(|library| {
                let preload: Function<'_> = library.get("preload")?;
                preload.call::<_, ()>((PRELOADED.to_vec(),))
            });
            preloaded.catch(&ctx).map_err(|error| error.to_string())
        })?;
        place::keep_back();
        settle(runtime);
        Ok(())
    })?
}

/// Ends what is done before any run.
fn settle(runtime: &Runtime) {
    runtime.javy.context().with(|ctx| {
        ctx.run_gc();
        snapshot::settle(&ctx);
    });
}

/// Calls what the module `main` of the library has under this name.
fn main<R>(name: &str, arguments: Vec<String>) -> std::result::Result<R, String>
where
    R: for<'js> FromJs<'js>,
{
    with(|runtime| {
        runtime.javy.context().with(|ctx| {
            let _kept = &runtime.hooks;
            let ran = runtime.library.clone().restore(&ctx).and_then(|library| {
                let require: Function<'_> = library.get("require")?;
                let main: Object<'_> = require.call(("main",))?;
                let function: Function<'_> = main.get(name)?;
                function.call::<_, R>((Rest(arguments),))
            });
            ran.catch(&ctx).map_err(|error| error.to_string())
        })
    })?
}

/// Compiles the program that lies in memory, and loads what it asks of the library.
pub(crate) fn prepare(preload: Vec<String>) -> std::result::Result<(), String> {
    main::<()>("prepare", preload)?;
    with(settle)
}

/// Compiles a text and runs nothing of it: what there is to be written down of it.
pub(crate) fn compile(
    format: Format,
    name: &str,
    text: &str,
) -> std::result::Result<Vec<u8>, String> {
    with(|runtime| {
        runtime.javy.context().with(|ctx| {
            let compiled = code::compile(&ctx, format, name, text);
            compiled.catch(&ctx).map_err(|error| error.to_string())
        })
    })?
}

/// What the program is a component of.
pub(crate) fn describe_world(description: String) -> std::result::Result<(), String> {
    main("describeWorld", vec![description])
}

/// Loads the program, and says what it lacks.
pub(crate) fn try_world() -> std::result::Result<(), String> {
    match main::<Option<String>>("tryWorld", Vec::new())? {
        None => Ok(()),
        Some(lacking) => Err(lacking),
    }
}

/// Calls a function that the world exports: what it gives, or nothing where the call cannot be answered, which has been
/// said then.
///
/// While the program runs nobody calls but the ABI itself, for a resource that the library has just taken back: it knows.
pub(crate) fn invoke(function: u32, slots: Vec<u8>) -> Option<u64> {
    if BUSY.replace(true) {
        return Some(0);
    }
    let answered = called(function, slots);
    BUSY.set(false);
    match answered {
        Ok(result) => result,
        Err(error) => {
            broken(&error);
            None
        }
    }
}

fn called(function: u32, slots: Vec<u8>) -> std::result::Result<Option<u64>, String> {
    with(|runtime| {
        runtime.javy.context().with(|ctx| {
            let ran = runtime.library.clone().restore(&ctx).and_then(|library| {
                let require: Function<'_> = library.get("require")?;
                let main: Object<'_> = require.call(("main",))?;
                let invoke: Function<'_> = main.get("invoke")?;
                let slots = TypedArray::new(ctx.clone(), slots)?;
                let result: Option<TypedArray<'_, u8>> = invoke.call((function, slots))?;
                let Some(result) = result else {
                    return Ok(None);
                };
                let mut bytes = [0; 8];
                raw::with_bytes(&ctx, &result, |given| {
                    for (to, from) in bytes.iter_mut().zip(given) {
                        *to = *from;
                    }
                })?;
                Ok(Some(u64::from_le_bytes(bytes)))
            });
            ran.catch(&ctx).map_err(|error| error.to_string())
        })
    })?
}

/// The library says by itself how a program ended; this is about the library.
fn broken(error: &str) {
    let text = format!("the JavaScript engine failed: {error}\n");
    let _nobody =
        stderr::get_stderr().blocking_write_and_flush(text.get(..4096).unwrap_or(&text).as_bytes());
}

fn begin() {
    place::begin();
    binding::process::enter();
}

/// Runs the program: its exit code.
pub(crate) fn run() -> i32 {
    begin();
    match main::<Option<i32>>("run", Vec::new()) {
        Ok(code) => code.unwrap_or(0),
        Err(error) => {
            broken(&error);
            70
        }
    }
}

/// Answers the request that came in.
pub(crate) fn serve() {
    begin();
    if let Err(error) = main::<()>("serve", Vec::new()) {
        broken(&error);
    }
}

/// Asks the program as a plugin.
pub(crate) fn plugin(
    function: &str,
    arguments: Vec<String>,
) -> std::result::Result<String, Failure> {
    begin();
    // What became of it, and what it says of that.
    let answer: Vec<String> = main(function, arguments).map_err(Failure::Failed)?;
    let mut answer = answer.into_iter();
    let (kind, text) = (answer.next(), answer.next().unwrap_or_default());
    match kind.as_deref() {
        Some("ok") => Ok(text),
        Some("unknown-function") => Err(Failure::UnknownFunction(text)),
        Some("invalid-json") => Err(Failure::InvalidJson(text)),
        _ => Err(Failure::Failed(text)),
    }
}

/// A function that the engine made before any program could change what it rests on.
pub(crate) fn primordial<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
    hooks(ctx)?.get(name)
}
