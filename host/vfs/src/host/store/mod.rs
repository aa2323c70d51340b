//! The store: trees in a folder of the host's, content-addressed, and whole whenever the host is killed.
//!
//! ```text
//! lock          held as long as the store is open: one process at a time
//! blobs/<digest>   chunks of files, pages of folders, manifests; never changed, only added and collected
//! refs/<digest of the key>   a key, and the manifest that it stands for; replaced as one
//! ```
//!
//! **A flush** is a snapshot (nothing waits for the disk but who asked), then these steps, each done before the next
//! begins: every blob that is not there goes to a temporary name in `blobs`, is carried to the disk and gets its own name;
//! the folder is carried to the disk; the same for the manifest; the ref goes to a temporary name in `refs`, is carried to
//! the disk, takes its own name in one step, and the folder is carried to the disk. Only then is the flush acknowledged.
//! So a ref never names what is not there, and whoever is killed leaves the ref of before or the new one, and perhaps
//! blobs that nobody names.
//!
//! **Opening** takes the lock, which the system lets go of when its owner dies, and removes what has a temporary name:
//! nobody else can be writing it.
//!
//! **Collection** removes the blobs that no ref reaches. It excludes flushes and loads of its own process by a lock in
//! memory, and those of others by the one on disk, so that there is no blob in flight for it to take for garbage. It
//! first reads all that is reached, and removes nothing if a part of that can't be read; killed in the middle, it leaves
//! garbage. A ref is removed before its blobs are.
//!
//! Nothing here is a secret of the host's but the place: errors name keys, never paths. Files are the owner's alone.

mod blobs;
mod bytes;
#[cfg(test)]
mod bytes_tests;
mod error;
mod failpoint;
mod files;
mod refs;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use self::blobs::{Blobs, Writing};
use self::error::{about, check_key};
use self::files::{Folder, Lock};
use self::refs::Refs;
use crate::memory::{Clock, MemoryFs, Quota};
use crate::save::{self, Blob};
use crate::{Digest, Layer};
use cap_std::fs::Dir;
use rustix::fd::OwnedFd;

pub use self::bytes::{ByteStore, Kept, MAX_KEPT_BYTES, MAX_LABEL_BYTES};
pub use self::error::{MAX_KEY_BYTES, MAX_REFS, StoreError};

/// A folder of the host's in which trees are kept. Clones are the same store.
///
/// Everything here waits for the disk: call it where waiting is allowed.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    blobs: Blobs,
    refs: Refs,
    /// Held to write; by one flush after the other, so that of two flushes of one key the later snapshot stays.
    flushing: Mutex<()>,
    /// Read by whoever needs blobs to stay; written by the collection.
    collecting: RwLock<()>,
    _lock: Lock,
}

/// What a flush came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flushed {
    /// The tree's identity.
    pub digest: Digest,
    /// Blobs that were not there yet.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a collection came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Blobs that stay.
    pub kept: u64,
    /// Blobs that are gone.
    pub removed: u64,
}

impl Store {
    /// Opens the store in a folder, or makes one there. What a kill left unfinished is removed.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Folder`], [`StoreError::Host`].
    pub fn open(directory: Dir) -> Result<Self, StoreError> {
        let root = Folder::of(OwnedFd::from(directory.into_std_file()), "");
        let lock = Lock::take(&root)?;
        let blobs = Blobs::new(root.private("blobs")?);
        let refs = Refs::new(root.private("refs")?);
        // The two folders themselves must outlast a crash before what is in them can.
        root.sync()?;
        blobs.folder().remove_temporary()?;
        refs.folder().remove_temporary()?;
        Ok(Self(Arc::new(Inner {
            blobs,
            refs,
            flushing: Mutex::new(()),
            collecting: RwLock::new(()),
            _lock: lock,
        })))
    }

