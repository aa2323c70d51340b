//! The schemas of numbers.

use serde_json::{Value, json};

use super::number::{BEYOND_F32, MAX_SAFE, NOT_FINITE, is_wide};
use crate::wit::Integer;

/// A float of 64 bits.
pub(crate) fn float64() -> Value {
    float(json!({ "type": "number" }))
}

/// A float of 32 bits, and what rounds to one.
pub(crate) fn float32() -> Value {
    float(json!({
        "type": "number",
        "exclusiveMinimum": -BEYOND_F32,
        "exclusiveMaximum": BEYOND_F32,
    }))
}

fn float(number: Value) -> Value {
    json!({ "anyOf": [number, { "enum": NOT_FINITE }] })
}

/// An integer of a type.
pub(crate) fn integer(of: Integer) -> Value {
    let (least, most) = of.range();
    let number = |least: i128, most: i128| {
        let bound = |value: i128| i64::try_from(value).map_or(Value::Null, Value::from);
        json!({ "type": "integer", "minimum": bound(least), "maximum": bound(most) })
    };
    if !is_wide(of) {
        return number(least, most);
    }
    let negative = match least {
        0 => String::new(),
        least => format!("|-(?:{})", up_to(&least.unsigned_abs().to_string())),
    };
    let pattern = format!("^(?:0|{}{negative})$", up_to(&most.to_string()));
    json!({ "anyOf": [
        number(least.max(-MAX_SAFE), MAX_SAFE),
        { "type": "string", "pattern": pattern },
    ] })
}

/// A pattern of the decimals from 1 to `most`: those with fewer digits; those that have the digits of `most` up to one
/// that is smaller; and `most`.
fn up_to(most: &str) -> String {
    let mut ways = vec![format!("[1-9][0-9]{{0,{}}}", most.len().saturating_sub(2))];
    for (place, digit) in most.char_indices() {
        let least = if place == 0 { '1' } else { '0' };
        let (Some(below), Some(start)) = (char::from_u32(digit as u32 - 1), most.get(..place))
        else {
            continue;
        };
        if below >= least {
            ways.push(format!(
                "{start}[{least}-{below}][0-9]{{{}}}",
                most.len() - place - 1
            ));
        }
    }
    ways.push(most.to_owned());
    ways.join("|")
}
