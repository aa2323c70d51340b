//! Bytes under keys, each replaced as one: for a tree that somebody else wrote down, whole and opaque.
//!
//! ```text
//! lock          held as long as the store is open: one process at a time
//! kept/<digest of the key>   magic, key, label, bytes, and a digest of all that
//! ```
//!
//! What is put goes to a temporary name in `kept`, is carried to the disk, takes its own name in one step, and the folder
//! is carried to the disk: two waits for it. Whoever is killed leaves what was there before or what is there now.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use cap_std::fs::Dir;
use rustix::fd::OwnedFd;

use super::error::{MAX_REFS, StoreError, check_key};
use super::files::{Folder, Lock};
use crate::{Digest, FsError};

const MAGIC: &[u8; 4] = b"TGk1";

/// Bytes of a label at most.
pub const MAX_LABEL_BYTES: usize = 256;

/// Bytes under one key at most: 1 GiB.
pub const MAX_KEPT_BYTES: usize = 1024 * 1024 * 1024;

/// A folder of the host's in which bytes are kept under keys. Clones are the same store.
///
/// Everything here waits for the disk: call it where waiting is allowed.
#[derive(Clone)]
pub struct ByteStore(Arc<Inner>);

struct Inner {
    kept: Folder,
    /// One after the other, so that of two of one key the later stays.
    putting: Mutex<()>,
    _lock: Lock,
}

/// What was kept under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What the bytes are called, by whoever put them there.
    pub label: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

fn file_name(key: &str) -> String {
    Digest::of(key.as_bytes()).to_string()
}

fn damaged(key: &str) -> StoreError {
    StoreError::Corrupt {
        key: key.to_owned(),
        what: "its file is not whole",
    }
}

/// A text of at most 65,535 bytes, behind its length.
fn put_text(into: &mut Vec<u8>, text: &str) {
    into.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
    into.extend(text.as_bytes());
}

fn take_text(from: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = from.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
    Some((str::from_utf8(text).ok()?, rest))
}

fn encode(key: &str, label: &str, bytes: &[u8]) -> Vec<u8> {
    let around = MAGIC.len() + 4 + key.len() + label.len() + Digest::BYTES;
    let mut whole = Vec::with_capacity(bytes.len().saturating_add(around));
    whole.extend(MAGIC);
    put_text(&mut whole, key);
    put_text(&mut whole, label);
    whole.extend(bytes);
    let digest = Digest::of(&whole);
    whole.extend(digest.as_bytes());
    whole
}

/// What is kept; nothing if it is not whole, or another key's.
fn decode(mut whole: Vec<u8>, key: &str) -> Option<Kept> {
    let (label, before) = {
        let (body, digest) = whole.split_last_chunk::<{ Digest::BYTES }>()?;
        if Digest::of(body).as_bytes() != digest {
            return None;
        }
        let (own, rest) = take_text(body.strip_prefix(MAGIC)?)?;
        let (label, rest) = take_text(rest)?;
        (own == key).then_some((label.to_owned(), body.len() - rest.len()))?
    };
    whole.truncate(whole.len().saturating_sub(Digest::BYTES));
    whole.drain(..before);
    Some(Kept {
        label,
        bytes: whole,
    })
}

impl ByteStore {
    /// Opens the store in a folder, or makes one there. What a kill left unfinished is removed.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Folder`], [`StoreError::Host`].
    pub fn open(directory: Dir) -> Result<Self, StoreError> {
        let root = Folder::of(OwnedFd::from(directory.into_std_file()), "");
        let lock = Lock::take(&root)?;
        let kept = root.private("kept")?;
        root.sync()?;
        kept.remove_temporary()?;
        Ok(Self(Arc::new(Inner {
            kept,
            putting: Mutex::new(()),
            _lock: lock,
        })))
    }

    /// Keeps bytes under a key, in place of what was kept there. When this returns, they are on the disk, and a kill or a
    /// loss of power takes nothing of them.
    ///
    /// # Errors
    /// [`StoreError`]. What was kept before stays then, unless the very last step failed: then either does.
    pub fn put(&self, key: &str, label: &str, bytes: &[u8]) -> Result<(), StoreError> {
        check_key(key)?;
        let too_large = |what| StoreError::TooLarge {
            key: key.to_owned(),
            what,
        };
        if label.len() > MAX_LABEL_BYTES {
            return Err(too_large("its label is too long"));
        }
        if bytes.len() > MAX_KEPT_BYTES {
            return Err(too_large("it has too many bytes"));
        }
        let whole = encode(key, label, bytes);
        let name = file_name(key);
        let _putting = self
            .0
            .putting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if self.0.kept.length(&name)?.is_none() {
            self.check_room()?;
        }
        let unnamed = self.0.kept.write(&whole)?;
        self.0.kept.name(&unnamed, &name)?;
        Ok(self.0.kept.sync()?)
    }

    /// What is kept under a key; nothing if nothing is.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if anything of it is missing or changed.
    pub fn get(&self, key: &str) -> Result<Option<Kept>, StoreError> {
        check_key(key)?;
        let around = 4 + 2 * (2 + MAX_LABEL_BYTES) + Digest::BYTES;
        let whole = match self.0.kept.read(&file_name(key), MAX_KEPT_BYTES + around) {
            Ok(None) => return Ok(None),
            Ok(Some(whole)) => whole,
            Err(FsError::FileTooLarge) => return Err(damaged(key)),
            Err(error) => return Err(error.into()),
        };
        decode(whole, key).map(Some).ok_or_else(|| damaged(key))
    }

    /// Forgets a key. Says whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Key`], [`StoreError::Host`].
    pub fn remove(&self, key: &str) -> Result<bool, StoreError> {
        check_key(key)?;
        let removed = self.0.kept.remove(&file_name(key))?;
        self.0.kept.sync()?;
        Ok(removed)
    }

    fn check_room(&self) -> Result<(), StoreError> {
        let mut count = 0;
        self.0.kept.names(|_| {
            count += 1;
            if count >= MAX_REFS {
                return Err(StoreError::TooManyKeys);
            }
            Ok(())
        })
    }
}

impl fmt::Debug for ByteStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ByteStore").finish_non_exhaustive()
    }
}
