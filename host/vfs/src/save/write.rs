//! From a tree to blobs.

use std::collections::HashMap;
use std::sync::Arc;

use super::page::{Blob, INLINE_BYTES, Item, Manifest, PageWriter, What};
use super::{MAX_BLOB_BYTES, MAX_FILE_CHUNKS, MAX_TREE_ENTRIES, TreeError};
use crate::backend::{Directory, OpenedNode};
use crate::chunk::{CHUNK, CHUNK_BYTES};
use crate::stat::{Kept, NodeStat, ObjectId};
use crate::walk::{Visit, Walk};
use crate::{Digest, FileKind, FsError, OpenOptions};

/// Where blobs go.
pub(crate) trait Sink {
    /// Takes a blob, unless it is there already. The bytes are only made where they are wanted.
    fn put(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), TreeError>;
}

/// Writes a tree down, and says what it is called. Everything that the manifest needs has been given to the sink before
/// the manifest is returned: it is the caller's to put, when all the others are safe.
pub(crate) fn save(
    root: &Arc<dyn Directory>,
    sink: &mut dyn Sink,
) -> Result<(Digest, Vec<u8>), TreeError> {
    let mut saving = Saving {
        sink,
        folders: vec![Folder::new(
            String::new(),
            Kept::of(&root.stat_self()?.stat),
        )],
        entries: 0,
        leaves: 0,
        names: HashMap::new(),
    };
    let mut walk = Walk::new(Arc::clone(root))?;
    while let Some(visit) = walk.next()? {
        match visit {
            Visit::Enter { name, stat } => {
                saving.count()?;
                saving.folders.push(Folder::new(name, Kept::of(&stat)));
            }
            Visit::Leaf {
                directory,
                name,
                found,
            } => saving.leaf(&*directory, name, &found)?,
            Visit::Leave => {
                if let Some(manifest) = saving.leave()? {
                    let bytes = manifest.to_bytes()?;
                    check_blob(&bytes)?;
                    return Ok((Digest::of(&bytes), bytes));
                }
            }
        }
    }
    Err(FsError::Io.into())
}

struct Saving<'a> {
    sink: &'a mut dyn Sink,
    /// The folders that the walk is in, the root first.
    folders: Vec<Folder>,
    entries: u64,
    leaves: u64,
    /// The names of files that have several.
    names: HashMap<ObjectId, Vec<u64>>,
}

/// A folder whose names are being written.
struct Folder {
    name: String,
    kept: Kept,
    pages: Vec<Blob>,
    page: PageWriter,
}

impl Folder {
    fn new(name: String, kept: Kept) -> Self {
        Self {
            name,
            kept,
            pages: Vec::new(),
            page: PageWriter::new(),
        }
    }

    fn push(&mut self, item: &Item, sink: &mut dyn Sink) -> Result<(), TreeError> {
        if self.page.push(item)? {
            self.end_page(sink)?;
        }
        Ok(())
    }

    fn end_page(&mut self, sink: &mut dyn Sink) -> Result<(), TreeError> {
        if self.page.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::replace(&mut self.page, PageWriter::new()).into_bytes();
        self.pages.push(put(sink, Digest::of(&bytes), &bytes)?);
        Ok(())
    }
}

fn check_blob(bytes: &[u8]) -> Result<u32, TreeError> {
    u32::try_from(bytes.len())
        .ok()
        .filter(|_| bytes.len() <= MAX_BLOB_BYTES)
        .ok_or(TreeError::TooLarge(
            "a folder, or the list of files with several names, is too large",
        ))
}

fn put(sink: &mut dyn Sink, digest: Digest, bytes: &[u8]) -> Result<Blob, TreeError> {
    let length = check_blob(bytes)?;
    sink.put(digest, bytes)?;
    Ok(Blob {
        digest,
        bytes: length,
    })
}

