//! A directory that exists only because something is mounted below it: empty, and never written.

use crate::backend::{DirStream, Directory, OpenedNode, Step};
use crate::stat::{NodeStat, ObjectId};
use crate::{DirEntry, FileKind, FsError, OpenOptions, Owner, SetAttributes, SetTimes, Stat};

pub(crate) struct VirtualDir {
    number: u64,
}

impl VirtualDir {
    pub(crate) fn new(number: u64) -> Self {
        Self { number }
    }
}

struct Nothing;

impl DirStream for Nothing {
    fn next_entry(&mut self) -> Result<Option<DirEntry>, FsError> {
        Ok(None)
    }
}

impl Directory for VirtualDir {
    fn enter(&self, _: &str) -> Result<Step, FsError> {
        Err(FsError::NoEntry)
    }

    fn link_target(&self, _: &str) -> Result<Option<String>, FsError> {
        Err(FsError::NoEntry)
    }

    fn stat(&self, _: &str) -> Result<NodeStat, FsError> {
        Err(FsError::NoEntry)
    }

    fn stat_self(&self) -> Result<NodeStat, FsError> {
        Ok(NodeStat {
            stat: Stat {
                kind: FileKind::Directory,
                links: 1,
                size: 0,
                accessed: None,
                modified: None,
                changed: None,
                mode: 0o755,
                owner: Owner::ROOT,
            },
            object: ObjectId::Virtual {
                number: self.number,
            },
        })
    }

    fn open(&self, _: &str, options: &OpenOptions) -> Result<OpenedNode, FsError> {
        Err(if options.create {
            FsError::ReadOnly
        } else {
            FsError::NoEntry
        })
    }

    fn create_dir(&self, _: &str) -> Result<(), FsError> {
        Err(FsError::ReadOnly)
    }

    fn remove_dir(&self, _: &str) -> Result<(), FsError> {
        Err(FsError::NoEntry)
    }

    fn unlink(&self, _: &str) -> Result<(), FsError> {
        Err(FsError::NoEntry)
    }

    fn symlink(&self, _: &str, _: &str) -> Result<(), FsError> {
        Err(FsError::ReadOnly)
    }

    fn rename(&self, _: &str, _: &dyn Directory, _: &str) -> Result<(), FsError> {
        Err(FsError::NoEntry)
    }

    fn link(&self, _: &str, _: &dyn Directory, _: &str) -> Result<(), FsError> {
        Err(FsError::NoEntry)
    }

    fn set_times(&self, _: &str, _: SetTimes) -> Result<(), FsError> {
        Err(FsError::NoEntry)
    }

    fn set_times_self(&self, _: SetTimes) -> Result<(), FsError> {
        Err(FsError::ReadOnly)
    }

    fn set_attributes(&self, _: &str, _: SetAttributes) -> Result<(), FsError> {
        Err(FsError::NoEntry)
    }

    fn set_attributes_self(&self, _: SetAttributes) -> Result<(), FsError> {
        Err(FsError::ReadOnly)
    }

    fn sync_self(&self, _: bool) -> Result<(), FsError> {
        Ok(())
    }

    fn read_dir(&self) -> Result<Box<dyn DirStream>, FsError> {
        Ok(Box::new(Nothing))
    }
}
