//! What `{:?}` shows of a message, as JSON of the form that recordings have: a struct is an object, a case an object of
//! one member or a string, a list of pairs an object. So what the code read is compared with what was recorded, field by
//! field, and by names that neither took from the other.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

/// What stands for a secret.
pub(crate) const NOT_SHOWN: &str = "(not shown)";

pub(crate) fn json(message: &impl std::fmt::Debug) -> Value {
    let shown = format!("{message:?}").replace(NOT_SHOWN, &format!("{NOT_SHOWN:?}"));
    let mut letters = shown.chars().peekable();
    let value = value(&mut letters);
    assert_eq!(letters.next(), None, "the whole of it was read: {shown}");
    value
}

fn value(letters: &mut Peekable<Chars<'_>>) -> Value {
    match letters.peek().unwrap() {
        '"' => Value::String(string(letters)),
        '[' => list(letters),
        '-' | '0'..='9' => number(letters),
        _ => named(letters),
    }
}

fn expect(letters: &mut Peekable<Chars<'_>>, text: &str) {
    for letter in text.chars() {
        assert_eq!(letters.next(), Some(letter));
    }
}

fn word(letters: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(letter) = letters.next_if(|next| next.is_alphanumeric() || *next == '_') {
        word.push(letter);
    }
    word
}

fn number(letters: &mut Peekable<Chars<'_>>) -> Value {
    let mut digits = String::new();
    while let Some(letter) = letters.next_if(|next| next.is_ascii_digit() || *next == '-') {
        digits.push(letter);
    }
    serde_json::from_str(&digits).unwrap()
}

fn string(letters: &mut Peekable<Chars<'_>>) -> String {
    expect(letters, "\"");
    let mut text = String::new();
    loop {
        match letters.next().unwrap() {
            '"' => return text,
            '\\' => text.push(escaped(letters)),
            letter => text.push(letter),
        }
    }
}

fn escaped(letters: &mut Peekable<Chars<'_>>) -> char {
    match letters.next().unwrap() {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'u' => {
            expect(letters, "{");
            let digits = word(letters);
            expect(letters, "}");
            char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
        }
        letter => letter,
    }
}

/// Items until `end`, with what stands between them read over.
fn until(
    letters: &mut Peekable<Chars<'_>>,
    end: char,
    mut item: impl FnMut(&mut Peekable<Chars<'_>>),
) {
    loop {
        while letters.next_if(|next| [' ', ','].contains(next)).is_some() {}
        if letters.next_if_eq(&end).is_some() {
            return;
        }
        item(letters);
    }
}

fn list(letters: &mut Peekable<Chars<'_>>) -> Value {
    expect(letters, "[");
    if letters.peek() == Some(&'(') {
        let mut pairs = Map::new();
        until(letters, ']', |letters| {
            expect(letters, "(");
            let key = match value(letters) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            expect(letters, ", ");
            pairs.insert(key, value(letters));
            expect(letters, ")");
        });
        return Value::Object(pairs);
    }
    let mut items = Vec::new();
    until(letters, ']', |letters| items.push(value(letters)));
    Value::Array(items)
}

fn named(letters: &mut Peekable<Chars<'_>>) -> Value {
    let name = word(letters);
    match (name.as_str(), letters.peek().copied()) {
        ("true", _) => Value::Bool(true),
        ("false", _) => Value::Bool(false),
        ("None", _) => Value::Null,
        (_, Some('(')) => {
            expect(letters, "(");
            let holds = value(letters);
            expect(letters, ")");
            match name.as_str() {
                "Some" => holds,
                _ => Value::Object(Map::from_iter([(name, holds)])),
            }
        }
        // The last field of a struct is followed by a space too.
        (_, Some(' ')) if letters.clone().nth(1) == Some('{') => {
            expect(letters, " {");
            let mut fields = Map::new();
            until(letters, '}', |letters| {
                let field = word(letters);
                expect(letters, ": ");
                fields.insert(field, value(letters));
            });
            Value::Object(fields)
        }
        _ => Value::String(name),
    }
}
