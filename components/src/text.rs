//! One token for any text: bytes that would break a line or a token are percent-escaped.

/// Escapes what is no visible ASCII character or UTF-8 letter, and `%` itself.
#[must_use]
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() || character.is_whitespace() || character == '%' {
                push_escapes(&mut text, character.to_string().as_bytes());
            } else {
                text.push(character);
            }
        }
        push_escapes(&mut text, chunk.invalid());
    }
    text
}

fn push_escapes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push_str(&format!("%{byte:02X}"));
    }
}

/// Undoes [`escaped`]; `''` is the empty text. None when an escape is cut or malformed.
#[must_use]
pub fn unescaped(token: &str) -> Option<Vec<u8>> {
    if token == "''" {
        return Some(Vec::new());
    }
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = tail.get(2..)?;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    Some(bytes)
}
