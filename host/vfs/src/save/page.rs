//! Pages and manifests, in bytes and out of them.

use super::codec::{Reader, Writer};
use super::{MAX_FILE_CHUNKS, TreeError};
use crate::chunk::CHUNK;
use crate::path::{MAX_NAME_BYTES, MAX_PATH_BYTES};
use crate::stat::{Kept, MODE_BITS};
use crate::{Digest, Owner};

const PAGE: [u8; 4] = *b"TGp1";
const MANIFEST: [u8; 4] = *b"TGm1";

/// Bytes of a file that stand in its entry: below the size of a disk's block, a blob would only cost more.
pub(super) const INLINE_BYTES: u64 = 4_096;

/// A page ends at the next name that says so once it has these many bytes,
const PAGE_BYTES: usize = 16 * 1024;
/// and at the next one whatever it says at these.
const PAGE_BYTES_MOST: usize = 256 * 1024;

/// A blob, by its digest and its length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) digest: Digest,
    pub(crate) bytes: u32,
}

/// One name of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) kept: Kept,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A file of at most [`INLINE_BYTES`]; of its bytes, those before the zeros at the end.
    Small {
        len: u64,
        bytes: Vec<u8>,
    },
    /// A larger file: its chunks that hold anything, by their place.
    Large {
        len: u64,
        chunks: Vec<(u64, Blob)>,
    },
    Symlink(String),
    Folder(Vec<Blob>),
}

/// The root of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) kept: Kept,
    pub(super) pages: Vec<Blob>,
    /// Names that are one file, each by its number among all names of the tree that are no folders, in the order of the
    /// walk.
    pub(super) links: Vec<Vec<u64>>,
}

impl Kept {
    fn write(&self, out: &mut Writer) {
        out.u32(self.mode);
        out.u32(self.owner.uid);
        out.u32(self.owner.gid);
        out.time(self.modified);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, TreeError> {
        let mode = from.u32()?;
        if mode > MODE_BITS {
            return Err(TreeError::Corrupt("a mode that no file has"));
        }
        Ok(Self {
            mode,
            owner: Owner {
                uid: from.u32()?,
                gid: from.u32()?,
            },
            modified: from.time()?,
        })
    }
}

impl Blob {
    const BYTES: usize = Digest::BYTES + 4;

    fn write(&self, out: &mut Writer) {
        out.digest(&self.digest);
        out.u32(self.bytes);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, TreeError> {
        Ok(Self {
            digest: from.digest()?,
            bytes: from.u32()?,
        })
    }

    fn read_list(from: &mut Reader<'_>) -> Result<Vec<Self>, TreeError> {
        (0..from.count(Self::BYTES)?)
            .map(|_| Self::read(from))
            .collect()
    }
}

/// A page that is being written.
pub(super) struct PageWriter(Writer);

impl PageWriter {
    pub(super) fn new() -> Self {
        Self(Writer(PAGE.to_vec()))
    }

