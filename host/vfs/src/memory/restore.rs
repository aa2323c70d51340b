//! Building a filesystem from what was saved of one.
//!
//! Unlike what guests do, this touches no times; but it is charged like what guests do.

use std::sync::Arc;

use super::content::Content;
use super::filesystem::{Clock, MemoryFs};
use super::node::{Body, Node, Slot};
use super::quota::Quota;
use super::table::{ROOT, Table};
use crate::FsError;
use crate::chunk::Chunk;
use crate::stat::Kept;

/// A filesystem that is being built.
pub(crate) struct Restoring {
    table: Table,
    clock: Clock,
}

/// Something that was made in it.
#[derive(Clone, Copy)]
pub(crate) struct Made(u64);

impl Restoring {
    pub(crate) fn new(quota: Quota, clock: Clock) -> Self {
        Self {
            table: Table::new(quota, clock()),
            clock,
        }
    }

    pub(crate) fn done(self) -> MemoryFs {
        MemoryFs::of(self.table, self.clock)
    }

    pub(crate) fn keep_root(&mut self, kept: Kept) -> Result<(), FsError> {
        self.table.node_mut(ROOT)?.keep(kept);
        Ok(())
    }

    /// A folder in a folder; in the root, if there is none.
    pub(crate) fn folder(
        &mut self,
        parent: Option<Made>,
        name: &str,
        kept: Kept,
    ) -> Result<Made, FsError> {
        let number = parent.map_or(ROOT, |made| made.0);
        let made = self.make(parent, name, Node::empty_directory(Some(number)), kept)?;
        self.table.adopt(number);
        Ok(made)
    }

    pub(crate) fn symlink(
        &mut self,
        parent: Option<Made>,
        name: &str,
        target: &str,
        kept: Kept,
    ) -> Result<Made, FsError> {
        self.make(parent, name, Body::Symlink(target.into()), kept)
    }

    /// A file of these chunks.
    pub(crate) fn file<E: From<FsError>>(
        &mut self,
        parent: Option<Made>,
        name: &str,
        len: u64,
        chunks: impl Iterator<Item = Result<(u64, Arc<Chunk>), E>>,
        kept: Kept,
    ) -> Result<Made, E> {
        let room = self.table.free_bytes();
        let mut content = Content::empty();
        for chunk in chunks {
            let (index, chunk) = chunk?;
            content.put_chunk(index, chunk, room.saturating_sub(content.charged()))?;
        }
        content.set_len(len);
        Ok(self.make(parent, name, Body::File(content), kept)?)
    }

    /// Another name of a file or link.
    pub(crate) fn link(
        &mut self,
        made: Made,
        parent: Option<Made>,
        name: &str,
    ) -> Result<(), FsError> {
        self.put(parent, name, made)?;
        self.table.node_mut(made.0)?.links += 1;
        Ok(())
    }

    fn make(
        &mut self,
        parent: Option<Made>,
        name: &str,
        body: Body,
        kept: Kept,
    ) -> Result<Made, FsError> {
        let made = Made(self.table.add(body, (self.clock)())?);
        self.table.node_mut(made.0)?.keep(kept);
        self.put(parent, name, made)?;
        Ok(made)
    }

    fn put(&mut self, parent: Option<Made>, name: &str, made: Made) -> Result<(), FsError> {
        let number = parent.map_or(ROOT, |made| made.0);
        self.table.check_room(number, name)?;
        self.table.put(number, name, Slot::Node(made.0))
    }
}
