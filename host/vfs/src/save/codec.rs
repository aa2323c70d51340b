//! Numbers and texts in bytes, little end first.

use super::TreeError;
use crate::{Digest, Timestamp};

#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn digest(&mut self, digest: &Digest) {
        self.0.extend(digest.as_bytes());
    }

    pub(super) fn count(&mut self, count: usize) -> Result<(), TreeError> {
        let count = u32::try_from(count).map_err(|_| TreeError::TooLarge("a list is too long"))?;
        self.u32(count);
        Ok(())
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), TreeError> {
        self.count(bytes.len())?;
        self.0.extend(bytes);
        Ok(())
    }

    pub(super) fn time(&mut self, time: Option<Timestamp>) {
        self.u8(u8::from(time.is_some()));
        if let Some(time) = time {
            self.0.extend(time.seconds.to_le_bytes());
            self.u32(time.nanos);
        }
    }
}

/// Reads what a [`Writer`] wrote. Every length is checked against what is left before anything is made for it.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

const SHORT: TreeError = TreeError::Corrupt("a blob ends too early");

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], TreeError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], TreeError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, TreeError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, TreeError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, TreeError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn digest(&mut self) -> Result<Digest, TreeError> {
        self.array().map(Digest::from_bytes)
    }

    /// The length of a list whose members take at least so many bytes each.
    pub(super) fn count(&mut self, least: usize) -> Result<usize, TreeError> {
        let count = usize::try_from(self.u32()?).map_err(|_| SHORT)?;
        match count.checked_mul(least) {
            Some(bytes) if bytes <= self.0.len() => Ok(count),
            _ => Err(SHORT),
        }
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], TreeError> {
        let count = self.count(1)?;
        self.take(count)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, TreeError> {
        str::from_utf8(self.bytes()?).map_err(|_| TreeError::Corrupt("a text is not UTF-8"))
    }

    pub(super) fn time(&mut self) -> Result<Option<Timestamp>, TreeError> {
        match self.u8()? {
            0 => Ok(None),
            1 => {
                let seconds = self.array().map(i64::from_le_bytes)?;
                let nanos = self.u32()?;
                if nanos >= 1_000_000_000 {
                    return Err(TreeError::Corrupt("a time has too many nanoseconds"));
                }
                Ok(Some(Timestamp { seconds, nanos }))
            }
            _ => Err(TreeError::Corrupt("a time is neither there nor not")),
        }
    }

    pub(super) fn magic(&mut self, magic: [u8; 4]) -> Result<(), TreeError> {
        if self.array()? == magic {
            Ok(())
        } else {
            Err(TreeError::Corrupt(
                "a blob is of another kind, or of a version that is not known",
            ))
        }
    }

    pub(super) fn end(&self) -> Result<(), TreeError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(TreeError::Corrupt("a blob goes on behind its end"))
        }
    }
}
