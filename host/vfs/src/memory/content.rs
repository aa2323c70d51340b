//! What is in a file: chunks, holes between them, and perhaps a layer's file showing through.

use std::ops::Bound;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use crate::FsError;
use crate::chunk::{CHUNK, CHUNK_BYTES, Chunk};
use crate::overlay::Backing;

type Chunks = RedBlackTreeMapSync<u64, Arc<Chunk>>;

/// Chunks are charged in blocks of this many bytes, so that a byte here and a byte there pays for the
/// table that finds it.
const BLOCK_BYTES: u64 = 512;

/// A sparse file. A chunk may be shorter than [`CHUNK_BYTES`]: what it lacks is zeros. A clone shares all chunks, and
/// either copies the ones that it writes.
#[derive(Clone)]
pub(super) struct Content {
    len: u64,
    chunks: Chunks,
    /// Shows through where there is no chunk.
    backing: Option<Backing>,
    charged: u64,
}

/// The part of one chunk that a transfer touches.
struct Piece {
    chunk: u64,
    start: usize,
    end: usize,
}

impl Content {
    pub(super) fn empty() -> Self {
        Self {
            len: 0,
            chunks: Chunks::new_sync(),
            backing: None,
            charged: 0,
        }
    }

    pub(super) fn of_layer(backing: Backing) -> Self {
        Self {
            len: backing.visible(),
            backing: Some(backing),
            ..Self::empty()
        }
    }

    /// The file's length in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Bytes that this file is charged for.
    pub(super) fn charged(&self) -> u64 {
        self.charged
    }

    /// Lets go of what the layer's file holds open, until it is read again.
    pub(super) fn rest(&self) {
        if let Some(backing) = &self.backing {
            backing.close();
        }
    }

