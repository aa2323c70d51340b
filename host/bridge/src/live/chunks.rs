//! Bytes in the order that they came in.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::fixed::{JOINED_BYTES, QUEUED_BYTES};

/// Chunks, each with a tag. What is small is joined with what came before it under the same tag, so that a million writes of
/// one byte are no million allocations.
pub(super) struct Chunks<T> {
    whole: VecDeque<(T, Bytes)>,
    growing: Option<(T, BytesMut)>,
    bytes: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self {
            whole: VecDeque::new(),
            growing: None,
            bytes: 0,
        }
    }
}

impl<T: Copy + PartialEq> Chunks<T> {
    /// Bytes that are in it.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What it takes of memory, as it is held against a bound: the bytes, and something for each chunk.
    pub(super) fn cost(&self) -> usize {
        let chunks = self.whole.len() + usize::from(self.growing.is_some());
        self.bytes
            .saturating_add(chunks.saturating_mul(QUEUED_BYTES))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Appends a copy.
    pub(super) fn push(&mut self, tag: T, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.bytes = self.bytes.saturating_add(bytes.len());
        match &mut self.growing {
            Some((last, growing))
                if *last == tag && growing.len().saturating_add(bytes.len()) <= JOINED_BYTES =>
            {
                growing.extend_from_slice(bytes);
            }
            Some(_) | None => {
                self.settle();
                self.growing = Some((tag, BytesMut::from(bytes)));
            }
        }
    }

    /// Appends what is shared; what is small is copied all the same.
    pub(super) fn push_shared(&mut self, tag: T, bytes: Bytes) {
        if bytes.len() < JOINED_BYTES {
            return self.push(tag, &bytes);
        }
        self.settle();
        self.bytes = self.bytes.saturating_add(bytes.len());
        self.whole.push_back((tag, bytes));
    }

    /// The oldest chunk.
    pub(super) fn pop(&mut self) -> Option<(T, Bytes)> {
        if self.whole.is_empty() {
            self.settle();
        }
        let (tag, bytes) = self.whole.pop_front()?;
        self.bytes = self.bytes.saturating_sub(bytes.len());
        Some((tag, bytes))
    }

    /// At most `most` bytes of the oldest chunk.
    pub(super) fn take(&mut self, most: usize) -> Bytes {
        let Some((tag, mut bytes)) = self.pop() else {
            return Bytes::new();
        };
        if bytes.len() > most {
            let rest = bytes.split_off(most);
            self.bytes = self.bytes.saturating_add(rest.len());
            self.whole.push_front((tag, rest));
        }
        bytes
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn settle(&mut self) {
        if let Some((tag, growing)) = self.growing.take() {
            self.whole.push_back((tag, growing.freeze()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ones_of_one_tag_are_joined_and_the_order_is_kept() {
        let mut chunks = Chunks::default();
        for (tag, text) in [(1, "a"), (1, "b"), (2, "c"), (1, "d"), (1, "")] {
            chunks.push(tag, text.as_bytes());
        }
        assert_eq!((chunks.bytes(), chunks.cost()), (4, 4 + 3 * QUEUED_BYTES));
        let mut all = Vec::new();
        while let Some((tag, bytes)) = chunks.pop() {
            all.push((tag, String::from_utf8(bytes.to_vec()).unwrap()));
        }
        let expected = [(1, "ab"), (2, "c"), (1, "d")].map(|(tag, text)| (tag, text.to_owned()));
        assert_eq!(all, expected);
        assert!(chunks.is_empty() && chunks.cost() == 0);
    }

    #[test]
    fn a_million_single_bytes_cost_little_more_than_a_million() {
        let mut chunks = Chunks::default();
        for _ in 0..1_000_000 {
            chunks.push((), b"x");
        }
        assert!(chunks.cost() < 1_100_000, "{}", chunks.cost());
        let mut taken = 0;
        while !chunks.is_empty() {
            taken += chunks.take(777).len();
        }
        assert_eq!(taken, 1_000_000);
    }

    #[test]
    fn what_is_large_is_not_copied() {
        let mut chunks = Chunks::default();
        let large = Bytes::from(vec![7; JOINED_BYTES]);
        chunks.push((), b"before");
        chunks.push_shared((), large.clone());
        assert_eq!(&chunks.take(99)[..], b"before");
        let got = chunks.take(usize::MAX);
        assert_eq!(got.as_ptr(), large.as_ptr());
    }
}
