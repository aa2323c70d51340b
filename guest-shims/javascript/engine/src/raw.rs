//! What QuickJS offers in C and its wrapper does not.
#![expect(unsafe_code, reason = "the C interface of QuickJS")]

pub(crate) mod code;
pub(crate) mod linking;
pub(crate) mod outside;

use std::cell::Cell;
use std::ffi::{CString, c_char, c_int};
use std::ptr::NonNull;
use std::slice;

use rquickjs::{Ctx, FromJs, Result, TypedArray, Value, qjs};

use crate::failure::type_error;
use crate::place;

unsafe extern "C" {
    /// Where relative paths lead from, in wasi-libc.
    static mut __wasilibc_cwd: *mut c_char;
}

/// Begins in a folder, before anything asks for it. A process has its working directory whether or not it may look at it, so
/// that this is no `chdir`, which would.
pub(crate) fn begin_in(folder: &str) {
    if let Ok(folder) = CString::new(folder) {
        // SAFETY: it is read under no other thread, for there is none, and stays for as long as the instance; `chdir` frees
        // only what it has put there itself.
        unsafe { __wasilibc_cwd = folder.into_raw() };
    }
}

/// A script's value, or that of a function around it: name and line are those that errors carry.
pub(crate) fn evaluate<'js>(
    ctx: &Ctx<'js>,
    source: &str,
    name: &str,
    first_line: i32,
) -> Result<Value<'js>> {
    let value = evaluate_as(ctx, source, name, first_line, qjs::JS_EVAL_TYPE_GLOBAL)?;
    taken(ctx, value)
}

/// What the engine makes of a text under these flags, which may be a value of its own kinds.
fn evaluate_as(
    ctx: &Ctx<'_>,
    source: &str,
    name: &str,
    first_line: i32,
    flags: u32,
) -> Result<qjs::JSValue> {
    let name = CString::new(name).map_err(|_nul| type_error(ctx, "a name holds a NUL"))?;
    let length = source.len();
    // The engine wants a NUL behind the text; what lies within its length may hold others.
    let mut text = Vec::with_capacity(length + 1);
    text.extend_from_slice(source.as_bytes());
    text.push(0);
    let mut options = qjs::JSEvalOptions {
        version: 1,
        eval_flags: flags as i32,
        filename: name.as_ptr(),
        line_num: first_line,
    };
    // SAFETY: the text ends in a NUL behind its length, and text and options outlive the call.
    Ok(unsafe {
        qjs::JS_Eval2(
            ctx.as_raw().as_ptr(),
            text.as_ptr().cast(),
            length as _,
            &raw mut options,
        )
    })
}

/// What a function of the engine gave, or the exception that it threw.
fn taken<'js>(ctx: &Ctx<'js>, value: qjs::JSValue) -> Result<Value<'js>> {
    // SAFETY: the value is ours, and of this context.
    let value = unsafe { Value::from_raw(ctx.clone(), value) };
    if value.is_exception() {
        return Err(rquickjs::Error::Exception);
    }
    Ok(value)
}

/// The bytes of a typed array, to be changed. No JavaScript may run while they are held.
pub(crate) fn with_bytes<'js, R>(
    ctx: &Ctx<'js>,
    array: &TypedArray<'js, u8>,
    work: impl FnOnce(&mut [u8]) -> R,
) -> Result<R> {
    let raw = array
        .as_raw()
        .ok_or_else(|| type_error(ctx, "the bytes are detached"))?;
    if raw.len == 0 {
        return Ok(work(&mut []));
    }
    // SAFETY: the array is alive and attached, and nothing else looks at it while the closure runs: the engine has one
    // thread, and the closure runs no JavaScript.
    let bytes = unsafe { slice::from_raw_parts_mut(raw.ptr.as_ptr(), raw.len) };
    Ok(work(bytes))
}

/// A string's text in UTF-8, with lone surrogates as they are (three bytes each).
fn with_wtf8<'js, R>(
    ctx: &Ctx<'js>,
    string: &Value<'js>,
    work: impl FnOnce(&[u8]) -> R,
) -> Result<R> {
    let mut length = 0_usize;
    // SAFETY: the value is of this context; the text is freed below and not used after.
    unsafe {
        let text = qjs::JS_ToCStringLen(ctx.as_raw().as_ptr(), &raw mut length, string.as_raw());
        if text.is_null() {
            return Err(rquickjs::Error::Exception);
        }
        let result = work(slice::from_raw_parts(text.cast::<u8>(), length));
        qjs::JS_FreeCString(ctx.as_raw().as_ptr(), text);
        Ok(result)
    }
}

/// Whether a surrogate begins at `at`.
fn surrogate(bytes: &[u8], at: usize) -> bool {
    bytes.get(at) == Some(&0xed) && bytes.get(at + 1).is_some_and(|byte| *byte >= 0xa0)
}

