//! The steps of a pattern.

/// One step of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Literal(u8),
    /// `?`
    One,
    /// `*`
    Segment,
    /// `**`
    Run,
}

/// Splits a pattern. Stars that touch become one token (two or more are `**`), so that no two
/// stars ever follow each other: the automaton relies on it.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(source.len());
    for byte in source.bytes() {
        match (byte, tokens.last_mut()) {
            (b'*', Some(last @ (Token::Segment | Token::Run))) => *last = Token::Run,
            (b'*', _) => tokens.push(Token::Segment),
            (b'?', _) => tokens.push(Token::One),
            (literal, _) => tokens.push(Token::Literal(literal)),
        }
    }
    tokens
}
