//! From a tree to a list.

use std::sync::Arc;

use crate::backend::{Directory, OpenedNode};
use crate::entry::{Entry, EntryKind, ExportError, ExportLimits};
use crate::path::MAX_PATH_BYTES;
use crate::stat::NodeStat;
use crate::walk::{Visit, Walk};
use crate::{FileKind, FsError, OpenOptions, Stat};

/// All of a tree: the root first, then depth first, the names of a folder in the order of their bytes.
pub(crate) fn entries(
    root: Arc<dyn Directory>,
    limits: &ExportLimits,
) -> Result<Vec<Entry>, ExportError> {
    let mut export = Export {
        limits,
        bytes: 0,
        path: String::new(),
        entries: Vec::new(),
    };
    let stat = root.stat_self()?.stat;
    export.push("/".to_owned(), EntryKind::Directory, &stat)?;
    let mut walk = Walk::new(root)?;
    while let Some(visit) = walk.next()? {
        match visit {
            Visit::Enter { name, stat } => {
                export.descend(&name)?;
                export.push(export.path.clone(), EntryKind::Directory, &stat)?;
            }
            Visit::Leaf {
                directory,
                name,
                found,
            } => {
                export.descend(&name)?;
                export.leaf(&*directory, &name, &found)?;
                export.ascend();
            }
            Visit::Leave => export.ascend(),
        }
    }
    Ok(export.entries)
}

struct Export<'a> {
    limits: &'a ExportLimits,
    bytes: u64,
    /// Where the walk stands; empty for the root.
    path: String,
    entries: Vec<Entry>,
}

impl Export<'_> {
    fn descend(&mut self, name: &str) -> Result<(), ExportError> {
        self.path.push('/');
        self.path.push_str(name);
        if self.path.len() > MAX_PATH_BYTES {
            return Err(ExportError::PathTooLong {
                limit: MAX_PATH_BYTES,
            });
        }
        Ok(())
    }

    fn ascend(&mut self) {
        self.path.truncate(self.path.rfind('/').unwrap_or(0));
    }

    fn leaf(
        &mut self,
        directory: &dyn Directory,
        name: &str,
        found: &NodeStat,
    ) -> Result<(), ExportError> {
        let kind = match found.stat.kind {
            FileKind::File => {
                // Before anything is allocated: a length costs a guest nothing.
                self.charge(found.stat.size)?;
                EntryKind::File(content(directory, name, found.stat.size)?)
            }
            FileKind::Symlink => {
                let target = directory.link_target(name)?.ok_or(FsError::WouldBlock)?;
                self.charge(target.len() as u64)?;
                EntryKind::Symlink(target)
            }
            FileKind::Directory
            | FileKind::Fifo
            | FileKind::Socket
            | FileKind::BlockDevice
            | FileKind::CharacterDevice
            | FileKind::Unknown => {
                return Err(ExportError::Special {
                    path: self.path.clone(),
                });
            }
        };
        self.push(self.path.clone(), kind, &found.stat)
    }

    fn push(&mut self, path: String, kind: EntryKind, stat: &Stat) -> Result<(), ExportError> {
        self.charge(path.len() as u64)?;
        if self.entries.len() >= self.limits.entries {
            return Err(ExportError::Entries {
                limit: self.limits.entries,
            });
        }
        self.entries.push(Entry {
            path,
            kind,
            mode: stat.mode,
            owner: stat.owner,
        });
        Ok(())
    }

    fn charge(&mut self, bytes: u64) -> Result<(), ExportError> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.limits.bytes {
            return Err(ExportError::Bytes {
                limit: self.limits.bytes,
            });
        }
        Ok(())
    }
}

/// The first `size` bytes of a file; fewer if it has become shorter.
fn content(directory: &dyn Directory, name: &str, size: u64) -> Result<Vec<u8>, ExportError> {
    let options = OpenOptions {
        read: true,
        ..OpenOptions::default()
    };
    let OpenedNode::File(file) = directory.open(name, &options)? else {
        return Err(FsError::WouldBlock.into());
    };
    let size = usize::try_from(size).map_err(|_| FsError::Overflow)?;
    let mut bytes = vec![0; size];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..)
        && !rest.is_empty()
    {
        match file.read_at(rest, filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}
