//! What is handed over on standard input.

use std::io::Read as _;

use tollgate_engine::{MAX_SOURCE_BYTES, NotWebAssembly};

use crate::exit::Failure;

const NAME: &str = "standard input";

/// Reads standard input to its end: a component, or a program.
pub(crate) fn all() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(MAX_SOURCE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let size = bytes.len() as u64;
    if size > MAX_SOURCE_BYTES {
        return Err(Failure::Source {
            file: NAME.to_owned(),
            cause: NotWebAssembly::TooLarge { size },
        });
    }
    Ok(bytes)
}

/// A line of standard input, or a text that is read whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Without the byte that ends it.
    Whole(Vec<u8>),
    /// It had more bytes than it may, and was read past.
    TooLong,
}

/// The next line of standard input, of at most `most` bytes; none at its end. What comes after the last line's end is a line
/// too, if it is anything.
pub(crate) fn line(most: usize) -> Result<Option<Line>, Failure> {
    until(std::io::stdin().lock(), Some(b'\n'), most).map_err(unreadable)
}

/// Standard input to its end, if that is at most `most` bytes.
pub(crate) fn text(most: usize) -> Result<Line, Failure> {
    let read = until(std::io::stdin().lock(), None, most);
    let read = read.map_err(unreadable)?;
    Ok(read.unwrap_or(Line::Whole(Vec::new())))
}

fn unreadable(cause: std::io::Error) -> Failure {
    Failure::Read {
        what: NAME.to_owned(),
        cause,
    }
}

/// What comes before `end`. No more is held than may be.
fn until(
    mut input: impl std::io::BufRead,
    end: Option<u8>,
    most: usize,
) -> std::io::Result<Option<Line>> {
    let mut line = Vec::new();
    let (mut is_too_long, mut is_anything) = (false, false);
    loop {
        let there = match input.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            there => there?,
        };
        if there.is_empty() {
            break;
        }
        is_anything = true;
        let at = end.and_then(|end| there.iter().position(|byte| *byte == end));
        let piece = there.get(..at.unwrap_or(there.len())).unwrap_or(there);
        if line.len().saturating_add(piece.len()) > most {
            is_too_long = true;
            line = Vec::new();
        } else if !is_too_long {
            line.extend_from_slice(piece);
        }
        let used = piece.len().saturating_add(usize::from(at.is_some()));
        input.consume(used);
        if at.is_some() {
            break;
        }
    }
    Ok(match (is_anything, is_too_long) {
        (false, _) => None,
        (true, true) => Some(Line::TooLong),
        (true, false) => Some(Line::Whole(line)),
    })
}

/// Reads what is there of standard input, waiting for at least a byte; nothing at its end.
pub(crate) fn piece() -> std::io::Result<Vec<u8>> {
    let mut piece = vec![0; 64 << 10];
    let read = std::io::stdin().lock().read(&mut piece)?;
    piece.truncate(read);
    Ok(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &str, most: usize) -> Vec<Line> {
        // A buffer of three bytes, so that lines come in pieces.
        let mut input = std::io::BufReader::with_capacity(3, input.as_bytes());
        std::iter::from_fn(|| until(&mut input, Some(b'\n'), most).unwrap()).collect()
    }

    #[test]
    fn a_line_that_is_too_long_is_read_past_and_the_next_one_is_whole() {
        let whole = |text: &str| Line::Whole(text.as_bytes().to_vec());
        assert_eq!(
            lines("ab\n\nabcdefgh\nabcde\nx", 5),
            [
                whole("ab"),
                whole(""),
                Line::TooLong,
                whole("abcde"),
                whole("x")
            ]
        );
        assert_eq!(lines("", 5), []);
        assert_eq!(lines("\n", 5), [whole("")]);
        assert_eq!(lines("abcdef", 5), [Line::TooLong]);
    }
}
