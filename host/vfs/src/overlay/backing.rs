//! A layer's file, as far as it shows through.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lower::Lower;
use crate::FsError;
use crate::backend::File;
use crate::chunk::{CHUNK, CHUNK_BYTES, Chunk};

/// The content that a file had in its layer: never written, and opened only when it is read.
pub(crate) struct Backing {
    directory: Lower,
    name: Box<str>,
    /// Bytes from the beginning that still show; what was cut off once never comes back.
    visible: u64,
    open: Mutex<Option<Box<dyn File>>>,
}

/// The clone has nothing open.
impl Clone for Backing {
    fn clone(&self) -> Self {
        Self {
            directory: self.directory.clone(),
            name: self.name.clone(),
            visible: self.visible,
            open: Mutex::new(None),
        }
    }
}

impl Backing {
    pub(crate) fn new(directory: Lower, name: &str, len: u64) -> Self {
        Self {
            directory,
            name: name.into(),
            visible: len,
            open: Mutex::new(None),
        }
    }

    pub(crate) fn visible(&self) -> u64 {
        self.visible
    }

    pub(crate) fn cut(&mut self, len: u64) {
        self.visible = self.visible.min(len);
    }

    pub(crate) fn close(&self) {
        self.opened().take();
        self.directory.close();
    }

    /// Fills the buffer, with zeros where nothing shows.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), FsError> {
        let shows = self.visible.saturating_sub(offset);
        let shows = usize::try_from(shows)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let (mut rest, hole) = buffer.split_at_mut(shows);
        hole.fill(0);
        let mut at = offset;
        while !rest.is_empty() {
            let read = self.with_file(|file| file.read_at(rest, at))?;
            if read == 0 {
                // Shorter than it was when it was first seen: somebody breaks the promise that layers
                // don't change.
                rest.fill(0);
                break;
            }
            at = at.saturating_add(read as u64);
            rest = rest.get_mut(read..).unwrap_or_default();
        }
        Ok(())
    }

    /// The first chunk at or behind an index that shows anything. One that shows whole is the layer's own.
    pub(crate) fn next_chunk(&self, from: u64) -> Result<Option<(u64, Arc<Chunk>)>, FsError> {
        if from.saturating_mul(CHUNK_BYTES) >= self.visible {
            return Ok(None);
        }
        let Some((index, chunk)) = self.with_file(|file| file.next_chunk(from))? else {
            return Ok(None);
        };
        let shows = self
            .visible
            .saturating_sub(index.saturating_mul(CHUNK_BYTES));
        let shows = usize::try_from(shows).unwrap_or(CHUNK);
        Ok(match chunk.bytes().get(..shows) {
            Some([]) => None,
            Some(part) if part.len() < chunk.bytes().len() => {
                Some((index, Arc::new(Chunk::new(part.to_vec()))))
            }
            Some(_) | None => Some((index, chunk)),
        })
    }

    fn opened(&self) -> MutexGuard<'_, Option<Box<dyn File>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_file<R>(
        &self,
        read: impl FnOnce(&dyn File) -> Result<R, FsError>,
    ) -> Result<R, FsError> {
        let mut open = self.opened();
        let file = match open.take() {
            Some(file) => file,
            None => self.directory.open_file(&self.name)?,
        };
        read(&**open.insert(file))
    }
}
