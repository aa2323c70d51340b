//! From a list to a tree.
//!
//! A list comes from a client, and is believed in nothing. A path is taken apart here, name by name, and no link is
//! followed on the way, so that no entry reaches through what another one made (A70).

use std::collections::HashSet;
use std::sync::Arc;

use super::content::Content;
use super::filesystem::MemoryFs;
use super::node::Body;
use super::table::{ROOT, Table};
use crate::chunk::{CHUNK, Chunk};
use crate::entry::{Entry, EntryKind, ImportError, ImportErrorKind};
use crate::path::{MAX_NAME_BYTES, MAX_PATH_BYTES};
use crate::stat::MODE_BITS;
use crate::{FsError, Owner, SetAttributes, Timestamp};

/// Bytes of a path that an error repeats.
const SHOWN_PATH: usize = 256;

impl MemoryFs {
    /// Puts entries in, one after the other, as the host: whoever calls this was not asked by a guest. Folders on the
    /// way are made, and belong to [`Owner::ROOT`]; a file or link takes the place of a file or link. Says how many
    /// there were. What came before an error stays.
    ///
    /// # Errors
    /// [`ImportError`], for the first entry that does not fit.
    pub fn apply(&self, entries: impl IntoIterator<Item = Entry>) -> Result<usize, ImportError> {
        let mut count = 0;
        for entry in entries {
            let names = checked(&entry).map_err(|kind| refused(count, &entry.path, kind))?;
            self.edit(|table, now| table.place(&names, &entry, now))
                .map_err(|error| refused(count, &entry.path, error.into()))?;
            count += 1;
        }
        Ok(count)
    }

    /// As [`MemoryFs::apply`], where no path may come twice: for a list that is a whole tree.
    pub(crate) fn import(
        &self,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<(), ImportError> {
        let mut seen = HashSet::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let refused = |kind| refused(index, &entry.path, kind);
            let names = checked(&entry).map_err(refused)?;
            if !seen.insert(names.join("/")) {
                return Err(refused(ImportErrorKind::Duplicate));
            }
            self.edit(|table, now| table.place(&names, &entry, now))
                .map_err(|error| refused(error.into()))?;
        }
        Ok(())
    }
}

fn refused(index: usize, path: &str, kind: ImportErrorKind) -> ImportError {
    let shown = path.floor_char_boundary(SHOWN_PATH);
    ImportError {
        index,
        path: path.get(..shown).unwrap_or_default().to_owned(),
        kind,
    }
}

/// What can be said about an entry without looking at the tree: the names of its path.
fn checked(entry: &Entry) -> Result<Vec<&str>, ImportErrorKind> {
    let names = names(&entry.path)?;
    if entry.mode > MODE_BITS {
        return Err(ImportErrorKind::Mode);
    }
    match &entry.kind {
        EntryKind::Directory => {}
        EntryKind::File(_) | EntryKind::Symlink(_) if names.is_empty() => {
            return Err(ImportErrorKind::Root);
        }
        EntryKind::File(_) => {}
        EntryKind::Symlink(target) if target.contains('\0') => return Err(ImportErrorKind::Nul),
        EntryKind::Symlink(target) if target.is_empty() || target.len() >= MAX_PATH_BYTES => {
            return Err(ImportErrorKind::Target);
        }
        EntryKind::Symlink(_) => {}
    }
    Ok(names)
}

fn names(path: &str) -> Result<Vec<&str>, ImportErrorKind> {
    if path.len() > MAX_PATH_BYTES {
        return Err(ImportErrorKind::TooLong);
    }
    if path.contains('\0') {
        return Err(ImportErrorKind::Nul);
    }
    let below = path.strip_prefix('/').ok_or(ImportErrorKind::Relative)?;
    let mut names = Vec::new();
    for name in below.split('/') {
        match name {
            "" | "." => {}
            ".." => return Err(ImportErrorKind::Parent),
            name if name.len() > MAX_NAME_BYTES => return Err(ImportErrorKind::TooLong),
            name => names.push(name),
        }
    }
    Ok(names)
}

impl Table {
    fn place(&mut self, names: &[&str], entry: &Entry, now: Timestamp) -> Result<(), FsError> {
        let Some((name, parents)) = names.split_last() else {
            return self.settle(ROOT, entry, now);
        };
        let mut directory = ROOT;
        for parent in parents {
            directory = match self.lookup(directory, parent)? {
                Some(number) if self.node(number)?.is_directory() => number,
                Some(_) => return Err(FsError::NotDirectory),
                None => {
                    let made = self.create_dir(directory, parent, now)?;
                    self.node_mut(made)?.owner = Owner::ROOT;
                    made
                }
            };
        }
        let number = match &entry.kind {
            EntryKind::Directory => self.place_directory(directory, name, now)?,
            EntryKind::File(bytes) => self.place_file(directory, name, bytes, now)?,
            EntryKind::Symlink(target) => {
                self.clear(directory, name, now)?;
                self.create(directory, name, Body::Symlink(target.as_str().into()), now)?
            }
        };
        self.settle(number, entry, now)
    }

    /// Gives a node the attributes that the entry says.
    fn settle(&mut self, number: u64, entry: &Entry, now: Timestamp) -> Result<(), FsError> {
        self.keep(number)?;
        let to = SetAttributes {
            mode: Some(entry.mode),
            uid: Some(entry.owner.uid),
            gid: Some(entry.owner.gid),
        };
        self.node_mut(number)?.set_attributes(to, now);
        Ok(())
    }

    fn place_directory(
        &mut self,
        directory: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<u64, FsError> {
        match self.lookup(directory, name)? {
            Some(number) if self.node(number)?.is_directory() => Ok(number),
            Some(_) => Err(FsError::NotDirectory),
            None => self.create_dir(directory, name, now),
        }
    }

    /// A file with this content: the one that is there, or a new one.
    fn place_file(
        &mut self,
        directory: u64,
        name: &str,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<u64, FsError> {
        let mut content = Content::empty();
        let room = self.quota().bytes;
        for (index, chunk) in (0..).zip(bytes.chunks(CHUNK)) {
            let left = room.saturating_sub(content.charged());
            content.put_chunk(index, Arc::new(Chunk::new(chunk.to_vec())), left)?;
        }
        if let Some(number) = self.lookup(directory, name)?
            && matches!(self.node(number)?.body, Body::File(_))
        {
            self.edit_content(number, now, |old, left| old.replace(content, left))?;
            return Ok(number);
        }
        self.clear(directory, name, now)?;
        self.create(directory, name, Body::File(content), now)
    }

    /// Takes away what is no directory, and what it was charged, so that a full filesystem can take the new for the old.
    fn clear(&mut self, directory: u64, name: &str, now: Timestamp) -> Result<(), FsError> {
        match self.unlink(directory, name, now) {
            Err(FsError::NoEntry) => return Ok(()),
            other => other?,
        }
        self.pin(directory);
        self.sweep();
        self.unpin(directory);
        Ok(())
    }
}
