//! Guest text on its way into a record: bounded, then escaped.
//!
//! A guest chooses file names, host names and error texts, so every one of them may hold a line end (a forged record),
//! a terminal escape (a log that repaints the operator's screen) or a direction mark (a name that reads as another).
//! The log stays plain, printable text whatever a guest says: what could act on a reader stands as `\uXXXX`.

use std::borrow::Cow;

/// Room for the mark that a truncated string ends with.
const MARK_BYTES: usize = 40;

/// `text`, cut to at most `max` bytes (at least 64), at a character's border, with a mark that says how much is missing.
pub(crate) fn truncate(text: &str, max: usize) -> Cow<'_, str> {
    let max = max.max(64);
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let (kept, cut) = text.split_at(text.floor_char_boundary(max - MARK_BYTES));
    Cow::Owned(format!("{kept}…(+{} bytes)", cut.len()))
}

/// Appends `text` as the inside of a JSON string.
pub(crate) fn push(out: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut clean = 0;
    for (at, character) in text.char_indices() {
        if !needs_escape(character) {
            continue;
        }
        out.extend_from_slice(text.as_bytes().get(clean..at).unwrap_or_default());
        push_escaped(out, character);
        clean = at + character.len_utf8();
    }
    out.extend_from_slice(text.as_bytes().get(clean..).unwrap_or_default());
}

/// Whether `text` stands as it is: nearly all do, and this is found out many bytes at a time.
fn is_plain(text: &str) -> bool {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') & (*byte != b'"') & (*byte != b'\\');
    // Without an early end inside a block, the block is looked at at once.
    let (blocks, rest) = text.as_bytes().as_chunks::<32>();
    let all = |block: &[u8]| block.iter().fold(true, |so_far, byte| so_far & plain(byte));
    blocks.iter().all(|block| all(block)) && all(rest)
}

/// How many bytes [`push`] appends for `text`.
pub(crate) fn len(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.chars()
        .map(|character| {
            if needs_escape(character) {
                escaped_len(character)
            } else {
                character.len_utf8()
            }
        })
        .sum()
}

/// `text` made safe for a terminal: escaped where a record would escape it, but for quotes and backslashes.
///
/// For whoever prints a record's fields: parsing a record undoes the escapes that kept its line harmless.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts_on_readers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if acts_on_readers(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

fn needs_escape(character: char) -> bool {
    matches!(character, '"' | '\\') || acts_on_readers(character)
}

/// Controls, line separators, and format characters that are invisible or turn the direction of the text.
fn acts_on_readers(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\u{0}'..='\u{9f}' | '\u{ad}' => true,
        '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        '\u{a0}'..='\u{10ffff}' => false,
    }
}

fn push_escaped(out: &mut Vec<u8>, character: char) {
    match character {
        '"' => out.extend_from_slice(br#"\""#),
        '\\' => out.extend_from_slice(br"\\"),
        _ => {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.extend_from_slice(b"\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(hex_digit(*unit >> shift));
                }
            }
        }
    }
}

fn hex_digit(value: u16) -> u8 {
    b"0123456789abcdef"
        .get(usize::from(value & 0xf))
        .copied()
        .unwrap_or(b'0')
}

fn escaped_len(character: char) -> usize {
    match character {
        '"' | '\\' => 2,
        _ => 6 * character.len_utf16(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        push(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn i66_what_acts_on_a_terminal_is_escaped() {
        assert_eq!(
            escaped("a\x1b[2J\r\n\0b"),
            "a\\u001b[2J\\u000d\\u000a\\u0000b"
        );
        assert_eq!(escaped("\u{9b}31m\u{7f}"), "\\u009b31m\\u007f");
        assert_eq!(
            escaped("gpj.\u{202e}exe\u{2066}\u{200f}"),
            "gpj.\\u202eexe\\u2066\\u200f"
        );
        assert_eq!(escaped("\u{2028}\u{2029}\u{feff}"), "\\u2028\\u2029\\ufeff");
        assert_eq!(escaped("\u{e0041}"), "\\udb40\\udc41");
        assert_eq!(
            escaped("naïve \"日本\" \\ 🦀"),
            "naïve \\\"日本\\\" \\\\ 🦀"
        );
    }

    #[test]
    fn what_is_printed_keeps_quotes_and_loses_controls() {
        assert_eq!(printable("plain \"text\""), "plain \"text\"");
        assert_eq!(printable("a\x1b[2Jb\u{202e}"), "a\\u001b[2Jb\\u202e");
    }

    #[test]
    fn a_cut_string_says_how_much_is_missing() {
        assert_eq!(truncate("short", 64), "short");
        let long = "é".repeat(100);
        let cut = truncate(&long, 64);
        assert!(cut.len() <= 64, "{cut}");
        assert!(cut.ends_with(" bytes)"), "{cut}");
    }

    proptest! {
        #[test]
        fn escaping_is_lossless_one_line_and_of_the_announced_length(text in any::<String>()) {
            let line = escaped(&text);
            prop_assert_eq!(line.len(), len(&text));
            prop_assert!(!line.chars().any(acts_on_readers));
            let back: String = serde_json::from_str(&format!("\"{line}\"")).unwrap();
            prop_assert_eq!(back, text);
        }

        #[test]
        fn truncation_keeps_the_bound_whatever_the_text(text in "\\PC{0,200}", max in 64_usize..200) {
            let cut = truncate(&text, max);
            prop_assert!(cut.len() <= max);
            prop_assert_eq!(cut == text.as_str(), text.len() <= max);
        }
    }
}
