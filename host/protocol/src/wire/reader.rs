//! Reading bytes that anybody may have sent.

use crate::error::{DecodeError, DecodeFault};

/// The bytes that are left, and the memory that may still be taken.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// How many bytes there were.
    length: usize,
    /// Bytes of memory that lists may still take, and how many there were.
    memory: u64,
    limit: u64,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, with so many bytes of memory for lists.
    #[must_use]
    pub const fn new(bytes: &'a [u8], decoded_bytes: u64) -> Self {
        Self {
            rest: bytes,
            length: bytes.len(),
            memory: decoded_bytes,
            limit: decoded_bytes,
        }
    }

    /// An error at this place.
    pub(crate) const fn wrong(&self, fault: DecodeFault) -> DecodeError {
        let at = self.length - self.rest.len();
        DecodeError { at, fault }
    }

    /// The error of a case that `of` does not have.
    pub(crate) const fn unknown(&self, of: &'static str, tag: u64) -> DecodeError {
        self.wrong(DecodeFault::UnknownTag { of, tag })
    }

    /// The next bytes, as many as that.
    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let Some((bytes, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.wrong(DecodeFault::UnexpectedEnd));
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// The next bytes, as many as the type says.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(self.wrong(DecodeFault::UnexpectedEnd));
        };
        self.rest = rest;
        Ok(*bytes)
    }

    /// A byte that says yes or no. All but zero is yes, as it is for peers.
    pub(crate) fn flag(&mut self) -> Result<bool, DecodeError> {
        let [byte] = self.array()?;
        Ok(byte != 0)
    }

    /// A number of variable length: ten bytes at most, of which the last has one bit. More bytes than it needs are fine.
    pub(crate) fn uint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for shift in (0..=63).step_by(7) {
            let [byte] = self.array()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && byte > 1 {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.wrong(DecodeFault::NumberTooLong))
    }

    /// The number of a case.
    pub(crate) fn tag(&mut self) -> Result<u64, DecodeError> {
        self.uint()
    }

    /// A length in bytes, all of which are there.
    pub(crate) fn length(&mut self) -> Result<usize, DecodeError> {
        self.count(1)
    }

    /// A count of items that have at least so many bytes each, for all of which there are bytes.
    pub(crate) fn count(&mut self, least: usize) -> Result<usize, DecodeError> {
        let declared = self.uint()?;
        match usize::try_from(declared) {
            // Both sides are lengths, so that there is nothing to overflow: dividing is instead of multiplying.
            Ok(count) if count <= self.rest.len() / least.max(1) => Ok(count),
            _ => Err(self.wrong(DecodeFault::UnexpectedEnd)),
        }
    }

    /// Accounts for memory that is about to be taken.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), DecodeError> {
        match self.memory.checked_sub(bytes as u64) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => Err(self.wrong(DecodeFault::TooMuch { limit: self.limit })),
        }
    }
}
