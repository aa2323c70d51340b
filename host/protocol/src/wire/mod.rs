//! BARE: how values become bytes.
//!
//! Numbers of a fixed width are little-endian. Lengths, counts and the numbers of cases have as many bytes as they need,
//! seven bits in each. A text is its length and its bytes, a list its count and its items, a map its count and its pairs;
//! what may be absent begins with a byte that says so.

mod lists;
mod reader;
mod scalars;
mod sink;

pub use reader::Reader;
pub(crate) use sink::Count;
pub use sink::Sink;

use crate::error::DecodeError;

/// A value that has a form in bytes.
pub trait Wire: Sized {
    /// The fewest bytes that a value has: so many items there are at most in so many bytes, whatever a count says. Never
    /// 0, which is why no record is empty.
    const LEAST: usize;

    /// Writes the value.
    fn encode(&self, sink: &mut impl Sink);

    /// Reads a value, and nothing beyond it.
    ///
    /// # Errors
    ///
    /// What is wrong with the bytes.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// The least of some numbers; 0 of none.
pub(crate) const fn least_of(mut numbers: &[usize]) -> usize {
    let mut least = usize::MAX;
    while let [first, rest @ ..] = numbers {
        if *first < least {
            least = *first;
        }
        numbers = rest;
    }
    if least == usize::MAX { 0 } else { least }
}

/// How many bytes a value has.
pub(crate) fn size(value: &impl Wire) -> u64 {
    let mut count = Count::default();
    value.encode(&mut count);
    count.bytes()
}
