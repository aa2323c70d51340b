//! Code apart from its text: compiled and not run, written down, and read again by another instance of this very engine.

use std::ffi::c_int;
use std::slice;

use rquickjs::module::Declared;
use rquickjs::{Ctx, Module, Result, Value, qjs};

use super::{evaluate_as, taken};

/// Of the engine as it is changed (`toolchain/quickjs-bytecode.patch`): what a module imports is left alone.
const UNLINKED: u32 = 1 << 8;

/// The code of a script, as [`super::evaluate`] would run it.
pub(crate) fn of_script(
    ctx: &Ctx<'_>,
    source: &str,
    name: &str,
    first_line: i32,
) -> Result<Vec<u8>> {
    let flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
    written(ctx, evaluate_as(ctx, source, name, first_line, flags)?)
}

/// The code of an ES module.
pub(crate) fn of_module(ctx: &Ctx<'_>, source: &str, name: &str) -> Result<Vec<u8>> {
    let flags = qjs::JS_EVAL_TYPE_MODULE
        | qjs::JS_EVAL_FLAG_STRICT
        | qjs::JS_EVAL_FLAG_COMPILE_ONLY
        | UNLINKED;
    written(ctx, evaluate_as(ctx, source, name, 1, flags)?)
}

/// Writes down what was compiled, with all that errors and `toString` say of it.
fn written(ctx: &Ctx<'_>, compiled: qjs::JSValue) -> Result<Vec<u8>> {
    // SAFETY: the value is ours, or an exception; the engine's bytes are copied, and freed once.
    unsafe {
        if qjs::JS_IsException(compiled) {
            return Err(rquickjs::Error::Exception);
        }
        let raw = ctx.as_raw().as_ptr();
        let mut length = 0;
        let flags = qjs::JS_WRITE_OBJ_BYTECODE as c_int;
        let bytes = qjs::JS_WriteObject(raw, &raw mut length, compiled, flags);
        qjs::JS_FreeValue(raw, compiled);
        if bytes.is_null() {
            return Err(rquickjs::Error::Exception);
        }
        let code = slice::from_raw_parts(bytes, length as usize).to_vec();
        qjs::js_free(raw, bytes.cast());
        Ok(code)
    }
}

/// The value of a script, by its code. The engine does not check code: it has to be what [`of_script`] gave, and what it
/// does otherwise it does to this instance alone.
pub(crate) fn run_script<'js>(ctx: &Ctx<'js>, code: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the bytes outlive the call, which takes what it needs of them; whatever was read is given away.
    let value = unsafe {
        let raw = ctx.as_raw().as_ptr();
        let flags = qjs::JS_READ_OBJ_BYTECODE as c_int;
        let read = qjs::JS_ReadObject(raw, code.as_ptr(), code.len() as _, flags);
        if qjs::JS_IsException(read) {
            read
        } else {
            qjs::JS_EvalFunction(raw, read)
        }
    };
    taken(ctx, value)
}

/// A module by its code, which has to be what [`of_module`] gave, linked as [`Module::declare`] links it.
pub(crate) fn read_module<'js>(ctx: &Ctx<'js>, code: &[u8]) -> Result<Module<'js, Declared>> {
    // SAFETY: as for a script: the code is the host's, which has it of an instance that compiles and runs nothing.
    unsafe { Module::load(ctx.clone(), code) }
}
