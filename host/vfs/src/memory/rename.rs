//! Renaming, in one step under the lock.

use super::node::Slot;
use super::table::Table;
use crate::{FsError, Timestamp};

/// One end of a rename.
#[derive(Clone, Copy)]
pub(super) struct End<'a> {
    pub(super) directory: u64,
    pub(super) name: &'a str,
}

impl Table {
    /// Moves a name. What the new name stood for before is gone, in the same step.
    pub(super) fn rename(
        &mut self,
        from: End<'_>,
        to: End<'_>,
        now: Timestamp,
    ) -> Result<(), FsError> {
        let moved = self.find(from.directory, from.name)?;
        let replaced = self.lookup(to.directory, to.name)?;
        if self.node(to.directory)?.links == 0 {
            return Err(FsError::NoEntry);
        }
        self.check_rename(from, to, moved, replaced)?;
        if replaced == Some(moved) {
            // Two names of one file: POSIX leaves both.
            return Ok(());
        }
        let below = self.is_below(from.directory, from.name)?;
        self.make_room(from, to, below)?;
        self.keep(from.directory)?;
        self.keep(to.directory)?;
        self.keep(moved)?;
        if let Some(replaced) = replaced {
            self.prepare_to_drop(replaced)?;
            self.drop_link(replaced, now)?;
        }
        self.put(to.directory, to.name, Slot::Node(moved))?;
        self.take(from.directory, from.name, below)?;
        self.change_parent(moved, to.directory)?;
        self.node_mut(moved)?.touch(now);
        self.node_mut(from.directory)?.touch_content(now);
        self.node_mut(to.directory)?.touch_content(now);
        Ok(())
    }

    /// The checks in Linux's order, which programs can tell apart.
    fn check_rename(
        &mut self,
        from: End<'_>,
        to: End<'_>,
        moved: u64,
        replaced: Option<u64>,
    ) -> Result<(), FsError> {
        if self.is_within(to.directory, moved)? {
            return Err(FsError::Invalid);
        }
        let Some(replaced) = replaced else {
            return Ok(());
        };
        if self.is_within(from.directory, replaced)? {
            return Err(FsError::NotEmpty);
        }
        if replaced == moved {
            return Ok(());
        }
        match (
            self.node(moved)?.is_directory(),
            self.node(replaced)?.is_directory(),
        ) {
            (true, false) => Err(FsError::NotDirectory),
            (false, true) => Err(FsError::IsDirectory),
            (false, false) => Ok(()),
            (true, true) if self.is_empty(replaced)? => Ok(()),
            (true, true) => Err(FsError::NotEmpty),
        }
    }

    /// Whether a directory is `ancestor` or lies somewhere in it.
    fn is_within(&self, directory: u64, ancestor: u64) -> Result<bool, FsError> {
        let mut at = Some(directory);
        while let Some(number) = at {
            if number == ancestor {
                return Ok(true);
            }
            at = self.directory(number)?.parent;
        }
        Ok(false)
    }

    /// Checks the quota for the names that this leaves: a new one, and perhaps a whiteout for the old.
    fn make_room(&self, from: End<'_>, to: End<'_>, below: bool) -> Result<(), FsError> {
        let new_name = !self.directory(to.directory)?.entries.contains_key(to.name);
        let had_name = self
            .directory(from.directory)?
            .entries
            .contains_key(from.name);
        let more = u64::from(new_name) + u64::from(below && !had_name);
        let less = u64::from(!below && had_name);
        self.check_entries(more.saturating_sub(less))
    }

    fn change_parent(&mut self, moved: u64, parent: u64) -> Result<(), FsError> {
        if !self.node(moved)?.is_directory() {
            return Ok(());
        }
        self.adopt(parent);
        if let Some(old) = self.directory_mut(moved)?.parent.replace(parent) {
            self.disown(old);
        }
        Ok(())
    }
}
