//! Errors on their way into JavaScript.

use rquickjs::{Ctx, Error, Exception, IntoJs, Result, Value};

/// Throws an `Error` with a `code`, as system calls and the host give them.
pub(crate) fn throw(ctx: &Ctx<'_>, code: &str, message: &str) -> Error {
    match with_code(ctx, code, message) {
        Ok(error) => ctx.throw(error),
        Err(error) => error,
    }
}

/// Throws a `TypeError`.
pub(crate) fn type_error(ctx: &Ctx<'_>, message: &str) -> Error {
    Exception::throw_type(ctx, message)
}

fn with_code<'js>(ctx: &Ctx<'js>, code: &str, message: &str) -> Result<Value<'js>> {
    let error = Exception::from_message(ctx.clone(), message)?;
    error.as_object().set("code", code)?;
    error.into_js(ctx)
}

/// Throws what the last system call said went wrong.
pub(crate) fn errno(ctx: &Ctx<'_>) -> Error {
    let error = std::io::Error::last_os_error();
    io(ctx, &error)
}

/// Throws what an operation of the standard library said went wrong.
pub(crate) fn io(ctx: &Ctx<'_>, error: &std::io::Error) -> Error {
    let code = error.raw_os_error().map_or("EIO", name);
    throw(ctx, code, code)
}

/// The names of the error numbers of wasi-libc.
fn name(number: i32) -> &'static str {
    let known = [
        (libc::EACCES, "EACCES"),
        (libc::EAGAIN, "EAGAIN"),
        (libc::EBADF, "EBADF"),
        (libc::EBUSY, "EBUSY"),
        (libc::EDQUOT, "EDQUOT"),
        (libc::EEXIST, "EEXIST"),
        (libc::EFAULT, "EFAULT"),
        (libc::EFBIG, "EFBIG"),
        (libc::EINTR, "EINTR"),
        (libc::EINVAL, "EINVAL"),
        (libc::EIO, "EIO"),
        (libc::EISDIR, "EISDIR"),
        (libc::ELOOP, "ELOOP"),
        (libc::EMFILE, "EMFILE"),
        (libc::EMLINK, "EMLINK"),
        (libc::ENAMETOOLONG, "ENAMETOOLONG"),
        (libc::ENFILE, "ENFILE"),
        (libc::ENODEV, "ENODEV"),
        (libc::ENOENT, "ENOENT"),
        (libc::ENOMEM, "ENOMEM"),
        (libc::ENOSPC, "ENOSPC"),
        (libc::ENOSYS, "ENOSYS"),
        (libc::ENOTDIR, "ENOTDIR"),
        (libc::ENOTEMPTY, "ENOTEMPTY"),
        (libc::ENOTSUP, "ENOTSUP"),
        (libc::ENXIO, "ENXIO"),
        (libc::EPERM, "EPERM"),
        (libc::EPIPE, "EPIPE"),
        (libc::EROFS, "EROFS"),
        (libc::ESPIPE, "ESPIPE"),
        (libc::EXDEV, "EXDEV"),
        (libc::ENOTCAPABLE, "EACCES"),
    ];
    let found = known.iter().find(|(known, _)| *known == number);
    found.map_or("EIO", |(_, name)| name)
}
