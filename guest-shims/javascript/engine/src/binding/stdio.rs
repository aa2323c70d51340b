//! The standard streams.

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result, TypedArray};

use crate::failure::throw;
use crate::world::wasi::cli::{
    stderr, stdin, stdout, terminal_stderr, terminal_stdin, terminal_stdout,
};
use crate::world::wasi::io::poll::Pollable;
use crate::world::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::{place, raw};

/// Bytes that a stream takes at once: what WASI's blocking write is defined for.
const CHUNK: usize = 4096;

thread_local! {
    static OUT: OutputStream = stdout::get_stdout();
    static ERR: OutputStream = stderr::get_stderr();
    static IN: InputStream = stdin::get_stdin();
}

fn write<'js>(ctx: Ctx<'js>, fd: i32, bytes: TypedArray<'js, u8>) -> Result<()> {
    let stream = match fd {
        1 => &OUT,
        2 => &ERR,
        _ => return Err(throw(&ctx, "EBADF", "EBADF")),
    };
    place::tell(&ctx);
    let written = raw::with_bytes(&ctx, &bytes, |bytes| {
        stream.with(|stream| {
            bytes
                .chunks(CHUNK)
                .try_for_each(|chunk| stream.blocking_write_and_flush(chunk))
        })
    })?;
    written.map_err(|error| throw(&ctx, code(&error), code(&error)))
}

fn code(error: &StreamError) -> &'static str {
    match error {
        StreamError::Closed => "EPIPE",
        StreamError::LastOperationFailed(_) => "EACCES",
    }
}

fn taken(
    ctx: &Ctx<'_>,
    bytes: &mut [u8],
    read: std::result::Result<Vec<u8>, StreamError>,
) -> Result<usize> {
    match read {
        Ok(read) => {
            let length = read.len().min(bytes.len());
            if let (Some(to), Some(from)) = (bytes.get_mut(..length), read.get(..length)) {
                to.copy_from_slice(from);
            }
            Ok(length)
        }
        Err(StreamError::Closed) => Ok(0),
        Err(error) => Err(throw(ctx, code(&error), code(&error))),
    }
}

fn read<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>) -> Result<usize> {
    let held = ctx.clone();
    raw::with_bytes(&held, &bytes, |bytes| {
        if bytes.is_empty() {
            return Ok(0);
        }
        let read = IN.with(|stream| stream.blocking_read(bytes.len() as u64));
        taken(&ctx, bytes, read)
    })?
}

fn try_read<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>) -> Result<i64> {
    let held = ctx.clone();
    raw::with_bytes(&held, &bytes, |bytes| {
        let read = IN.with(|stream| stream.read(bytes.len() as u64));
        // An empty answer is not the end: that is an error of its own kind.
        if matches!(&read, Ok(read) if read.is_empty()) {
            return Ok(-1);
        }
        taken(&ctx, bytes, read).map(|length| i64::try_from(length).unwrap_or(i64::MAX))
    })?
}

/// Ready when standard input has something or ends. The stream outlives it: one that is dropped before traps.
pub(super) fn input() -> Pollable {
    IN.with(InputStream::subscribe)
}

/// Ready when standard output (1) or error (2) takes something.
pub(super) fn output(fd: u32) -> Pollable {
    let stream = if fd == 2 { &ERR } else { &OUT };
    stream.with(OutputStream::subscribe)
}

fn is_tty(fd: i32) -> bool {
    match fd {
        0 => terminal_stdin::get_terminal_stdin().is_some(),
        1 => terminal_stdout::get_terminal_stdout().is_some(),
        2 => terminal_stderr::get_terminal_stderr().is_some(),
        _ => false,
    }
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("write", Func::from(write))?;
    object.set("read", Func::from(read))?;
    object.set("tryRead", Func::from(try_read))?;
    object.set("isTTY", Func::from(is_tty))?;
    Ok(object)
}
