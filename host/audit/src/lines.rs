//! Lines of a file that may hold anything: bounded memory, whatever stands there.

use crate::record::MAX_LINE_BYTES;
use std::io::{BufRead as _, BufReader, ErrorKind, Read, Result};

/// One line.
pub(crate) enum Line<'a> {
    /// Up to its line end, which is not included.
    Whole(&'a [u8]),
    /// A line that is longer than any record.
    TooLong,
    /// What stands after the last line end, by its length.
    Torn(u64),
}

pub(crate) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: R) -> Lines<R> {
        Lines {
            input: BufReader::with_capacity(256 * 1024, input),
            line: Vec::new(),
        }
    }

    /// The next line, or none at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Line<'_>>> {
        self.line.clear();
        let mut length: u64 = 0;
        loop {
            let part = match self.input.fill_buf() {
                Ok(part) => part,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if part.is_empty() {
                return Ok((length > 0).then_some(Line::Torn(length)));
            }
            let end = part.iter().position(|byte| *byte == b'\n');
            let text = end.and_then(|end| part.get(..end)).unwrap_or(part);
            let ended = end.is_some();
            length = length.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
            // One byte beyond the bound is kept, as the sign of a line that was too long.
            let room = (MAX_LINE_BYTES + 1).saturating_sub(self.line.len());
            self.line
                .extend_from_slice(text.get(..room).unwrap_or(text));
            let used = text.len() + usize::from(ended);
            self.input.consume(used);
            if ended {
                let too_long = self.line.len() > MAX_LINE_BYTES;
                return Ok(Some(if too_long {
                    Line::TooLong
                } else {
                    Line::Whole(&self.line)
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(content: &[u8]) -> Vec<String> {
        let mut lines = Lines::new(content);
        let mut told = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            told.push(match line {
                Line::Whole(text) => String::from_utf8_lossy(text).into_owned(),
                Line::TooLong => "too long".to_owned(),
                Line::Torn(bytes) => format!("torn {bytes}"),
            });
        }
        told
    }

    #[test]
    fn lines_end_with_their_line_end_and_what_has_none_is_torn() {
        assert!(told(b"").is_empty());
        assert_eq!(told(b"a\n\nb\n"), ["a", "", "b"]);
        assert_eq!(told(b"a\nbc"), ["a", "torn 2"]);
    }

    #[test]
    fn a_line_beyond_the_bound_is_refused_and_a_tail_beyond_it_only_counted() {
        let longest = vec![b'x'; MAX_LINE_BYTES];
        let line = [&longest[..], b"\n"].concat();
        assert_eq!(told(&line), [String::from_utf8_lossy(&longest)]);
        assert_eq!(told(&[b"x", &line[..]].concat()), ["too long"]);
        let zeros = vec![0; 3_000_000];
        assert_eq!(told(&zeros), ["torn 3000000"]);
        assert!(Lines::new(&zeros[..]).next().unwrap().is_some());
    }
}
