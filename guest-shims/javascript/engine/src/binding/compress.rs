//! DEFLATE (RFC 1951) as it is, in zlib's wrapper (RFC 1950) and in gzip's (RFC 1952).

use std::cell::RefCell;
use std::io::{Error, ErrorKind, Write};

use flate2::Compression;
use flate2::write::{
    DeflateDecoder, DeflateEncoder, GzDecoder, GzEncoder, ZlibDecoder, ZlibEncoder,
};
use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result, TypedArray};

use super::numbered::Numbered;
use crate::failure::throw;
use crate::raw;

/// Where it goes, up to as many bytes as the program wants at all.
struct Output {
    bytes: Vec<u8>,
    left: usize,
}

/// What [`Output`] says when there is no room left.
const FULL: ErrorKind = ErrorKind::QuotaExceeded;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(FULL)?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One that is under way.
trait Running: Write {
    /// All of it, at its end.
    fn end(self: Box<Self>) -> std::io::Result<Output>;
    fn output(&mut self) -> &mut Output;
}

macro_rules! running {
    ($($kind:ident),* $(,)?) => {
        $(impl Running for $kind<Output> {
            fn end(self: Box<Self>) -> std::io::Result<Output> {
                self.finish()
            }

            fn output(&mut self) -> &mut Output {
                self.get_mut()
            }
        })*
    };
}

running!(
    DeflateDecoder,
    DeflateEncoder,
    GzDecoder,
    GzEncoder,
    ZlibDecoder,
    ZlibEncoder,
);

struct Work {
    running: Box<dyn Running>,
    /// What is read is given on at once; what is written, as it comes in whole blocks.
    reads: bool,
}

thread_local! {
    static UNDER_WAY: RefCell<Numbered<Work>> = RefCell::default();
}

fn compressor(format: &str, level: i32, output: Output) -> Option<Box<dyn Running>> {
    let level =
        u32::try_from(level).map_or_else(|_negative| Compression::default(), Compression::new);
    Some(match format {
        "deflate-raw" => Box::new(DeflateEncoder::new(output, level)),
        "deflate" => Box::new(ZlibEncoder::new(output, level)),
        "gzip" => Box::new(GzEncoder::new(output, level)),
        _ => return None,
    })
}

fn decompressor(format: &str, output: Output) -> Option<Box<dyn Running>> {
    Some(match format {
        "deflate-raw" => Box::new(DeflateDecoder::new(output)),
        "deflate" => Box::new(ZlibDecoder::new(output)),
        "gzip" => Box::new(GzDecoder::new(output)),
        _ => return None,
    })
}

fn kept(ctx: &Ctx<'_>, running: Option<Box<dyn Running>>, reads: bool) -> Result<u32> {
    let running = running.ok_or_else(|| throw(ctx, "EINVAL", "there is no such format"))?;
    Ok(UNDER_WAY.with_borrow_mut(|all| all.add(Work { running, reads })))
}

/// `most`: how many bytes may come of it.
fn compress(ctx: Ctx<'_>, format: String, level: i32, most: usize) -> Result<u32> {
    let output = Output {
        bytes: Vec::new(),
        left: most,
    };
    kept(&ctx, compressor(&format, level, output), false)
}

fn decompress(ctx: Ctx<'_>, format: String, most: usize) -> Result<u32> {
    let output = Output {
        bytes: Vec::new(),
        left: most,
    };
    kept(&ctx, decompressor(&format, output), true)
}

fn taken(ctx: &Ctx<'_>, number: u32) -> Result<Work> {
    UNDER_WAY
        .with_borrow_mut(|all| all.remove(number))
        .ok_or_else(|| throw(ctx, "EBADF", "there is no such work"))
}

/// With the words of zlib, where it has some for what the library says.
fn failed(ctx: &Ctx<'_>, error: &Error) -> rquickjs::Error {
    let text = error.to_string();
    match error.kind() {
        FULL => throw(ctx, "ERR_BUFFER_TOO_LARGE", "more than was wanted"),
        ErrorKind::UnexpectedEof => throw(ctx, "Z_BUF_ERROR", "unexpected end of file"),
        _ if text.contains("header") => throw(ctx, "Z_DATA_ERROR", "incorrect header check"),
        _ if text.contains("checksum") => throw(ctx, "Z_DATA_ERROR", "incorrect data check"),
        _ => throw(ctx, "Z_DATA_ERROR", "invalid compressed data"),
    }
}

/// How many of the bytes it took: fewer than all behind the end of what is compressed.
fn pushed(work: &mut Work, bytes: &[u8]) -> std::io::Result<usize> {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let count = work.running.write(rest)?;
        if count == 0 {
            break;
        }
        at += count;
    }
    if work.reads {
        work.running.flush()?;
    }
    Ok(at)
}

fn given<'js>(ctx: &Ctx<'js>, number: u32, mut work: Work) -> Result<TypedArray<'js, u8>> {
    let bytes = std::mem::take(&mut work.running.output().bytes);
    UNDER_WAY.with_borrow_mut(|all| all.put(number, work));
    TypedArray::new(ctx.clone(), bytes)
}

/// What came of these bytes, and how many of them it took. Work that has failed is over.
fn push<'js>(ctx: Ctx<'js>, number: u32, bytes: TypedArray<'js, u8>) -> Result<Object<'js>> {
    let mut work = taken(&ctx, number)?;
    let count = raw::with_bytes(&ctx, &bytes, |bytes| pushed(&mut work, bytes))?
        .map_err(|error| failed(&ctx, &error))?;
    let object = Object::new(ctx.clone())?;
    object.set("output", given(&ctx, number, work)?)?;
    object.set("taken", count)?;
    Ok(object)
}

/// What is still held back, so that a reader can read all that was written until now.
fn flush<'js>(ctx: Ctx<'js>, number: u32) -> Result<TypedArray<'js, u8>> {
    let mut work = taken(&ctx, number)?;
    work.running.flush().map_err(|error| failed(&ctx, &error))?;
    given(&ctx, number, work)
}

fn end<'js>(ctx: Ctx<'js>, number: u32) -> Result<TypedArray<'js, u8>> {
    let work = taken(&ctx, number)?;
    let output = work.running.end().map_err(|error| failed(&ctx, &error))?;
    TypedArray::new(ctx, output.bytes)
}

fn close(number: u32) {
    UNDER_WAY.with_borrow_mut(|all| all.remove(number));
}

/// A number of JavaScript, which has whole ones of 31 bits.
fn crc32<'js>(ctx: Ctx<'js>, before: u32, bytes: TypedArray<'js, u8>) -> Result<f64> {
    raw::with_bytes(&ctx, &bytes, |bytes| {
        let mut sum = crc32fast::Hasher::new_with_initial(before);
        sum.update(bytes);
        f64::from(sum.finalize())
    })
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("compress", Func::from(compress))?;
    object.set("decompress", Func::from(decompress))?;
    object.set("push", Func::from(push))?;
    object.set("flush", Func::from(flush))?;
    object.set("end", Func::from(end))?;
    object.set("close", Func::from(close))?;
    object.set("crc32", Func::from(crc32))?;
    Ok(object)
}
