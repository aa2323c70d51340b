//! From blobs to a tree.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::page::{Blob, Item, Manifest, What, read_page};
use super::{MAX_BLOB_BYTES, TreeError};
use crate::Digest;
use crate::chunk::{CHUNK, Chunk};
use crate::memory::{Clock, Made, MemoryFs, Quota, Restoring};

/// Where blobs come from.
pub(crate) trait Source {
    /// The bytes of a blob: exactly so many, whose digest is this one. Anything else is an error.
    fn get(&self, digest: Digest, bytes: u32) -> Result<Vec<u8>, TreeError>;
}

/// The tree whose manifest this is, as a filesystem.
pub(crate) fn restore(
    source: &dyn Source,
    manifest: Blob,
    quota: Quota,
    clock: Clock,
) -> Result<MemoryFs, TreeError> {
    let manifest = read_manifest(source, manifest)?;
    let mut restoring = Restoring::new(quota, clock);
    restoring.keep_root(manifest.kept)?;
    let mut load = Load {
        source,
        restoring,
        chunks: HashMap::new(),
        first_names: first_names(&manifest)?,
        leaves: 0,
    };
    let mut folders = vec![Folder::new(None, manifest.pages)];
    while let Some(folder) = folders.last_mut() {
        match folder.next(source)? {
            None => {
                folders.pop();
            }
            Some(item) => {
                let parent = folder.made;
                if let Some(below) = load.item(parent, item)? {
                    folders.push(below);
                }
            }
        }
    }
    if load.first_names.values().any(Link::is_open) {
        return Err(TreeError::Corrupt("a file of many names lacks some"));
    }
    Ok(load.restoring.done())
}

fn read_manifest(source: &dyn Source, manifest: Blob) -> Result<Manifest, TreeError> {
    Manifest::read(&get(source, manifest)?)
}

fn get(source: &dyn Source, blob: Blob) -> Result<Vec<u8>, TreeError> {
    if blob.bytes as usize > MAX_BLOB_BYTES {
        return Err(TreeError::Corrupt("a blob is larger than any can be"));
    }
    source.get(blob.digest, blob.bytes)
}

/// A folder whose names are being read.
struct Folder {
    /// Nothing for the root.
    made: Option<Made>,
    pages: std::vec::IntoIter<Blob>,
    items: std::vec::IntoIter<Item>,
    last: Option<String>,
}

impl Folder {
    fn new(made: Option<Made>, pages: Vec<Blob>) -> Self {
        Self {
            made,
            pages: pages.into_iter(),
            items: Vec::new().into_iter(),
            last: None,
        }
    }

    fn next(&mut self, source: &dyn Source) -> Result<Option<Item>, TreeError> {
        loop {
            if let Some(item) = self.items.next() {
                return Ok(Some(item));
            }
            let Some(page) = self.pages.next() else {
                return Ok(None);
            };
            let items = read_page(&get(source, page)?)?;
            let first = items.first().ok_or(TreeError::Corrupt("a page is empty"))?;
            if self.last.as_ref().is_some_and(|last| *last >= first.name) {
                return Err(TreeError::Corrupt("names are not in order"));
            }
            self.last = items.last().map(|item| item.name.clone());
            self.items = items.into_iter();
        }
    }
}

/// What a name of a file with several says.
#[derive(Clone, Copy)]
enum Link {
    /// It is the first: nothing is made yet.
    First(Option<Made>),
    /// It is another name of what the name of this number stands for.
    Again { first: u64, done: bool },
}

impl Link {
    fn is_open(&self) -> bool {
        matches!(self, Self::First(None) | Self::Again { done: false, .. })
    }
}

fn first_names(manifest: &Manifest) -> Result<HashMap<u64, Link>, TreeError> {
    let mut links = HashMap::new();
    for group in &manifest.links {
        let mut first = None;
        for number in group {
            let link = match first {
                None => Link::First(None),
                Some(first) => Link::Again { first, done: false },
            };
            first = first.or(Some(*number));
            if links.insert(*number, link).is_some() {
                return Err(TreeError::Corrupt("a name stands for two files"));
            }
        }
    }
    Ok(links)
}

