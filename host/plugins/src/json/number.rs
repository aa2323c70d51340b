//! Numbers: which of them a type takes, and how each is written.

use serde_json::{Number, Value};
use wasmtime::component::Val;

use super::fault::Invalid;
use crate::wit::Integer;

/// The greatest integer up to which every reader of JSON tells one from the next: 2^53 − 1.
pub(crate) const MAX_SAFE: i128 = (1 << 53) - 1;
/// The least number that is nearer to what would follow the greatest `f32` than to that one: 2^128 − 2^103.
pub(crate) const BEYOND_F32: f64 = 3.402_823_567_797_336_6e38;
/// What stands for those floats that JSON has no numbers for.
pub(crate) const NOT_FINITE: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// An integer from a number or, of 64 bits, from a text.
pub(crate) fn integer(of: Integer, json: &Value) -> Result<Val, Invalid> {
    let wrong =
        || {
            let (least, most) = of.range();
            Invalid::Expected(match is_wide(of) {
            true => format!(
                "an integer from {} to {MAX_SAFE}, or a decimal string from {least} to {most}",
                least.max(-MAX_SAFE)
            ),
            false => format!("an integer from {least} to {most}"),
        }
        .into())
        };
    let value = match json {
        Value::Number(number) => {
            let value = whole(number).ok_or_else(wrong)?;
            match is_wide(of) && value.abs() > MAX_SAFE {
                true => return Err(wrong()),
                false => value,
            }
        }
        Value::String(text) if is_wide(of) => decimal(text).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    narrowed(of, value).ok_or_else(wrong)
}

pub(crate) const fn is_wide(of: Integer) -> bool {
    matches!(of, Integer::S64 | Integer::U64)
}

fn narrowed(of: Integer, value: i128) -> Option<Val> {
    Some(match of {
        Integer::S8 => Val::S8(value.try_into().ok()?),
        Integer::U8 => Val::U8(value.try_into().ok()?),
        Integer::S16 => Val::S16(value.try_into().ok()?),
        Integer::U16 => Val::U16(value.try_into().ok()?),
        Integer::S32 => Val::S32(value.try_into().ok()?),
        Integer::U32 => Val::U32(value.try_into().ok()?),
        Integer::S64 => Val::S64(value.try_into().ok()?),
        Integer::U64 => Val::U64(value.try_into().ok()?),
    })
}

/// The number, if it is an integer however it is written: for JSON Schema, too, `1.0` is one.
pub(crate) fn whole(number: &Number) -> Option<i128> {
    if let Some(value) = number.as_i64() {
        return Some(value.into());
    }
    if let Some(value) = number.as_u64() {
        return Some(value.into());
    }
    let value = number.as_f64()?;
    // Below 2^64 so that the conversion is exact; no type takes more.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is an integer and far within the range"
    )]
    let whole = (value.fract() == 0.0 && value.abs() <= 2_f64.powi(64)).then_some(value as i128);
    whole
}

/// A decimal as this mapping writes it: no sign but a minus, no zero before another digit.
fn decimal(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_written_well = match digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.len() < 20 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_written_well.then(|| text.parse().ok()).flatten()
}

/// An integer of 64 bits as it is written.
pub(crate) fn wide(value: i128) -> Value {
    let number = match value.abs() <= MAX_SAFE {
        true => i64::try_from(value).ok(),
        false => None,
    };
    number.map_or_else(|| Value::String(value.to_string()), Value::from)
}

/// A float of 64 bits from a number, or from a word.
pub(crate) fn float64(json: &Value) -> Result<f64, Invalid> {
    match json {
        Value::Number(number) => number.as_f64(),
        Value::String(word) => word_value(word),
        _ => None,
    }
    .ok_or_else(|| Invalid::expected("a number, `\"NaN\"`, `\"Infinity\"` or `\"-Infinity\"`"))
}

/// A float of 32 bits: the one that lies nearest to the number. A number that none is near to is refused, for infinity is
/// nowhere near it either.
pub(crate) fn float32(json: &Value) -> Result<f32, Invalid> {
    match json {
        Value::Number(number) => {
            let value = number.as_f64();
            value.filter(|value| value.abs() < BEYOND_F32)
        }
        Value::String(word) => word_value(word),
        _ => None,
    }
    .map(nearest)
    .ok_or_else(|| {
        Invalid::expected(
            "a number within ±3.4028235e38, `\"NaN\"`, `\"Infinity\"` or `\"-Infinity\"`",
        )
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding to the nearest is what is wanted, and nothing finite in here rounds to infinity"
)]
const fn nearest(value: f64) -> f32 {
    value as f32
}

fn word_value(word: &str) -> Option<f64> {
    match word {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// A float of 64 bits as it is written.
pub(crate) fn from_float64(value: f64) -> Value {
    let word = || {
        if value.is_nan() {
            0
        } else if value > 0.0 {
            1
        } else {
            2
        }
    };
    Number::from_f64(value).map_or_else(
        || {
            NOT_FINITE
                .get(word())
                .map_or(Value::Null, |word| Value::from(*word))
        },
        Value::Number,
    )
}

/// A float of 32 bits as it is written: with as many digits as tell it from its neighbours, so that 0.1 is `0.1`, and not
/// `0.10000000149011612`, which is the same number to 64 bits.
pub(crate) fn from_float32(value: f32) -> Value {
    let exact = f64::from(value);
    // What has few digits needs no search for fewer.
    if !value.is_finite() || exact.fract() == 0.0 && exact.abs() < 1e7 {
        return from_float64(exact);
    }
    let shortest = format!("{value:e}").parse::<f64>().unwrap_or(exact);
    // Rounded twice it might be another one; then it is written as what it is.
    let is_same = nearest(shortest).to_bits() == value.to_bits();
    from_float64(if is_same { shortest } else { exact })
}
