//! Where lines go.

use crate::chain::Chain;
use crate::error::Failure;
use crate::lock::lock;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// A place for lines. The writer is its only caller; the first error is the log's end.
pub trait Sink: Send {
    /// Takes one line, its line end included. It may stay in memory until the next flush.
    ///
    /// # Errors
    /// The line cannot be kept.
    fn append(&mut self, line: &[u8]) -> Result<(), Failure>;

    /// Makes every appended line durable, and says so where a later reader can check it: `next_seq` is the number that
    /// the next record will have, `hash` the hash of the last one.
    ///
    /// # Errors
    /// Some line may be lost.
    fn flush(&mut self, next_seq: u64, hash: [u8; 32]) -> Result<(), Failure>;
}

pub(crate) fn flush(sink: &mut dyn Sink, chain: &Chain) -> Result<(), Failure> {
    sink.flush(chain.next_seq(), chain.prev().0)
}

/// Bytes of lines that a memory log keeps, whatever their number.
const MEMORY_BYTES: usize = 8 * 1024 * 1024;

/// The last lines of a memory log.
#[derive(Default)]
pub(crate) struct Recent {
    lines: VecDeque<Box<[u8]>>,
    bytes: usize,
}

impl Recent {
    pub(crate) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(|line| &**line)
    }

    fn push(&mut self, line: &[u8], keep: usize) {
        self.bytes += line.len();
        self.lines.push_back(line.into());
        while self.lines.len() > keep || self.bytes > MEMORY_BYTES {
            let Some(oldest) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= oldest.len();
        }
    }
}

/// A log that lives as long as its host: bounded, and lost at the end.
pub(crate) struct Memory {
    keep: usize,
    recent: Arc<Mutex<Recent>>,
}

impl Memory {
    pub(crate) fn new(keep: usize) -> (Memory, Arc<Mutex<Recent>>) {
        let recent = Arc::default();
        (
            Memory {
                keep,
                recent: Arc::clone(&recent),
            },
            recent,
        )
    }
}

impl Sink for Memory {
    fn append(&mut self, line: &[u8]) -> Result<(), Failure> {
        lock(&self.recent).push(line, self.keep);
        Ok(())
    }

    fn flush(&mut self, _next_seq: u64, _hash: [u8; 32]) -> Result<(), Failure> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_the_last_lines_within_both_bounds() {
        let mut recent = Recent::default();
        for n in 0..10_u8 {
            recent.push(&[n], 3);
        }
        assert_eq!(recent.lines().collect::<Vec<_>>(), [[7], [8], [9]]);
        for _ in 0..3 {
            recent.push(&vec![0; MEMORY_BYTES / 2], 1000);
        }
        assert_eq!(recent.lines().count(), 2);
        assert!(recent.bytes <= MEMORY_BYTES);
    }
}
