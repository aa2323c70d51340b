//! A piece of a file's content, shared by all filesystems that have the same one.

use std::sync::OnceLock;

use crate::Digest;

/// Bytes that one chunk covers.
///
/// It is what a fork copies when one byte of a file is written, what the store keeps as one blob, and what a byte far
/// out costs at most. Larger ones make for fewer files in the store, each of which is carried to the disk by itself;
/// smaller ones for less that is copied. 64 KiB copies in some microseconds.
pub(crate) const CHUNK: usize = 64 * 1024;
/// The same.
pub(crate) const CHUNK_BYTES: u64 = CHUNK as u64;

/// Some bytes, at most [`CHUNK`]; what they lack is zeros. Never changed while two have it: whoever writes takes a copy.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    /// Computed when it is first asked for, so that saving again what did not change hashes nothing.
    digest: OnceLock<Digest>,
}

impl Clone for Chunk {
    fn clone(&self) -> Self {
        Self::new(self.bytes.clone())
    }
}

impl Chunk {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            digest: OnceLock::new(),
        }
    }

    /// Bytes whose digest was just compared; they don't end in zeros.
    pub(crate) fn verified(bytes: Vec<u8>, digest: Digest) -> Self {
        Self {
            bytes,
            digest: OnceLock::from(digest),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, to be changed.
    pub(crate) fn edit(&mut self) -> &mut Vec<u8> {
        self.digest.take();
        &mut self.bytes
    }

    /// The bytes without the zeros at their end: the same for all chunks that read the same.
    pub(crate) fn trimmed(&self) -> &[u8] {
        let end = self.bytes.iter().rposition(|byte| *byte != 0);
        let end = end.map_or(0, |last| last + 1);
        self.bytes.get(..end).unwrap_or_default()
    }

    /// The digest of the trimmed bytes.
    pub(crate) fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| Digest::of(self.trimmed()))
    }
}