/// Text in UTF-8, lone surrogates replaced.
pub(crate) fn utf8<'js>(ctx: &Ctx<'js>, string: &Value<'js>) -> Result<Vec<u8>> {
    with_wtf8(ctx, string, |bytes| {
        let mut out = bytes.to_vec();
        let mut at = 0;
        while let Some(found) = out
            .get(at..)
            .and_then(|rest| rest.iter().position(|byte| *byte == 0xed))
        {
            at += found;
            if surrogate(&out, at)
                && let Some(place) = out.get_mut(at..at + 3)
            {
                place.copy_from_slice("\u{fffd}".as_bytes());
            }
            at += 1;
        }
        out
    })
}

/// The length of the text in UTF-8.
pub(crate) fn utf8_length<'js>(ctx: &Ctx<'js>, string: &Value<'js>) -> Result<usize> {
    // A lone surrogate takes three bytes, and so does what stands for it.
    with_wtf8(ctx, string, <[u8]>::len)
}

/// The units of a string.
pub(crate) fn units<'js>(ctx: &Ctx<'js>, string: &Value<'js>) -> Result<Vec<u16>> {
    with_wtf8(ctx, string, |bytes| {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            let (length, point) = match first {
                0..=0x7f => (1, u32::from(first)),
                0xc0..=0xdf => (2, u32::from(first & 0x1f)),
                0xe0..=0xef => (3, u32::from(first & 0x0f)),
                _ => (4, u32::from(first & 0x07)),
            };
            let tail = rest.get(1..length).unwrap_or_default();
            let point = tail
                .iter()
                .fold(point, |point, byte| point << 6 | u32::from(byte & 0x3f));
            match u16::try_from(point) {
                Ok(unit) => out.push(unit),
                Err(_) => {
                    let above = point - 0x1_0000;
                    out.push(0xd800 | (above >> 10) as u16);
                    out.push(0xdc00 | (above & 0x3ff) as u16);
                }
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        out
    })
}

/// A string of these units.
pub(crate) fn from_units<'js>(ctx: &Ctx<'js>, units: &[u16]) -> Result<Value<'js>> {
    // SAFETY: the units are copied.
    let value =
        unsafe { qjs::JS_NewStringUTF16(ctx.as_raw().as_ptr(), units.as_ptr(), units.len() as _) };
    taken(ctx, value)
}

/// A string of this text.
pub(crate) fn from_text<'js>(ctx: &Ctx<'js>, text: &str) -> Result<Value<'js>> {
    rquickjs::String::from_str(ctx.clone(), text).map(rquickjs::String::into_value)
}

/// State and result of a promise.
pub(crate) fn promise<'js>(ctx: &Ctx<'js>, promise: &Value<'js>) -> Result<(i32, Value<'js>)> {
    // SAFETY: both functions take any value of this context.
    unsafe {
        let state = qjs::JS_PromiseState(ctx.as_raw().as_ptr(), promise.as_raw());
        let result = qjs::JS_PromiseResult(ctx.as_raw().as_ptr(), promise.as_raw());
        Ok((state as i32, taken(ctx, result)?))
    }
}

/// Target and handler of a proxy.
pub(crate) fn proxy<'js>(
    ctx: &Ctx<'js>,
    value: &Value<'js>,
) -> Result<Option<(Value<'js>, Value<'js>)>> {
    // SAFETY: the functions take any value of this context; on what is no proxy they are not called.
    unsafe {
        if !qjs::JS_IsProxy(value.as_raw()) {
            return Ok(None);
        }
        let target = qjs::JS_GetProxyTarget(ctx.as_raw().as_ptr(), value.as_raw());
        let handler = qjs::JS_GetProxyHandler(ctx.as_raw().as_ptr(), value.as_raw());
        // A revoked one has neither, and asking throws.
        let target = Value::from_raw(ctx.clone(), target);
        let handler = Value::from_raw(ctx.clone(), handler);
        if target.is_exception() || handler.is_exception() {
            let _ = ctx.catch();
            let null = Value::new_null(ctx.clone());
            return Ok(Some((null.clone(), null)));
        }
        Ok(Some((target, handler)))
    }
}

/// The longest name of a file that is told, with a NUL behind it. The host cuts at the same length.
const LONGEST_FILE: usize = 1025;

// What the engine is changed to have (`toolchain/quickjs-places.patch`).
unsafe extern "C" {
    fn js_current_place(
        runtime: *mut qjs::JSRuntime,
        file: *mut c_char,
        size: c_int,
        line: *mut c_int,
        column: *mut c_int,
    ) -> c_int;
    fn js_thrown_place(
        runtime: *mut qjs::JSRuntime,
        value: qjs::JSValue,
        here: bool,
        file: *mut c_char,
        size: c_int,
        line: *mut c_int,
        column: *mut c_int,
    ) -> c_int;
    static mut js_out_of_memory: Option<unsafe extern "C" fn(*mut qjs::JSRuntime)>;
}

