//! QuickJS compiled for this machine: runs one module as `tests/differential/guest.mjs` runs it in the engine component,
//! so that what the two print can be compared.
//!
//! usage: tollgate-native-quickjs FILE
//!
//! A program finds the language and `print`. What nobody caught is printed too, in the words of `guest.mjs`; the exit
//! code is about this tool alone.

use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::{env, fs};

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::prelude::Func;
use rquickjs::{
    CatchResultExt, Context, Ctx, Error, Function, Module, Object, Persistent, Result, Runtime, qjs,
};

/// Bytes of the stack that the engine may take: half of what the main thread has by default.
const STACK_BYTES: usize = 4 << 20;

/// What is printed beside the program's own lines. Evaluated before the program, which may change every builtin.
const DRIVER: &str = "((write) => {
    const text = String;
    const { is } = Object;
    const rejections = [];
    let settled = false;
    globalThis.print = (line) => write(`${line}`);
    return {
        rejected(promise, reason, handled) {
            if (!handled) rejections[rejections.length] = { promise, reason, handled };
            for (let at = 0; handled && at < rejections.length; at++) {
                if (rejections[at].promise !== promise) continue;
                rejections[at].handled = true;
                // Where a module throws, the engine rejects a promise of its own with the same reason just before.
                const before = rejections[at - 1];
                if (before !== undefined && is(before.reason, reason)) before.handled = true;
            }
        },
        run(key) {
            import(key).then(() => { settled = true; }, (error) => {
                settled = true;
                write(`uncaught: ${text(error)}`);
            });
        },
        end() {
            for (let at = 0; at < rejections.length; at++) {
                if (!rejections[at].handled) write(`unhandled: ${text(rejections[at].reason)}`);
            }
            if (!settled) write('unsettled');
        },
    };
})";

/// A module is known by its whole path.
struct Files;

impl Resolver for Files {
    fn resolve<'js>(
        &mut self,
        _ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        let folder = Path::new(base).parent().unwrap_or(Path::new("/"));
        let path = plain(&folder.join(name));
        let path = path.to_str().filter(|_| path.is_file());
        path.map(str::to_owned)
            .ok_or_else(|| Error::new_resolving(base, name))
    }
}

/// A path without its detours.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

impl Loader for Files {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let source = fs::read(name).map_err(|_unreadable| Error::new_loading(name))?;
        Module::declare(ctx.clone(), name, source)
    }
}

type Driver = Rc<OnceCell<Persistent<Object<'static>>>>;

/// A function of the driver.
fn driver<'js>(ctx: &Ctx<'js>, driver: &Driver, name: &str) -> Result<Function<'js>> {
    let kept = driver.get().ok_or(Error::Unknown)?;
    kept.clone().restore(ctx)?.get(name)
}

/// A program of the engine component may wait as well.
#[expect(unsafe_code, reason = "the wrapper of QuickJS does not offer this")]
fn let_wait(ctx: &Ctx<'_>) {
    // SAFETY: the runtime is that of a living context.
    unsafe { qjs::JS_SetCanBlock(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), true) }
}

/// Runs the module of this key until no job is left.
fn drive<'js>(ctx: &Ctx<'js>, kept: &Driver, key: &str) -> Result<()> {
    let_wait(ctx);
    let start: Function<'js> = ctx.eval(DRIVER)?;
    let write = Func::from(|line: String| println!("{line}"));
    let made: Object<'js> = start.call((write,))?;
    let _first = kept.set(Persistent::save(ctx, made));
    driver(ctx, kept, "run")?.call::<_, ()>((key,))?;
    while ctx.execute_pending_job() {}
    driver(ctx, kept, "end")?.call(())
}

fn run(key: &str) -> std::result::Result<(), String> {
    let failed = |error: Error| error.to_string();
    // Neither is freed: the process ends with them.
    let runtime = ManuallyDrop::new(Runtime::new().map_err(failed)?);
    let context = ManuallyDrop::new(Context::full(&runtime).map_err(failed)?);
    let kept = Driver::default();
    runtime.set_max_stack_size(STACK_BYTES);
    runtime.set_loader(Files, Files);
    let rejected = kept.clone();
    runtime.set_host_promise_rejection_tracker(Some(Box::new(
        move |ctx, promise, reason, handled| {
            // Only an engine that failed has no driver, and it says so elsewhere.
            let _told = driver(&ctx, &rejected, "rejected")
                .and_then(|tell| tell.call::<_, ()>((promise, reason, handled)));
        },
    )));
    context.with(|ctx| {
        let driven = drive(&ctx, &kept, key).catch(&ctx);
        driven.map_err(|error| error.to_string())
    })
}

fn main() -> ExitCode {
    let file = env::args().nth(1).unwrap_or_default();
    let key = fs::canonicalize(&file).ok();
    let Some(key) = key.as_deref().and_then(Path::to_str) else {
        eprintln!("usage: tollgate-native-quickjs FILE");
        return ExitCode::from(2);
    };
    match run(key) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
