//! Whether a text is an ES module, where neither its name nor its package says.

/// Whether it has what only an ES module can have: an `import` or `export` declaration, or `import.meta`. Comments and
/// strings are skipped; a declaration begins a statement, so that it is looked for at the beginning of one.
pub(crate) fn is_module(text: &str) -> bool {
    let mut rest = text;
    let mut begins = true;
    let mut depth = 0_u32;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = skipped(rest) {
            rest = after;
            continue;
        }
        if is_word(first) {
            let end = rest
                .find(|character| !is_word(character))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if depth == 0 && declares(word, after, begins) {
                return true;
            }
            begins = false;
            rest = after;
            continue;
        }
        match first {
            '{' | '(' | '[' => depth = depth.saturating_add(1),
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        begins = match first {
            ';' | '}' | '\n' => true,
            other if other.is_whitespace() => begins,
            _ => false,
        };
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    false
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

/// What comes after a comment, a string or a template that begins here. Templates are skipped as a whole, with what they
/// hold: a declaration cannot stand in one.
fn skipped(text: &str) -> Option<&str> {
    let after = |rest: &'_ str, end: &str| {
        rest.find(end)
            .map_or(rest.len(), |at| at.saturating_add(end.len()))
    };
    if text.starts_with("//") || text.starts_with("#!") {
        let end = text.find('\n').unwrap_or(text.len());
        return text.get(end..);
    }
    if let Some(rest) = text.strip_prefix("/*") {
        return rest.get(after(rest, "*/")..);
    }
    let quote = text
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\'' | '`'))?;
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // A string ends with its line, if it is one at all: it may be a quote in a regular expression.
            '\n' if quote != '`' => return text.get(at..),
            end if end == quote => return text.get(at.saturating_add(1)..),
            _ => {}
        }
    }
    Some("")
}

fn declares(word: &str, after: &str, begins: bool) -> bool {
    let next = after.trim_start();
    match word {
        "import" if next.starts_with('.') => {
            next.trim_start_matches(['.', ' ']).starts_with("meta")
        }
        "import" => begins && !next.starts_with('('),
        "export" => {
            begins
                && (next.starts_with(['{', '*'])
                    || [
                        "default", "const", "let", "var", "function", "class", "async",
                    ]
                    .iter()
                    .any(|word| next.starts_with(word)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_module;

    #[test]
    fn a_declaration_makes_a_module() {
        for text in [
            "import a from 'a'",
            "import'a'",
            "/* c */ import * as a from \"a\";",
            "const a = 1\nexport { a }",
            "'use strict'; export default 1",
            "#!/usr/bin/env node\nexport const a = 1",
            "const here = import.meta.url",
        ] {
            assert!(is_module(text), "{text}");
        }
    }

    #[test]
    fn words_in_strings_comments_and_calls_make_none() {
        for text in [
            "// import a from 'a'",
            "'import a'",
            "`\nimport a from 'a'\n`",
            "import('a')",
            "exports.a = 1",
            "module.exports = { import: 1, export: 2 }",
            "a.import = 1",
            "",
        ] {
            assert!(!is_module(text), "{text}");
        }
    }
}
