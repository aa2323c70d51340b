//! Linking modules: before a run, and what is said where it fails.

use std::ffi::{CStr, CString, c_char};
use std::ptr::NonNull;

use rquickjs::{Ctx, Result, qjs};

use crate::failure::type_error;
use crate::loader;

type ImportFailed =
    unsafe extern "C" fn(*mut qjs::JSContext, *const c_char, *const c_char, *const c_char);

// Of the engine as we compile it (`toolchain/quickjs-modules.patch`).
unsafe extern "C" {
    fn JS_LinkModule(ctx: *mut qjs::JSContext, name: *const c_char);
    static mut js_import_failed: Option<ImportFailed>;
}

/// Links the module that has this name, and all that it imports: its variables are there then, and the functions that are
/// declared at its top. It runs nothing of them. What cannot be linked is left as it is, for whoever imports it to be told.
pub(crate) fn link(ctx: &Ctx<'_>, name: &str) -> Result<()> {
    let name = CString::new(name).map_err(|_nul| type_error(ctx, "a name holds a NUL"))?;
    // SAFETY: the name outlives the call, which leaves no exception behind.
    unsafe { JS_LinkModule(ctx.as_raw().as_ptr(), name.as_ptr()) };
    Ok(())
}

unsafe extern "C" fn import_failed(
    context: *mut qjs::JSContext,
    importer: *const c_char,
    asked: *const c_char,
    name: *const c_char,
) {
    let Some(context) = NonNull::new(context) else {
        return;
    };
    // SAFETY: the engine calls this with its context and three texts that end in a NUL; they outlive the call.
    unsafe {
        let ctx = Ctx::from_raw(context);
        let [importer, asked, name] =
            [importer, asked, name].map(|text| CStr::from_ptr(text).to_string_lossy());
        loader::explain(&ctx, &importer, &asked, &name);
    }
}

/// Has the engine tell of names that cannot be imported.
pub(crate) fn watch() {
    // SAFETY: the instance has one thread, and the function lives as long as it.
    unsafe { js_import_failed = Some(import_failed) };
}