    /// Reads at an offset; less than asked only at the end.
    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, FsError> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let mut rest = buffer.get_mut(..wanted).unwrap_or_default();
        let mut at = offset;
        while !rest.is_empty() {
            let piece = piece(at, rest.len());
            let (now, later) = rest.split_at_mut(piece.end - piece.start);
            self.read_piece(&piece, at, now)?;
            at += now.len() as u64;
            rest = later;
        }
        Ok(wanted)
    }

    fn read_piece(&self, piece: &Piece, at: u64, into: &mut [u8]) -> Result<(), FsError> {
        if let Some(chunk) = self.chunks.get(&piece.chunk) {
            let there = chunk.bytes().get(piece.start..).unwrap_or_default();
            let copied = there.len().min(into.len());
            let (filled, hole) = into.split_at_mut(copied);
            filled.copy_from_slice(there.get(..copied).unwrap_or_default());
            hole.fill(0);
            return Ok(());
        }
        match &self.backing {
            Some(backing) => backing.read_at(into, at),
            None => {
                into.fill(0);
                Ok(())
            }
        }
    }

    /// Writes at an offset, as long as `allowance` (bytes that may still be charged) lasts. Says how
    /// much was written; nothing is `InsufficientSpace`.
    pub(super) fn write_at(
        &mut self,
        bytes: &[u8],
        offset: u64,
        allowance: u64,
    ) -> Result<usize, FsError> {
        let limit = self.charged.saturating_add(allowance);
        let mut rest = bytes;
        let mut at = offset;
        let mut written = 0;
        while !rest.is_empty() {
            let piece = piece(at, rest.len());
            let (now, later) = rest.split_at(piece.end - piece.start);
            match self.write_piece(&piece, now, limit) {
                Err(_) if written > 0 => break,
                other => other?,
            }
            at += now.len() as u64;
            written += now.len();
            rest = later;
            self.len = self.len.max(at);
        }
        Ok(written)
    }

    fn write_piece(&mut self, piece: &Piece, bytes: &[u8], limit: u64) -> Result<(), FsError> {
        let layer = self.layer_part(piece)?;
        let old = self.chunk_len(piece.chunk);
        let new = old.max(layer.len()).max(piece.end);
        let charged = self.charged - charge(old) + charge(new);
        if charged > limit {
            return Err(FsError::InsufficientSpace);
        }
        if !self.chunks.contains_key(&piece.chunk) {
            self.chunks
                .insert_mut(piece.chunk, Arc::new(Chunk::new(layer)));
        }
        if let Some(shared) = self.chunks.get_mut(&piece.chunk) {
            let chunk = Arc::make_mut(shared).edit();
            if chunk.len() < new {
                chunk.resize(new, 0);
            }
            if let Some(place) = chunk.get_mut(piece.start..piece.end) {
                place.copy_from_slice(bytes);
            }
        }
        self.charged = charged;
        Ok(())
    }

    fn chunk_len(&self, index: u64) -> usize {
        self.chunks
            .get(&index)
            .map_or(0, |chunk| chunk.bytes().len())
    }

    /// The first chunk at or behind an index, here or in the layer.
    pub(super) fn next_chunk(&self, from: u64) -> Result<Option<(u64, Arc<Chunk>)>, FsError> {
        let behind = (Bound::Included(&from), Bound::Unbounded);
        let own = self.chunks.range(behind).next();
        let below = match &self.backing {
            Some(backing) => backing.next_chunk(from)?,
            None => None,
        };
        Ok(match (own, below) {
            // A chunk of our own holds what the layer has there as well.
            (Some((index, _)), Some(below)) if below.0 < *index => Some(below),
            (Some((index, chunk)), _) => Some((*index, Arc::clone(chunk))),
            (None, below) => below,
        })
    }

    /// Becomes another content, if `allowance` lasts.
    pub(super) fn replace(&mut self, other: Self, allowance: u64) -> Result<(), FsError> {
        if other.charged > self.charged.saturating_add(allowance) {
            return Err(FsError::InsufficientSpace);
        }
        *self = other;
        Ok(())
    }

    /// Takes a chunk as it is, sharing it, if `allowance` lasts. For a file that is being made.
    pub(super) fn put_chunk(
        &mut self,
        index: u64,
        chunk: Arc<Chunk>,
        allowance: u64,
    ) -> Result<(), FsError> {
        let (old, new) = (self.chunk_len(index), chunk.bytes().len());
        let charged = self.charged - charge(old) + charge(new);
        if charged > self.charged.saturating_add(allowance) {
            return Err(FsError::InsufficientSpace);
        }
        let end = index
            .checked_mul(CHUNK_BYTES)
            .and_then(|begin| begin.checked_add(new as u64))
            .filter(|end| i64::try_from(*end).is_ok())
            .ok_or(FsError::FileTooLarge)?;
        self.chunks.insert_mut(index, chunk);
        self.charged = charged;
        self.len = self.len.max(end);
        Ok(())
    }

    /// What the layer's file has where a chunk is about to be made, unless all of it is overwritten.
    fn layer_part(&self, piece: &Piece) -> Result<Vec<u8>, FsError> {
        let Some(backing) = &self.backing else {
            return Ok(Vec::new());
        };
        let begin = piece.chunk.saturating_mul(CHUNK_BYTES);
        let there = backing.visible().saturating_sub(begin).min(CHUNK_BYTES);
        let there = usize::try_from(there).unwrap_or(CHUNK);
        let overwritten = piece.start == 0 && piece.end >= there;
        if there == 0 || overwritten || self.chunks.contains_key(&piece.chunk) {
            return Ok(Vec::new());
        }
        let mut bytes = vec![0; there];
        backing.read_at(&mut bytes, begin)?;
        Ok(bytes)
    }

    /// Cuts or extends the file. Extending costs nothing.
    pub(super) fn set_len(&mut self, len: u64) {
        if len < self.len {
            self.cut(len);
        }
        self.len = len;
    }

    fn cut(&mut self, len: u64) {
        if let Some(backing) = &mut self.backing {
            backing.cut(len);
        }
        let last = len / CHUNK_BYTES;
        let keep = usize::try_from(len % CHUNK_BYTES).unwrap_or(0);
        let behind = (Bound::Included(&last), Bound::Unbounded);
        let touched: Vec<u64> = self.chunks.range(behind).map(|(index, _)| *index).collect();
        for index in touched {
            let old = self.chunk_len(index);
            self.charged -= charge(old);
            if index > last || keep == 0 {
                self.chunks.remove_mut(&index);
                continue;
            }
            if old > keep
                && let Some(shared) = self.chunks.get_mut(&index)
            {
                let chunk = Arc::make_mut(shared).edit();
                chunk.truncate(keep);
                chunk.shrink_to_fit();
            }
            self.charged += charge(old.min(keep));
        }
    }
}

