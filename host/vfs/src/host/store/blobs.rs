//! Blobs: files that are called by the digest of what is in them.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::StoreError;
use super::files::{Folder, Unnamed};
use crate::save::{Sink, Source, TreeError};
use crate::{Digest, FsError};

/// Files that are written before the first of them is waited for. The disk takes many at a time better than one after
/// the other; each is an open descriptor.
const BATCH: usize = 64;

/// Blobs that are remembered as whole: 32 MiB of digests.
const MOST_WHOLE: usize = 1024 * 1024;

pub(super) struct Blobs {
    folder: Folder,
    /// Blobs that were seen to be whole since the store was opened. One that merely is there when a tree that has it is
    /// flushed is read once, before the flush is acknowledged on the strength of it: disks do change what is on them.
    whole: Mutex<HashSet<Digest>>,
}

impl Blobs {
    pub(super) fn new(folder: Folder) -> Self {
        Self {
            folder,
            whole: Mutex::default(),
        }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    fn whole(&self) -> MutexGuard<'_, HashSet<Digest>> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_whole(&self, digest: Digest) {
        let mut whole = self.whole();
        if whole.len() >= MOST_WHOLE {
            whole.clear();
        }
        whole.insert(digest);
    }

    /// Whether a blob is there, whole. It was carried to the disk before it got its name.
    fn has(&self, digest: Digest, bytes: &[u8]) -> Result<bool, FsError> {
        let name = digest.to_string();
        if self.folder.length(&name)? != Some(bytes.len() as u64) {
            return Ok(false);
        }
        if self.whole().contains(&digest) {
            return Ok(true);
        }
        let whole = self.folder.read(&name, bytes.len())?.as_deref() == Some(bytes);
        if whole {
            self.note_whole(digest);
        }
        Ok(whole)
    }

    /// Removes the blobs that `stays` says no to.
    pub(super) fn retain(&self, mut stays: impl FnMut(Digest) -> bool) -> Result<(), StoreError> {
        let mut gone = Vec::new();
        self.folder.names(|name| {
            if let Some(digest) = parse(name)
                && !stays(digest)
            {
                gone.push(digest);
            }
            Ok::<(), FsError>(())
        })?;
        for digest in gone {
            self.whole().remove(&digest);
            self.folder.remove(&digest.to_string())?;
        }
        Ok(())
    }
}

/// The digest that a file is called by; nothing if it is no blob's name.
fn parse(name: &str) -> Option<Digest> {
    let mut bytes = [0; Digest::BYTES];
    let (pairs, rest) = name.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (hex(*high)? << 4) | hex(*low)?;
    }
    Some(Digest::from_bytes(bytes))
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl Source for Blobs {
    fn get(&self, digest: Digest, bytes: u32) -> Result<Vec<u8>, TreeError> {
        let most = usize::try_from(bytes).map_err(|_| TreeError::Host(FsError::Overflow))?;
        let found = match self.folder.read(&digest.to_string(), most) {
            Ok(Some(found)) => found,
            Ok(None) => return Err(TreeError::Corrupt("a blob is missing")),
            Err(FsError::FileTooLarge) => return Err(TreeError::Corrupt("a blob is too long")),
            Err(error) => return Err(TreeError::Host(error)),
        };
        if found.len() != most {
            return Err(TreeError::Corrupt("a blob is too short"));
        }
        if Digest::of(&found) != digest {
            return Err(TreeError::Corrupt("a blob was changed"));
        }
        self.note_whole(digest);
        Ok(found)
    }
}

/// Blobs on their way to the disk.
pub(super) struct Writing<'a> {
    store: &'a Blobs,
    pending: Vec<(Digest, Unnamed)>,
    /// Blobs that were not there.
    pub(super) blobs: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

impl<'a> Writing<'a> {
    pub(super) fn new(store: &'a Blobs) -> Self {
        Self {
            store,
            pending: Vec::new(),
            blobs: 0,
            bytes: 0,
        }
    }

    /// Writes a blob, unless it is there. It has no name before the next [`Writing::settle`].
    pub(super) fn write(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), FsError> {
        let pending = self.pending.iter().any(|(other, _)| *other == digest);
        if pending || self.store.has(digest, bytes)? {
            return Ok(());
        }
        let unnamed = self.store.folder.write(bytes)?;
        self.pending.push((digest, unnamed));
        self.blobs += 1;
        self.bytes += bytes.len() as u64;
        if self.pending.len() >= BATCH {
            self.settle()?;
        }
        Ok(())
    }

    /// Carries to the disk what was written, and names it.
    pub(super) fn settle(&mut self) -> Result<(), FsError> {
        while let Some((digest, unnamed)) = self.pending.pop() {
            self.store.folder.name(&unnamed, &digest.to_string())?;
            self.store.note_whole(digest);
        }
        Ok(())
    }
}

impl Sink for Writing<'_> {
    fn put(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), TreeError> {
        self.write(digest, bytes).map_err(TreeError::Host)
    }
}

/// What a failed flush leaves behind is nothing.
impl Drop for Writing<'_> {
    fn drop(&mut self) {
        for (_, unnamed) in &self.pending {
            self.store.folder.discard(unnamed);
        }
    }
}