    /// Adds a name. Says whether the page ends behind it.
    pub(super) fn push(&mut self, item: &Item) -> Result<bool, TreeError> {
        let out = &mut self.0;
        out.bytes(item.name.as_bytes())?;
        item.kept.write(out);
        match &item.what {
            What::Small { len, bytes } => {
                out.u8(0);
                out.u64(*len);
                out.bytes(bytes)?;
            }
            What::Large { len, chunks } => {
                out.u8(1);
                out.u64(*len);
                out.count(chunks.len())?;
                for (index, blob) in chunks {
                    out.u64(*index);
                    blob.write(out);
                }
            }
            What::Symlink(target) => {
                out.u8(2);
                out.bytes(target.as_bytes())?;
            }
            What::Folder(pages) => {
                out.u8(3);
                out.count(pages.len())?;
                pages.iter().for_each(|page| page.write(out));
            }
        }
        let bytes = out.0.len();
        Ok(bytes >= PAGE_BYTES_MOST || (bytes >= PAGE_BYTES && cut(&item.name)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.0.len() == PAGE.len()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.0
    }
}

/// Whether a page may end behind a name: one in sixteen, by the name alone, so that a name that comes or goes moves the
/// ends of one page or two and not of all that follow. (FNV-1a: it need not hold against anybody. Who makes up names that
/// all say yes has pages of 16 KiB, and who makes up names that all say no has pages of 256.)
fn cut(name: &str) -> bool {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.is_multiple_of(16)
}

/// The names of a page.
pub(super) fn read_page(bytes: &[u8]) -> Result<Vec<Item>, TreeError> {
    let mut from = Reader(bytes);
    from.magic(PAGE)?;
    let mut items: Vec<Item> = Vec::new();
    while !from.0.is_empty() {
        let item = read_item(&mut from)?;
        if items.last().is_some_and(|last| last.name >= item.name) {
            return Err(TreeError::Corrupt("names are not in order"));
        }
        items.push(item);
    }
    Ok(items)
}

fn read_item(from: &mut Reader<'_>) -> Result<Item, TreeError> {
    let name = from.text()?;
    if matches!(name, "" | "." | "..") || name.len() > MAX_NAME_BYTES || name.contains(['/', '\0'])
    {
        return Err(TreeError::Corrupt("a name that no file can have"));
    }
    let kept = Kept::read(from)?;
    let what = match from.u8()? {
        0 => read_small(from)?,
        1 => read_large(from)?,
        2 => read_symlink(from)?,
        3 => What::Folder(Blob::read_list(from)?),
        _ => return Err(TreeError::Corrupt("a name of a kind that is not known")),
    };
    Ok(Item {
        name: name.to_owned(),
        kept,
        what,
    })
}

fn read_small(from: &mut Reader<'_>) -> Result<What, TreeError> {
    let len = from.u64()?;
    let bytes = from.bytes()?;
    if len > INLINE_BYTES || bytes.len() as u64 > len || bytes.last() == Some(&0) {
        return Err(TreeError::Corrupt("a small file is no small file"));
    }
    Ok(What::Small {
        len,
        bytes: bytes.to_vec(),
    })
}

fn read_large(from: &mut Reader<'_>) -> Result<What, TreeError> {
    const WRONG: TreeError = TreeError::Corrupt("the chunks of a file do not fit it");
    let len = from.u64()?;
    if len <= INLINE_BYTES || i64::try_from(len).is_err() {
        return Err(WRONG);
    }
    let count = from.count(8 + Blob::BYTES)?;
    if count > MAX_FILE_CHUNKS {
        return Err(WRONG);
    }
    let mut chunks: Vec<(u64, Blob)> = Vec::with_capacity(count);
    for _ in 0..count {
        let index = from.u64()?;
        let blob = Blob::read(from)?;
        let bytes = u64::from(blob.bytes);
        let end = index
            .checked_mul(CHUNK as u64)
            .and_then(|begin| begin.checked_add(bytes));
        let follows = chunks.last().is_none_or(|(last, _)| *last < index);
        if bytes == 0 || bytes > CHUNK as u64 || !follows || end.is_none_or(|end| end > len) {
            return Err(WRONG);
        }
        chunks.push((index, blob));
    }
    Ok(What::Large { len, chunks })
}

fn read_symlink(from: &mut Reader<'_>) -> Result<What, TreeError> {
    let target = from.text()?;
    if target.is_empty() || target.len() >= MAX_PATH_BYTES || target.contains('\0') {
        return Err(TreeError::Corrupt("a target that no link can have"));
    }
    Ok(What::Symlink(target.to_owned()))
}

impl Manifest {
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, TreeError> {
        let mut out = Writer(MANIFEST.to_vec());
        self.kept.write(&mut out);
        out.count(self.pages.len())?;
        self.pages.iter().for_each(|page| page.write(&mut out));
        out.count(self.links.len())?;
        for group in &self.links {
            out.count(group.len())?;
            group.iter().for_each(|number| out.u64(*number));
        }
        Ok(out.0)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, TreeError> {
        let mut from = Reader(bytes);
        from.magic(MANIFEST)?;
        let kept = Kept::read(&mut from)?;
        let pages = Blob::read_list(&mut from)?;
        let mut links = Vec::new();
        for _ in 0..from.count(4 + 2 * 8)? {
            let count = from.count(8)?;
            let group: Vec<u64> = (0..count).map(|_| from.u64()).collect::<Result<_, _>>()?;
            if count < 2 || !group.is_sorted_by(|one, next| one < next) {
                return Err(TreeError::Corrupt("the names of a file are not in order"));
            }
            links.push(group);
        }
        from.end()?;
        if !links.is_sorted_by(|one, next| one.first() < next.first()) {
            return Err(TreeError::Corrupt("files of many names are not in order"));
        }
        Ok(Self { kept, pages, links })
    }
}
