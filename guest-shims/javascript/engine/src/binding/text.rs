//! Bytes into strings, and strings into bytes.

use rquickjs::function::Opt;
use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result, TypedArray, Value};

use crate::failure::{throw, type_error};
use crate::raw;

const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
const DIGITS: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode<'js>(ctx: Ctx<'js>, string: Value<'js>) -> Result<TypedArray<'js, u8>> {
    let bytes = raw::utf8(&ctx, &string)?;
    TypedArray::new(ctx, bytes)
}

fn byte_length<'js>(ctx: Ctx<'js>, string: Value<'js>) -> Result<usize> {
    raw::utf8_length(&ctx, &string)
}

/// A copy of a part, clamped to what there is: making a string may run the collector.
fn part<'js>(
    ctx: &Ctx<'js>,
    bytes: &TypedArray<'js, u8>,
    start: Opt<usize>,
    end: Opt<usize>,
) -> Result<Vec<u8>> {
    raw::with_bytes(ctx, bytes, |bytes| {
        let end = end.0.unwrap_or(bytes.len()).min(bytes.len());
        let start = start.0.unwrap_or(0).min(end);
        bytes.get(start..end).unwrap_or_default().to_vec()
    })
}

fn decode<'js>(
    ctx: Ctx<'js>,
    bytes: TypedArray<'js, u8>,
    start: Opt<usize>,
    end: Opt<usize>,
    fatal: Opt<bool>,
    ignore_mark: Opt<bool>,
) -> Result<Value<'js>> {
    let bytes = part(&ctx, &bytes, start, end)?;
    let mark = if ignore_mark.0.unwrap_or(true) {
        None
    } else {
        bytes.strip_prefix(BYTE_ORDER_MARK)
    };
    let bytes = mark.unwrap_or(&bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => raw::from_text(&ctx, text),
        Err(_) if fatal.0.unwrap_or(false) => Err(type_error(
            &ctx,
            "The encoded data was not valid for encoding utf-8",
        )),
        Err(_) => raw::from_text(&ctx, &String::from_utf8_lossy(bytes)),
    }
}

fn latin1<'js>(
    ctx: Ctx<'js>,
    bytes: TypedArray<'js, u8>,
    start: Opt<usize>,
    end: Opt<usize>,
) -> Result<Value<'js>> {
    let bytes = part(&ctx, &bytes, start, end)?;
    if bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        return raw::from_text(&ctx, text);
    }
    let units: Vec<u16> = bytes.iter().copied().map(u16::from).collect();
    raw::from_units(&ctx, &units)
}

fn utf16<'js>(
    ctx: Ctx<'js>,
    bytes: TypedArray<'js, u8>,
    start: Opt<usize>,
    end: Opt<usize>,
) -> Result<Value<'js>> {
    let bytes = part(&ctx, &bytes, start, end)?;
    let (pairs, _odd) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    raw::from_units(&ctx, &units)
}

fn digit(table: &[u8], value: u32) -> char {
    table.get(value as usize).copied().map_or('0', char::from)
}

fn hex<'js>(
    ctx: Ctx<'js>,
    bytes: TypedArray<'js, u8>,
    start: Opt<usize>,
    end: Opt<usize>,
) -> Result<Value<'js>> {
    let bytes = part(&ctx, &bytes, start, end)?;
    let text: String = bytes
        .iter()
        .flat_map(|byte| {
            [
                digit(DIGITS, u32::from(byte >> 4)),
                digit(DIGITS, u32::from(byte & 0xf)),
            ]
        })
        .collect();
    raw::from_text(&ctx, &text)
}

fn base64<'js>(
    ctx: Ctx<'js>,
    bytes: TypedArray<'js, u8>,
    start: Opt<usize>,
    end: Opt<usize>,
    url: Opt<bool>,
) -> Result<Value<'js>> {
    let bytes = part(&ctx, &bytes, start, end)?;
    let url = url.0.unwrap_or(false);
    let table = if url { BASE64_URL } else { BASE64 };
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4_u32 {
            if place as usize <= chunk.len() {
                text.push(digit(table, word >> (18 - 6 * place) & 0x3f));
            } else if !url {
                text.push('=');
            }
        }
    }
    raw::from_text(&ctx, &text)
}

/// Base64 of either alphabet, as lenient as Node: what is no digit is skipped, and the first `=` ends it.
fn from_base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut word, mut bits) = (0_u32, 0_u32);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits & 0xff) as u8);
        }
    }
    out
}

fn from_hex(text: &[u8]) -> Vec<u8> {
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let (pairs, _odd) = text.as_chunks::<2>();
    pairs
        .iter()
        .map_while(|[high, low]| Some(value(*high)? << 4 | value(*low)?))
        .collect()
}

/// As much of `text` as fits into `room` in whole characters.
fn whole(mut text: Vec<u8>, room: usize) -> Vec<u8> {
    if text.len() > room {
        let continues = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
        let end = (0..=room).rev().find(|at| !continues(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

fn write<'js>(
    ctx: Ctx<'js>,
    bytes: TypedArray<'js, u8>,
    string: Value<'js>,
    encoding: String,
    offset: usize,
    length: usize,
) -> Result<usize> {
    let room = bytes.len().saturating_sub(offset).min(length);
    let data = match encoding.as_str() {
        "utf8" => whole(raw::utf8(&ctx, &string)?, room),
        "latin1" => raw::units(&ctx, &string)?
            .iter()
            .map(|unit| (unit & 0xff) as u8)
            .collect(),
        "utf16le" => {
            let all: Vec<u8> = raw::units(&ctx, &string)?
                .iter()
                .flat_map(|unit| unit.to_le_bytes())
                .collect();
            let fits = room & !1;
            all.into_iter().take(fits).collect()
        }
        "hex" => from_hex(&raw::utf8(&ctx, &string)?),
        "base64" => from_base64(&raw::utf8(&ctx, &string)?),
        _ => return Err(throw(&ctx, "EINVAL", "there is no such encoding")),
    };
    raw::with_bytes(&ctx, &bytes, |bytes| {
        let count = data.len().min(room);
        let end = offset.saturating_add(count);
        if let (Some(to), Some(from)) = (bytes.get_mut(offset..end), data.get(..count)) {
            to.copy_from_slice(from);
            count
        } else {
            0
        }
    })
}

fn is_utf8<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>) -> Result<bool> {
    raw::with_bytes(&ctx, &bytes, |bytes| std::str::from_utf8(bytes).is_ok())
}

fn is_ascii<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>) -> Result<bool> {
    raw::with_bytes(&ctx, &bytes, |bytes| bytes.is_ascii())
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("encode", Func::from(encode))?;
    object.set("byteLength", Func::from(byte_length))?;
    object.set("decode", Func::from(decode))?;
    object.set("latin1", Func::from(latin1))?;
    object.set("utf16", Func::from(utf16))?;
    object.set("hex", Func::from(hex))?;
    object.set("base64", Func::from(base64))?;
    object.set("write", Func::from(write))?;
    object.set("isUtf8", Func::from(is_utf8))?;
    object.set("isAscii", Func::from(is_ascii))?;
    Ok(object)
}
