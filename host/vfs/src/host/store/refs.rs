//! Refs: which manifest a key stands for.
//!
//! A ref holds its key, because a file's name is too short for one, and a digest of itself, because no other file says
//! what is in it.

use super::error::{MAX_KEY_BYTES, MAX_REFS, StoreError, check_key};
use super::files::Folder;
use crate::save::Blob;
use crate::{Digest, FsError};

const MAGIC: &[u8; 4] = b"TGr1";
/// Magic, key, digest and length of the manifest, digest of all that.
const MAX_REF_BYTES: usize = MAGIC.len() + MAX_KEY_BYTES + 2 * Digest::BYTES + 4;

pub(super) struct Refs {
    folder: Folder,
}

fn file_name(key: &str) -> String {
    Digest::of(key.as_bytes()).to_string()
}

fn encode(key: &str, manifest: Blob) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(manifest.digest.as_bytes());
    bytes.extend(manifest.bytes.to_le_bytes());
    bytes.extend(key.as_bytes());
    let digest = Digest::of(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

/// Key and manifest; nothing if it is not whole.
fn decode(bytes: &[u8]) -> Option<(&str, Blob)> {
    let (body, digest) = bytes.split_last_chunk::<{ Digest::BYTES }>()?;
    if Digest::of(body).as_bytes() != digest {
        return None;
    }
    let (digest, rest) = body.strip_prefix(MAGIC)?.split_first_chunk()?;
    let (length, key) = rest.split_first_chunk()?;
    let manifest = Blob {
        digest: Digest::from_bytes(*digest),
        bytes: u32::from_le_bytes(*length),
    };
    Some((str::from_utf8(key).ok()?, manifest))
}

impl Refs {
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Blob>, StoreError> {
        check_key(key)?;
        let bytes = match self.folder.read(&file_name(key), MAX_REF_BYTES) {
            Ok(None) => return Ok(None),
            Ok(Some(bytes)) => bytes,
            Err(FsError::FileTooLarge) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        match decode(&bytes) {
            Some((own, manifest)) if own == key => Ok(Some(manifest)),
            Some(_) | None => Err(StoreError::Corrupt {
                key: key.to_owned(),
                what: "its ref is not whole",
            }),
        }
    }

    /// Writes a ref, in the place of what the key stood for. On the disk when this returns.
    pub(super) fn put(&self, key: &str, manifest: Blob) -> Result<(), StoreError> {
        let name = file_name(key);
        if self.folder.length(&name)?.is_none() {
            self.check_room()?;
        }
        let unnamed = self.folder.write(&encode(key, manifest))?;
        self.folder.name(&unnamed, &name)?;
        Ok(self.folder.sync()?)
    }

    pub(super) fn remove(&self, key: &str) -> Result<bool, StoreError> {
        check_key(key)?;
        let removed = self.folder.remove(&file_name(key))?;
        self.folder.sync()?;
        Ok(removed)
    }

    /// All keys, and what they stand for.
    pub(super) fn all(&self) -> Result<Vec<(String, Blob)>, StoreError> {
        let mut names = Vec::new();
        self.folder.names(|name| {
            if names.len() >= MAX_REFS {
                return Err(StoreError::TooManyKeys);
            }
            if name.len() == 2 * Digest::BYTES {
                names.push(name.to_owned());
            }
            Ok(())
        })?;
        let mut refs = Vec::with_capacity(names.len());
        for name in names {
            let bytes = self.folder.read(&name, MAX_REF_BYTES)?.unwrap_or_default();
            match decode(&bytes) {
                Some((key, manifest)) if file_name(key) == name => {
                    refs.push((key.to_owned(), manifest));
                }
                Some(_) | None => return Err(StoreError::Folder("a ref in it is not whole")),
            }
        }
        Ok(refs)
    }

    fn check_room(&self) -> Result<(), StoreError> {
        let mut count = 0;
        self.folder.names(|_| {
            count += 1;
            if count >= MAX_REFS {
                return Err(StoreError::TooManyKeys);
            }
            Ok(())
        })
    }
}