impl Saving<'_> {
    fn count(&mut self) -> Result<(), TreeError> {
        self.entries += 1;
        if self.entries > MAX_TREE_ENTRIES {
            return Err(TreeError::TooLarge("more names than a saved tree may have"));
        }
        Ok(())
    }

    fn leaf(
        &mut self,
        directory: &dyn Directory,
        name: String,
        found: &NodeStat,
    ) -> Result<(), TreeError> {
        self.count()?;
        let number = self.leaves;
        self.leaves += 1;
        if found.stat.links > 1 {
            self.names.entry(found.object).or_default().push(number);
        }
        let what = match found.stat.kind {
            FileKind::File => self.file(directory, &name, found.stat.size)?,
            FileKind::Symlink => {
                let target = directory.link_target(&name)?;
                What::Symlink(target.ok_or(FsError::WouldBlock)?)
            }
            FileKind::Directory
            | FileKind::Fifo
            | FileKind::Socket
            | FileKind::BlockDevice
            | FileKind::CharacterDevice
            | FileKind::Unknown => return Err(TreeError::Special),
        };
        let item = Item {
            name,
            kept: Kept::of(&found.stat),
            what,
        };
        match self.folders.last_mut() {
            Some(folder) => folder.push(&item, self.sink),
            None => Err(FsError::Io.into()),
        }
    }

    fn file(&mut self, directory: &dyn Directory, name: &str, len: u64) -> Result<What, TreeError> {
        let options = OpenOptions {
            read: true,
            ..OpenOptions::default()
        };
        let OpenedNode::File(file) = directory.open(name, &options)? else {
            return Err(FsError::WouldBlock.into());
        };
        let mut chunks = Vec::new();
        let mut next = 0;
        while let Some((index, chunk)) = file.next_chunk(next)? {
            next = index.saturating_add(1);
            // A file of the host may have grown since it was looked at.
            let begin = index.saturating_mul(CHUNK_BYTES);
            if begin >= len {
                break;
            }
            let room = usize::try_from(len - begin).unwrap_or(CHUNK);
            if chunk.trimmed().len() > room {
                return Err(FsError::WouldBlock.into());
            }
            if chunk.trimmed().is_empty() {
                continue;
            }
            if len <= INLINE_BYTES {
                let bytes = chunk.trimmed().to_vec();
                return Ok(What::Small { len, bytes });
            }
            if chunks.len() >= MAX_FILE_CHUNKS {
                return Err(TreeError::TooLarge("a file of more than 16 GiB"));
            }
            chunks.push((index, put(self.sink, chunk.digest(), chunk.trimmed())?));
        }
        Ok(if len <= INLINE_BYTES {
            What::Small {
                len,
                bytes: Vec::new(),
            }
        } else {
            What::Large { len, chunks }
        })
    }

    /// Ends a folder; the manifest, if it was the root.
    fn leave(&mut self) -> Result<Option<Manifest>, TreeError> {
        let Some(mut folder) = self.folders.pop() else {
            return Err(FsError::Io.into());
        };
        folder.end_page(self.sink)?;
        let Some(parent) = self.folders.last_mut() else {
            let names = std::mem::take(&mut self.names).into_values();
            let mut links: Vec<Vec<u64>> = names.filter(|group| group.len() > 1).collect();
            links.sort_unstable();
            return Ok(Some(Manifest {
                kept: folder.kept,
                pages: folder.pages,
                links,
            }));
        };
        let item = Item {
            name: folder.name,
            kept: folder.kept,
            what: What::Folder(folder.pages),
        };
        parent.push(&item, self.sink)?;
        Ok(None)
    }
}

/// What a tree is called, without writing it anywhere.
pub(crate) fn digest(root: &Arc<dyn Directory>) -> Result<Digest, TreeError> {
    struct Nowhere;
    impl Sink for Nowhere {
        fn put(&mut self, _: Digest, _: &[u8]) -> Result<(), TreeError> {
            Ok(())
        }
    }
    save(root, &mut Nowhere).map(|(digest, _)| digest)
}
