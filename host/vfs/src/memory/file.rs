//! An open file in memory.

use std::sync::Arc;

use super::hold::Hold;
use crate::backend::File;
use crate::chunk::Chunk;
use crate::stat::NodeStat;
use crate::{Advice, FsError, SetTimes};

/// Holds its node, so that a file lives on after its last name is gone.
pub(super) struct MemoryFile(Hold);

impl MemoryFile {
    pub(super) fn new(hold: Hold) -> Self {
        Self(hold)
    }
}

impl File for MemoryFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, FsError> {
        self.0.filesystem.with(|table| {
            let read = table.content(self.0.number)?.read_at(buffer, offset)?;
            let node = table.node(self.0.number)?;
            if !table.is_frozen() && !node.pristine && node.wants_access_time() {
                table.node_mut(self.0.number)?.accessed = Some(self.0.filesystem.now());
            }
            Ok(read)
        })
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, FsError> {
        self.0.filesystem.edit(|table, now| {
            table.edit_content(self.0.number, now, |content, allowance| {
                content.write_at(bytes, offset, allowance)
            })
        })
    }

    fn append(&self, bytes: &[u8]) -> Result<usize, FsError> {
        self.0.filesystem.edit(|table, now| {
            table.edit_content(self.0.number, now, |content, allowance| {
                let end = content.len().saturating_add(bytes.len() as u64);
                if i64::try_from(end).is_err() {
                    return Err(FsError::FileTooLarge);
                }
                content.write_at(bytes, content.len(), allowance)
            })
        })
    }

    fn set_len(&self, length: u64) -> Result<(), FsError> {
        self.0.filesystem.edit(|table, now| {
            table.edit_content(self.0.number, now, |content, _| {
                content.set_len(length);
                Ok(())
            })
        })
    }

    fn sync(&self, _: bool) -> Result<(), FsError> {
        Ok(())
    }

    fn stat(&self) -> Result<NodeStat, FsError> {
        let own = self.0.filesystem.object(self.0.number);
        self.0
            .filesystem
            .with(|table| table.node_stat(self.0.number, own))
    }

    fn set_times(&self, times: SetTimes) -> Result<(), FsError> {
        self.0.filesystem.edit(|table, now| {
            table.keep(self.0.number)?;
            table.node_mut(self.0.number)?.set_times(times, now);
            Ok(())
        })
    }

    fn next_chunk(&self, from: u64) -> Result<Option<(u64, Arc<Chunk>)>, FsError> {
        self.0
            .filesystem
            .with(|table| table.content(self.0.number)?.next_chunk(from))
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> Result<(), FsError> {
        Ok(())
    }
}
