//! Numbers, truth, text.

use super::{Reader, Sink, Wire};
use crate::error::{DecodeError, DecodeFault};

/// A number of a fixed width. There is none for `u8`: the protocol has no such number, and a list of bytes is text of its
/// own kind.
macro_rules! number {
    ($($number:ty),+) => {
        $(impl Wire for $number {
            const LEAST: usize = size_of::<$number>();

            fn encode(&self, sink: &mut impl Sink) {
                sink.put(&self.to_le_bytes());
            }

            fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.array().map(Self::from_le_bytes)
            }
        })+
    };
}

number!(u16, u32, u64, i32, i64);

impl Wire for bool {
    const LEAST: usize = 1;

    fn encode(&self, sink: &mut impl Sink) {
        sink.put(&[u8::from(*self)]);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.flag()
    }
}

impl Wire for String {
    const LEAST: usize = 1;

    fn encode(&self, sink: &mut impl Sink) {
        sink.uint(self.len() as u64);
        sink.put(self.as_bytes());
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        let bytes = reader.bytes(length)?;
        match str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(reader.wrong(DecodeFault::InvalidUtf8)),
        }
    }
}
