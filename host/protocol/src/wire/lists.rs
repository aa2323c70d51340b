//! What holds other values: none or one, many, pairs, bytes.

use super::{Reader, Sink, Wire};
use crate::error::DecodeError;

/// For how many items there is room at first.
const FIRST: usize = 4;

impl<T: Wire> Wire for Option<T> {
    const LEAST: usize = 1;

    fn encode(&self, sink: &mut impl Sink) {
        self.is_some().encode(sink);
        if let Some(value) = self {
            value.encode(sink);
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.flag()?.then(|| T::decode(reader)).transpose()
    }
}

/// `data`: bytes, all of them at once.
impl Wire for Vec<u8> {
    const LEAST: usize = 1;

    fn encode(&self, sink: &mut impl Sink) {
        sink.uint(self.len() as u64);
        sink.put(self);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        reader.bytes(length).map(<[u8]>::to_vec)
    }
}

impl<T: Wire> Wire for Vec<T> {
    const LEAST: usize = 1;

    fn encode(&self, sink: &mut impl Sink) {
        sink.uint(self.len() as u64);
        for item in self {
            item.encode(sink);
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        items(reader, T::LEAST, T::decode)
    }
}

/// `map`. The order of its pairs is kept, though it means nothing, so that what is read can be written as it was.
impl<K: Wire + Ord, V: Wire> Wire for Vec<(K, V)> {
    const LEAST: usize = 1;

    fn encode(&self, sink: &mut impl Sink) {
        sink.uint(self.len() as u64);
        for (key, value) in self {
            key.encode(sink);
            value.encode(sink);
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let pairs = items(reader, K::LEAST + V::LEAST, |reader| {
            Ok((K::decode(reader)?, V::decode(reader)?))
        })?;
        reader.take(pairs.len() * size_of::<(&K, usize)>())?;
        Ok(last_of_each(pairs))
    }
}

/// Reads a count and as many items. Room is made for as many as were really read, again and again, and never for as many
/// as were declared.
fn items<T>(
    reader: &mut Reader<'_>,
    least: usize,
    mut item: impl FnMut(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let count = reader.count(least)?;
    let mut items = Vec::new();
    while items.len() < count {
        if items.len() == items.capacity() {
            let more = items.len().max(FIRST).min(count - items.len());
            reader.take(more.saturating_mul(size_of::<T>()))?;
            items.reserve_exact(more);
        }
        items.push(item(reader)?);
    }
    Ok(items)
}

/// The pairs without those whose key comes again. By sorting, which takes as long for keys that somebody chose as for
/// any.
fn last_of_each<K: Ord, V>(pairs: Vec<(K, V)>) -> Vec<(K, V)> {
    let mut order: Vec<(&K, usize)> = pairs
        .iter()
        .enumerate()
        .map(|(at, (key, _))| (key, at))
        .collect();
    order.sort_unstable();
    let mut before_another: Vec<usize> = order
        .windows(2)
        .filter_map(|two| match two {
            [(key, at), (next, _)] if key == next => Some(*at),
            _ => None,
        })
        .collect();
    if before_another.is_empty() {
        return pairs;
    }
    before_another.sort_unstable();
    let mut dropped = before_another.into_iter().peekable();
    let numbered = pairs.into_iter().enumerate();
    numbered
        .filter(|(at, _)| dropped.next_if_eq(at).is_none())
        .map(|(_, pair)| pair)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Wire>(bytes: &[u8]) -> Result<T, DecodeError> {
        T::decode(&mut Reader::new(bytes, 1 << 20))
    }

    #[test]
    fn a_key_that_comes_again_has_its_last_value() {
        let pairs: Vec<(u32, bool)> = vec![(1, true), (2, true), (1, false), (3, true), (2, false)];
        let mut bytes = Vec::new();
        pairs.encode(&mut bytes);
        let expected = vec![(1, false), (3, true), (2, false)];
        assert_eq!(read::<Vec<(u32, bool)>>(&bytes), Ok(expected));
    }

    #[test]
    fn a_map_keeps_the_order_that_it_came_in() {
        let pairs: Vec<(u32, bool)> = vec![(3, true), (1, false), (2, true)];
        let mut bytes = Vec::new();
        pairs.encode(&mut bytes);
        assert_eq!(read(&bytes), Ok(pairs));
    }

    #[test]
    fn room_is_made_for_no_more_items_than_there_are() {
        let mut bytes = vec![100];
        bytes.extend([1; 100]);
        let items: Vec<bool> = read(&bytes).expect("a list");
        assert_eq!(items.len(), 100);
        assert!(items.capacity() < 128, "{}", items.capacity());
    }
}
