//! A listing: our own names in order, then those of the layers that nothing hides.

use std::collections::VecDeque;
use std::ops::Bound;

use super::hold::Hold;
use super::node::Slot;
use crate::backend::DirStream;
use crate::{DirEntry, FsError};

/// Names that are looked at in one go under the lock.
const BATCH: usize = 64;

/// Goes on from a name, not from a position, so that what comes and goes meanwhile moves nothing.
pub(super) struct MemoryListing {
    hold: Hold,
    batch: VecDeque<DirEntry>,
    stage: Stage,
}

enum Stage {
    /// Behind this name of our own.
    Own(Option<Box<str>>),
    /// In the layer of this index, once it is open.
    Layer(usize, Option<Box<dyn DirStream>>),
}

impl MemoryListing {
    pub(super) fn new(hold: Hold) -> Self {
        Self {
            hold,
            batch: VecDeque::new(),
            stage: Stage::Own(None),
        }
    }

    /// The next names of our own behind `cursor`.
    fn own(&mut self, cursor: Option<Box<str>>) -> Result<(), FsError> {
        let number = self.hold.number;
        let (batch, last) = self.hold.filesystem.with(|table| {
            let from = cursor.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
            let mut batch = VecDeque::new();
            let mut last = None;
            let entries = &table.directory(number)?.entries;
            for (name, slot) in entries
                .range::<str, _>((from, Bound::Unbounded))
                .take(BATCH)
            {
                last = Some(name.clone());
                if let Slot::Node(child) = slot {
                    batch.push_back(DirEntry {
                        name: name.to_string(),
                        kind: table.node(*child)?.kind(),
                    });
                }
            }
            Ok((batch, last))
        })?;
        self.batch = batch;
        self.stage = match last {
            Some(last) => Stage::Own(Some(last)),
            None => Stage::Layer(0, None),
        };
        Ok(())
    }

    fn open_layer(&self, index: usize) -> Result<Option<Box<dyn DirStream>>, FsError> {
        let number = self.hold.number;
        self.hold.filesystem.with(|table| {
            let lowers = &table.directory(number)?.lowers;
            match lowers.get(index) {
                Some(lower) => lower.open()?.read_dir().map(Some),
                None => Ok(None),
            }
        })
    }

    /// Whether a name of a layer shows: no slot here says otherwise, and no layer above has it.
    fn shows(&self, index: usize, name: &str) -> Result<bool, FsError> {
        let number = self.hold.number;
        self.hold.filesystem.with(|table| {
            let directory = table.directory(number)?;
            if directory.entries.contains_key(name) {
                return Ok(false);
            }
            for above in directory.lowers.iter().take(index) {
                if above.stat(name)?.is_some() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }
}

impl DirStream for MemoryListing {
    fn next_entry(&mut self) -> Result<Option<DirEntry>, FsError> {
        loop {
            if let Some(entry) = self.batch.pop_front() {
                return Ok(Some(entry));
            }
            match &mut self.stage {
                Stage::Own(cursor) => {
                    let cursor = cursor.take();
                    self.own(cursor)?;
                }
                Stage::Layer(index, None) => {
                    let index = *index;
                    match self.open_layer(index)? {
                        None => return Ok(None),
                        stream => self.stage = Stage::Layer(index, stream),
                    }
                }
                Stage::Layer(index, Some(stream)) => {
                    let index = *index;
                    match stream.next_entry()? {
                        None => self.stage = Stage::Layer(index + 1, None),
                        Some(entry) if self.shows(index, &entry.name)? => return Ok(Some(entry)),
                        Some(_) => {}
                    }
                }
            }
        }
    }
}
