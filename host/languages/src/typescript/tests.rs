use super::*;

fn strip(source: &str) -> String {
    strip_types("/program/a.ts", source, Format::Module)
        .unwrap_or_else(|error| panic!("{source}\n{error}"))
}

/// Both with runs of blanks made one, for reading.
fn check(source: &str, expected: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let stripped = strip(source);
    assert_eq!(words(&stripped), words(expected), "{source}");
    assert_eq!(stripped.encode_utf16().count(), source.encode_utf16().count());
    for (before, after) in source.lines().zip(stripped.lines()) {
        assert_eq!(before.encode_utf16().count(), after.encode_utf16().count(), "{source}");
    }
}

fn refusal(source: &str) -> TypeScriptError {
    strip_types("/program/a.ts", source, Format::Module).unwrap_err()
}
