//! A listing, one entry at a time.

use std::fmt;
use std::sync::Arc;

use crate::backend::DirStream;
use crate::namespace::{HandleSlot, Point};
use crate::{DirEntry, FileKind, FsError};

/// A listing in progress. It holds a bounded buffer, never the whole directory.
///
/// Names that something is mounted at come first, then those of the backend: sorted by bytes in
/// memory, in the host's order on the host. A name that is not UTF-8 can't be told to a guest; it gives
/// `IllegalByteSequence` in its turn, and the listing can go on after it.
pub struct ReadDir {
    stream: Box<dyn DirStream>,
    points: Option<Arc<Point>>,
    /// Mount points that are yet to come, last one first.
    mounted: Vec<String>,
    _slot: HandleSlot,
}

impl ReadDir {
    pub(crate) fn new(
        stream: Box<dyn DirStream>,
        points: Option<Arc<Point>>,
        slot: HandleSlot,
    ) -> Self {
        let mut mounted: Vec<String> = points
            .iter()
            .flat_map(|points| points.names())
            .map(str::to_owned)
            .collect();
        mounted.reverse();
        Self {
            stream,
            points,
            mounted,
            _slot: slot,
        }
    }

    /// The next entry, or nothing at the end.
    ///
    /// # Errors
    /// `IllegalByteSequence` for a name that is not UTF-8 (go on to get the next), and what the backend
    /// says.
    pub fn next_entry(&mut self) -> Result<Option<DirEntry>, FsError> {
        if let Some(name) = self.mounted.pop() {
            return Ok(Some(DirEntry {
                name,
                kind: FileKind::Directory,
            }));
        }
        while let Some(entry) = self.stream.next_entry()? {
            let hidden = self
                .points
                .as_ref()
                .is_some_and(|points| points.child(&entry.name).is_some());
            if !hidden {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for ReadDir {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ReadDir").finish_non_exhaustive()
    }
}