thread_local! {
    /// The one context of this instance.
    static CONTEXT: Cell<Option<NonNull<qjs::JSContext>>> = const { Cell::new(None) };
}

/// A place in a file, both from one. It lies where it is, and nothing is allocated for it: memory may have run out.
#[derive(Debug)]
pub(crate) struct Place {
    file: [u8; LONGEST_FILE],
    line: c_int,
    column: c_int,
}

impl Place {
    pub(crate) const NONE: Self = Self {
        file: [0; LONGEST_FILE],
        line: 0,
        column: 0,
    };

    /// Becomes the place of the innermost code that is none of the library's: whether that is another than it was. Where
    /// there is no such code it stays.
    pub(crate) fn follow(&mut self, ctx: &Ctx<'_>) -> bool {
        // SAFETY: the engine writes at most as many bytes as it is told, and a NUL among them.
        let found = unsafe {
            js_current_place(
                qjs::JS_GetRuntime(ctx.as_raw().as_ptr()),
                self.file.as_mut_ptr().cast(),
                LONGEST_FILE as c_int,
                &raw mut self.line,
                &raw mut self.column,
            )
        };
        found == 1
    }

    /// Where a value was thrown, if it was the last one; with `here`, the innermost code that is none of the library's, for what
    /// was not thrown and is no error.
    pub(crate) fn of_thrown(value: &Value<'_>, here: bool) -> Option<Self> {
        let mut place = Self::NONE;
        // SAFETY: the engine compares the value, and writes at most as many bytes as it is told, and a NUL among them.
        let found = unsafe {
            js_thrown_place(
                qjs::JS_GetRuntime(value.ctx().as_raw().as_ptr()),
                value.as_raw(),
                here,
                place.file.as_mut_ptr().cast(),
                LONGEST_FILE as c_int,
                &raw mut place.line,
                &raw mut place.column,
            )
        };
        (found == 1).then_some(place)
    }

    pub(crate) fn file(&self) -> &str {
        let name = std::ffi::CStr::from_bytes_until_nul(&self.file).unwrap_or_default();
        // A name that was cut may end in half a letter.
        match name.to_str() {
            Ok(file) => file,
            Err(error) => self
                .file
                .get(..error.valid_up_to())
                .and_then(|whole| std::str::from_utf8(whole).ok())
                .unwrap_or_default(),
        }
    }

    pub(crate) fn line(&self) -> u32 {
        u32::try_from(self.line).unwrap_or(0)
    }

    pub(crate) fn column(&self) -> u32 {
        u32::try_from(self.column).unwrap_or(0)
    }
}

/// The context, for what the engine calls by itself, in the middle of its work.
fn within(work: impl FnOnce(&Ctx<'_>)) {
    if let Some(context) = CONTEXT.get() {
        // SAFETY: the context lives as long as the instance, whose only thread is in the engine now and holds its lock.
        let ctx = unsafe { Ctx::from_raw(context) };
        work(&ctx);
    }
}

unsafe extern "C" fn ran_out(_runtime: *mut qjs::JSRuntime) {
    within(place::out_of_memory);
}

unsafe extern "C" fn polled(
    _runtime: *mut qjs::JSRuntime,
    _nothing: *mut std::ffi::c_void,
) -> c_int {
    within(place::tell);
    // The run goes on: whoever ends it is the host.
    0
}

/// Has the engine tell where the program is, every so often and where memory runs out, and what cannot be imported.
pub(crate) fn watch(ctx: &Ctx<'_>) {
    CONTEXT.set(Some(ctx.as_raw()));
    linking::watch();
    // SAFETY: the instance has one thread, and the functions live as long as it.
    unsafe {
        js_out_of_memory = Some(ran_out);
        let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetInterruptHandler(runtime, Some(polled), std::ptr::null_mut());
    }
}

/// The version of QuickJS.
pub(crate) fn engine_version() -> String {
    // SAFETY: the engine gives a text that lives for ever.
    let text = unsafe { std::ffi::CStr::from_ptr(qjs::JS_GetVersion()) };
    text.to_string_lossy().into_owned()
}

/// What a value becomes as `T`.
pub(crate) trait Get<'js> {
    fn get<T: FromJs<'js>>(self) -> Result<T>;
}

impl<'js> Get<'js> for Value<'js> {
    fn get<T: FromJs<'js>>(self) -> Result<T> {
        let ctx = self.ctx().clone();
        T::from_js(&ctx, self)
    }
}