struct Load<'a> {
    source: &'a dyn Source,
    restoring: Restoring,
    /// Chunks that were read: what is the same on the disk is the same in memory.
    chunks: HashMap<Digest, Arc<Chunk>>,
    first_names: HashMap<u64, Link>,
    leaves: u64,
}

impl Load<'_> {
    /// Makes what a name stands for. A folder is for the caller to go on with.
    fn item(&mut self, parent: Option<Made>, item: Item) -> Result<Option<Folder>, TreeError> {
        let Item { name, kept, what } = item;
        if let What::Folder(pages) = what {
            let made = self.restoring.folder(parent, &name, kept)?;
            return Ok(Some(Folder::new(Some(made), pages)));
        }
        let number = self.leaves;
        self.leaves += 1;
        let again = match self.first_names.get_mut(&number) {
            Some(Link::Again { first, done }) => {
                *done = true;
                Some(*first)
            }
            Some(Link::First(_)) | None => None,
        };
        if let Some(first) = again {
            let Some(Link::First(Some(made))) = self.first_names.get(&first) else {
                return Err(TreeError::Corrupt("a second name comes before the first"));
            };
            self.restoring.link(*made, parent, &name)?;
            return Ok(None);
        }
        let made = match what {
            What::Symlink(target) => self.restoring.symlink(parent, &name, &target, kept)?,
            What::Small { len, bytes } => {
                let chunk = (!bytes.is_empty()).then(|| (0, Arc::new(Chunk::new(bytes))));
                let chunks = chunk.into_iter().map(Ok::<_, TreeError>);
                self.restoring.file(parent, &name, len, chunks, kept)?
            }
            What::Large { len, chunks } => {
                let (source, known) = (self.source, &mut self.chunks);
                let chunks = chunks
                    .into_iter()
                    .map(|(index, blob)| Ok::<_, TreeError>((index, chunk(source, known, blob)?)));
                self.restoring.file(parent, &name, len, chunks, kept)?
            }
            What::Folder(_) => return Ok(None),
        };
        if let Some(Link::First(first)) = self.first_names.get_mut(&number) {
            *first = Some(made);
        }
        Ok(None)
    }
}

fn chunk(
    source: &dyn Source,
    known: &mut HashMap<Digest, Arc<Chunk>>,
    blob: Blob,
) -> Result<Arc<Chunk>, TreeError> {
    if let Some(chunk) = known.get(&blob.digest)
        && chunk.bytes().len() == blob.bytes as usize
    {
        return Ok(Arc::clone(chunk));
    }
    let bytes = get(source, blob)?;
    if bytes.len() > CHUNK || bytes.last() == Some(&0) {
        return Err(TreeError::Corrupt("a chunk is no chunk"));
    }
    let chunk = Arc::new(Chunk::verified(bytes, blob.digest));
    known.insert(blob.digest, Arc::clone(&chunk));
    Ok(chunk)
}

/// Every blob that a tree consists of, for telling what is still needed. `reached` says whether it is seen for the first
/// time; pages that were seen before are not gone into again.
pub(crate) fn visit_blobs(
    source: &dyn Source,
    manifest: Blob,
    reached: &mut HashSet<Digest>,
) -> Result<(), TreeError> {
    if !reached.insert(manifest.digest) {
        return Ok(());
    }
    let mut pages = read_manifest(source, manifest)?.pages;
    while let Some(page) = pages.pop() {
        if !reached.insert(page.digest) {
            continue;
        }
        for item in read_page(&get(source, page)?)? {
            match item.what {
                What::Folder(below) => pages.extend(below),
                What::Large { chunks, .. } => {
                    reached.extend(chunks.iter().map(|(_, blob)| blob.digest));
                }
                What::Small { .. } | What::Symlink(_) => {}
            }
        }
    }
    Ok(())
}
