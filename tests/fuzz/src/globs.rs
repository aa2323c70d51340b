//! The pattern language, the naive way: `?` is one byte but `/`, `*` a run without `/`, `**` any run.

/// Whether the whole of `text` matches `pattern`, by a table over both: slow, and plainly what is meant.
pub(crate) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    // `reach` holds, for each length of text, whether the pattern so far matches exactly that much of it.
    let mut reach = vec![false; text.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    let mut rest = pattern;
    while let Some((token, after)) = rest.split_first() {
        let any = *token == b'*' && after.first() == Some(&b'*');
        let run = *token == b'*';
        let mut next = vec![false; text.len() + 1];
        let mut running = false;
        for (at, place) in next.iter_mut().enumerate() {
            let reached = reach.get(at).copied().unwrap_or(false);
            let before = at.checked_sub(1);
            let byte = before.and_then(|at| text.get(at));
            if run {
                running = reached || (running && (any || byte != Some(&b'/')));
                *place = running;
            } else {
                let one = byte.is_some_and(|byte| {
                    if *token == b'?' {
                        *byte != b'/'
                    } else {
                        byte == token
                    }
                });
                *place = one
                    && before
                        .and_then(|at| reach.get(at))
                        .copied()
                        .unwrap_or(false);
            }
        }
        reach = next;
        rest = if any {
            after.get(1..).unwrap_or_default()
        } else {
            after
        };
    }
    reach.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn the_naive_matcher_means_what_the_language_says() {
        for (pattern, text, expected) in [
            ("/a/*", "/a/b", true),
            ("/a/*", "/a/b/c", false),
            ("/a/*", "/a/", true),
            ("/a/**", "/a/b/c", true),
            ("/a/**", "/a", false),
            ("?", "/", false),
            ("?", "x", true),
            ("**?", "a/", false),
            ("***", "a/b", true),
            ("*a", "b/a", false),
            ("", "", true),
            ("a", "", false),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes()),
                expected,
                "{pattern} on {text}"
            );
        }
    }
}
