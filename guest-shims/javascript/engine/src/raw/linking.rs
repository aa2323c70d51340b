//! Linking modules before a run.

use std::ffi::{CString, c_char};

use rquickjs::{Ctx, Result, qjs};

use crate::failure::type_error;

unsafe extern "C" {
    /// Of the engine as we compile it (`toolchain/quickjs-modules.patch`).
    fn JS_LinkModule(ctx: *mut qjs::JSContext, name: *const c_char);
}

/// Links the module that has this name, and all that it imports: its variables are there then, and the functions that are
/// declared at its top. It runs nothing of them. What cannot be linked is left as it is, for whoever imports it to be told.
pub(crate) fn link(ctx: &Ctx<'_>, name: &str) -> Result<()> {
    let name = CString::new(name).map_err(|_nul| type_error(ctx, "a name holds a NUL"))?;
    // SAFETY: the name outlives the call, which leaves no exception behind.
    unsafe { JS_LinkModule(ctx.as_raw().as_ptr(), name.as_ptr()) };
    Ok(())
}
