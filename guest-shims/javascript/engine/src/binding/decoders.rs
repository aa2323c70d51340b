//! Decoders of the Encoding standard: each encoding that it names, and what one keeps between two parts of a text.

use std::cell::RefCell;

use encoding_rs::{Decoder, DecoderResult, Encoding};
use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result, TypedArray, Value};

use super::numbered::Numbered;
use crate::failure::{throw, type_error};
use crate::raw;

thread_local! {
    static OPEN: RefCell<Numbered<Decoder>> = RefCell::default();
}

/// The encoding that a label stands for. That which only says that a text must not be read is none.
fn name(label: String) -> Option<String> {
    Encoding::for_label_no_replacement(label.as_bytes())
        .map(|encoding| encoding.name().to_ascii_lowercase())
}

fn open(ctx: Ctx<'_>, label: String, keeps_mark: bool) -> Result<u32> {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or_else(|| throw(&ctx, "EINVAL", "there is no such encoding"))?;
    let decoder = if keeps_mark {
        encoding.new_decoder_without_bom_handling()
    } else {
        encoding.new_decoder_with_bom_removal()
    };
    Ok(OPEN.with_borrow_mut(|open| open.add(decoder)))
}

fn close(number: u32) {
    OPEN.with_borrow_mut(|open| open.remove(number));
}

/// What these bytes are, after those before them; nothing where they are wrong and that must not be.
fn decoded(decoder: &mut Decoder, mut bytes: &[u8], fatal: bool, last: bool) -> Option<String> {
    let mut text = String::new();
    loop {
        let room = if fatal {
            decoder.max_utf8_buffer_length_without_replacement(bytes.len())
        } else {
            decoder.max_utf8_buffer_length(bytes.len())
        };
        text.reserve(room?);
        if !fatal {
            let (_, read, _) = decoder.decode_to_string(bytes, &mut text, last);
            bytes = bytes.get(read..).unwrap_or_default();
            if bytes.is_empty() {
                return Some(text);
            }
            continue;
        }
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, last);
        match result {
            DecoderResult::InputEmpty => return Some(text),
            DecoderResult::Malformed(..) => return None,
            DecoderResult::OutputFull => bytes = bytes.get(read..).unwrap_or_default(),
        }
    }
}

fn decode<'js>(
    ctx: Ctx<'js>,
    number: u32,
    bytes: TypedArray<'js, u8>,
    fatal: bool,
    last: bool,
) -> Result<Value<'js>> {
    let mut decoder = OPEN
        .with_borrow_mut(|open| open.remove(number))
        .ok_or_else(|| throw(&ctx, "EBADF", "there is no such decoder"))?;
    let text = raw::with_bytes(&ctx, &bytes, |bytes| {
        decoded(&mut decoder, bytes, fatal, last)
    })?
    .ok_or_else(|| type_error(&ctx, "The encoded data was not valid"))?;
    if !last {
        OPEN.with_borrow_mut(|open| open.put(number, decoder));
    }
    raw::from_text(&ctx, &text)
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("name", Func::from(name))?;
    object.set("open", Func::from(open))?;
    object.set("decode", Func::from(decode))?;
    object.set("close", Func::from(close))?;
    Ok(object)
}
