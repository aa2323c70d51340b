//! Making and removing names.

use super::node::{Body, Node, Slot};
use super::table::Table;
use crate::overlay::Lower;
use crate::{FsError, Timestamp};

/// Names that one file may have.
const MAX_FILE_LINKS: u64 = 65_000;

impl Table {
    /// Makes something new under a free name.
    pub(super) fn create(
        &mut self,
        directory: u64,
        name: &str,
        body: Body,
        now: Timestamp,
    ) -> Result<u64, FsError> {
        self.check_free(directory, name)?;
        self.check_room(directory, name)?;
        self.keep(directory)?;
        let number = self.add(body, now)?;
        self.put(directory, name, Slot::Node(number))?;
        self.node_mut(directory)?.touch_content(now);
        Ok(number)
    }

    /// Makes a directory. It shows nothing of what a layer has under its name.
    pub(super) fn create_dir(
        &mut self,
        directory: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<u64, FsError> {
        let body = Node::empty_directory(Some(directory));
        let number = self.create(directory, name, body, now)?;
        self.adopt(directory);
        Ok(number)
    }

    /// Gives a node another name.
    pub(super) fn link(
        &mut self,
        number: u64,
        directory: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<(), FsError> {
        if self.node(number)?.is_directory() {
            return Err(FsError::NotPermitted);
        }
        self.check_free(directory, name)?;
        if self.node(number)?.links >= MAX_FILE_LINKS {
            return Err(FsError::TooManyLinks);
        }
        self.check_room(directory, name)?;
        self.keep(directory)?;
        self.keep(number)?;
        self.put(directory, name, Slot::Node(number))?;
        let node = self.node_mut(number)?;
        node.links += 1;
        node.touch(now);
        self.node_mut(directory)?.touch_content(now);
        Ok(())
    }

    /// Removes a name of anything but a directory.
    pub(super) fn unlink(
        &mut self,
        directory: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<(), FsError> {
        let number = self.find(directory, name)?;
        if self.node(number)?.is_directory() {
            return Err(FsError::IsDirectory);
        }
        self.remove_name(directory, name, number, now)
    }

    /// Removes an empty directory.
    pub(super) fn remove_dir(
        &mut self,
        directory: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<(), FsError> {
        let number = self.find(directory, name)?;
        if !self.node(number)?.is_directory() {
            return Err(FsError::NotDirectory);
        }
        if !self.is_empty(number)? {
            return Err(FsError::NotEmpty);
        }
        self.remove_name(directory, name, number, now)
    }

    fn remove_name(
        &mut self,
        directory: u64,
        name: &str,
        number: u64,
        now: Timestamp,
    ) -> Result<(), FsError> {
        let below = self.is_below(directory, name)?;
        if below {
            self.check_room(directory, name)?;
        }
        self.keep(directory)?;
        self.prepare_to_drop(number)?;
        self.take(directory, name, below)?;
        self.node_mut(directory)?.touch_content(now);
        self.drop_link(number, now)
    }

    /// A file that keeps other names must outlast this change: its count of names is no longer the
    /// layer's.
    pub(super) fn prepare_to_drop(&mut self, number: u64) -> Result<(), FsError> {
        if self.node(number)?.links > 1 {
            self.keep(number)?;
        }
        Ok(())
    }

    /// Takes one name off a node's count.
    pub(super) fn drop_link(&mut self, number: u64, now: Timestamp) -> Result<(), FsError> {
        let node = self.node_mut(number)?;
        node.links = node.links.saturating_sub(1);
        node.touch(now);
        if node.is_directory() {
            self.hollow(number)?;
        }
        self.mark_idle(number);
        Ok(())
    }

    /// Fails if the directory was removed, or has the name.
    pub(super) fn check_free(&mut self, directory: u64, name: &str) -> Result<(), FsError> {
        if self.node(directory)?.links == 0 {
            return Err(FsError::NoEntry);
        }
        match self.lookup(directory, name)? {
            Some(_) => Err(FsError::Exist),
            None => Ok(()),
        }
    }

    /// Whether a layer has the name, so that taking it away needs a whiteout.
    pub(super) fn is_below(&self, directory: u64, name: &str) -> Result<bool, FsError> {
        let directory = self.directory(directory)?;
        Ok(Lower::find(&directory.lowers, name)?.is_some())
    }

    /// Whether a directory shows no name, its own or a layer's.
    pub(super) fn is_empty(&self, number: u64) -> Result<bool, FsError> {
        let directory = self.directory(number)?;
        let entries = &directory.entries;
        if entries.values().any(|slot| matches!(slot, Slot::Node(_))) {
            return Ok(false);
        }
        for lower in &directory.lowers {
            let mut names = lower.open()?.read_dir()?;
            loop {
                match names.next_entry() {
                    Ok(None) => break,
                    Ok(Some(entry)) if entries.contains_key(&*entry.name) => {}
                    Ok(Some(_)) | Err(FsError::IllegalByteSequence) => return Ok(false),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(true)
    }
}