    /// Keeps what a filesystem holds at this moment under a key, in place of what was kept there. When this returns, it
    /// is on the disk, and a kill or a loss of power takes nothing of it. Guests go on meanwhile.
    ///
    /// What is kept is the tree as it shows, with what shows through from layers: they need not be there when it is
    /// loaded, and what many trees have in common is kept once.
    ///
    /// # Errors
    /// [`StoreError`]. What was kept under the key before stays then, unless the very last step failed: then either does.
    pub fn flush(&self, key: &str, filesystem: &MemoryFs) -> Result<Flushed, StoreError> {
        let _flushing = self.flushing();
        self.write(key, &Layer::snapshot(filesystem))
    }

    /// As [`Store::flush`], for a layer.
    ///
    /// # Errors
    /// As [`Store::flush`].
    pub fn keep(&self, key: &str, layer: &Layer) -> Result<Flushed, StoreError> {
        let _flushing = self.flushing();
        self.write(key, layer)
    }

    /// What is kept under a key, as a filesystem of its own; nothing if nothing is.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if anything of it is missing or changed; [`StoreError::Filesystem`] if it is more than the
    /// quota allows.
    pub fn load(
        &self,
        key: &str,
        quota: Quota,
        clock: Clock,
    ) -> Result<Option<MemoryFs>, StoreError> {
        let _staying = self.staying();
        let Some(manifest) = self.0.refs.get(key)? else {
            return Ok(None);
        };
        save::restore(&self.0.blobs, manifest, quota, clock)
            .map(Some)
            .map_err(|error| about(key, error))
    }

    /// The identity of what is kept under a key.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn digest(&self, key: &str) -> Result<Option<Digest>, StoreError> {
        Ok(self.0.refs.get(key)?.map(|manifest| manifest.digest))
    }

    /// The keys, in the order of their bytes.
    ///
    /// # Errors
    /// [`StoreError::Folder`] for a file that is no ref; [`StoreError::Host`].
    pub fn keys(&self) -> Result<Vec<String>, StoreError> {
        let mut keys: Vec<String> = self.0.refs.all()?.into_iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        Ok(keys)
    }

    /// Forgets a key. Says whether there was one. What it kept goes with the next collection.
    ///
    /// # Errors
    /// [`StoreError::Key`], [`StoreError::Host`].
    pub fn remove(&self, key: &str) -> Result<bool, StoreError> {
        let _flushing = self.flushing();
        self.0.refs.remove(key)
    }

    /// Removes what no key reaches.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a part of what is reached can't be read: nothing is removed then.
    pub fn collect(&self) -> Result<Collected, StoreError> {
        let _alone = self
            .0
            .collecting
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut reached = HashSet::new();
        for (key, manifest) in self.0.refs.all()? {
            save::visit_blobs(&self.0.blobs, manifest, &mut reached)
                .map_err(|error| about(&key, error))?;
        }
        let mut collected = Collected::default();
        self.0.blobs.retain(|digest| {
            let stays = reached.contains(&digest);
            let count = if stays {
                &mut collected.kept
            } else {
                &mut collected.removed
            };
            *count += 1;
            stays
        })?;
        Ok(collected)
    }

    fn flushing(&self) -> impl Drop + '_ {
        self.0
            .flushing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn staying(&self) -> impl Drop + '_ {
        self.0
            .collecting
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The steps that the module's text tells, in this order.
    fn write(&self, key: &str, layer: &Layer) -> Result<Flushed, StoreError> {
        check_key(key)?;
        let _staying = self.staying();
        let mut writing = Writing::new(&self.0.blobs);
        let saved = save::save(layer.root(), &mut writing);
        let (digest, manifest) = saved.map_err(|error| about(key, error))?;
        writing.settle()?;
        self.0.blobs.folder().sync()?;
        writing.write(digest, &manifest)?;
        writing.settle()?;
        self.0.blobs.folder().sync()?;
        let bytes = u32::try_from(manifest.len()).unwrap_or(u32::MAX);
        self.0.refs.put(key, Blob { digest, bytes })?;
        Ok(Flushed {
            digest,
            blobs: writing.blobs,
            bytes: writing.bytes,
        })
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Store").finish_non_exhaustive()
    }
}