fn piece(at: u64, left: usize) -> Piece {
    let start = usize::try_from(at % CHUNK_BYTES).unwrap_or(0);
    Piece {
        chunk: at / CHUNK_BYTES,
        start,
        end: start.saturating_add(left).min(CHUNK),
    }
}

fn charge(len: usize) -> u64 {
    (len as u64).next_multiple_of(BLOCK_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn i60_a_byte_far_out_costs_one_block() {
        let mut content = Content::empty();
        assert_eq!(content.write_at(b"x", 1 << 62, 1 << 20).unwrap(), 1);
        assert_eq!(content.len(), (1 << 62) + 1);
        assert!(content.charged() <= CHUNK_BYTES);
        let mut buffer = [9; 4];
        assert_eq!(content.read_at(&mut buffer, 1 << 61).unwrap(), 4);
        assert_eq!(buffer, [0; 4]);
    }

    #[test]
    fn i60_a_write_that_does_not_fit_is_cut_at_a_chunk_or_refused() {
        let mut content = Content::empty();
        let bytes = vec![1; 3 * CHUNK];
        let written = content.write_at(&bytes, 0, 2 * CHUNK_BYTES).unwrap();
        assert_eq!(written, 2 * CHUNK);
        assert_eq!(
            content.write_at(b"x", 2 * CHUNK_BYTES, 0).unwrap_err(),
            FsError::InsufficientSpace
        );
        assert_eq!(content.len(), 2 * CHUNK_BYTES);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Write(u64, Vec<u8>),
        SetLen(u64),
        Read(u64, usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let offset = 0..3 * CHUNK_BYTES;
        prop_oneof![
            (offset.clone(), prop::collection::vec(any::<u8>(), 1..2_000))
                .prop_map(|(offset, bytes)| Step::Write(offset, bytes)),
            offset.clone().prop_map(Step::SetLen),
            (offset, 1..40_000usize).prop_map(|(offset, len)| Step::Read(offset, len)),
        ]
    }

    proptest! {
        #[test]
        fn chunks_behave_like_one_long_vector(steps in prop::collection::vec(step(), 1..40)) {
            let mut content = Content::empty();
            let mut model: Vec<u8> = Vec::new();
            for step in steps {
                match step {
                    Step::Write(offset, bytes) => {
                        let offset = usize::try_from(offset).unwrap();
                        let end = offset + bytes.len();
                        if model.len() < end {
                            model.resize(end, 0);
                        }
                        model[offset..end].copy_from_slice(&bytes);
                        content.write_at(&bytes, offset as u64, u64::MAX / 2).unwrap();
                    }
                    Step::SetLen(len) => {
                        model.resize(usize::try_from(len).unwrap(), 0);
                        content.set_len(len);
                    }
                    Step::Read(offset, len) => {
                        let mut buffer = vec![7; len];
                        let read = content.read_at(&mut buffer, offset).unwrap();
                        let begin = usize::try_from(offset).unwrap().min(model.len());
                        let end = (begin + len).min(model.len());
                        prop_assert_eq!(&buffer[..read], &model[begin..end]);
                    }
                }
                let charged: u64 = content.chunks.values().map(|chunk| charge(chunk.bytes().len())).sum();
                prop_assert_eq!(content.charged(), charged);
                prop_assert_eq!(content.len(), model.len() as u64);
            }
        }
    }
}
