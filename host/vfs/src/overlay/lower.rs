//! One directory of one layer.

use std::sync::{Arc, Mutex, PoisonError};

use crate::backend::{Directory, File, OpenedNode, Step};
use crate::stat::NodeStat;
use crate::{FileKind, FsError, OpenOptions};

/// A directory of a layer, by the layer's root and the names from there. It holds nothing open unless
/// it is in use, because an overlay over a large host directory would run out of descriptors.
///
/// What is open is kept aside of what it is (behind a lock of its own, which nobody holds for longer than a look), so
/// that looking through an overlay changes no node: nodes may be shared with other filesystems.
pub(crate) struct Lower {
    root: Arc<dyn Directory>,
    names: Arc<[Box<str>]>,
    open: Mutex<Option<Arc<dyn Directory>>>,
}

/// The clone has nothing open.
impl Clone for Lower {
    fn clone(&self) -> Self {
        Self {
            root: Arc::clone(&self.root),
            names: Arc::clone(&self.names),
            open: Mutex::new(None),
        }
    }
}

/// What layers have under a name.
pub(crate) enum Found {
    /// Directories of that name, uppermost first, and the attributes of the uppermost.
    Directory(Vec<Lower>, NodeStat),
    /// Something else, in this directory.
    Other(Lower, NodeStat),
}

impl Lower {
    pub(crate) fn root(root: Arc<dyn Directory>) -> Self {
        Self {
            root,
            names: Arc::from([]),
            open: Mutex::new(None),
        }
    }

    fn child(&self, name: &str) -> Self {
        let mut names = Vec::with_capacity(self.names.len() + 1);
        names.extend_from_slice(&self.names);
        names.push(name.into());
        Self {
            root: Arc::clone(&self.root),
            names: names.into(),
            open: Mutex::new(None),
        }
    }

    /// The open directory, which stays open until [`Lower::close`].
    pub(crate) fn open(&self) -> Result<Arc<dyn Directory>, FsError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = match open.take() {
            Some(directory) => directory,
            None => self.walk()?,
        };
        Ok(Arc::clone(open.insert(opened)))
    }

    fn walk(&self) -> Result<Arc<dyn Directory>, FsError> {
        let mut directory = Arc::clone(&self.root);
        for name in self.names.iter() {
            directory = match directory.enter(name)? {
                Step::Directory(directory) => directory,
                Step::Link(_) => return Err(FsError::NoEntry),
            };
        }
        Ok(directory)
    }

    pub(crate) fn close(&self) {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Attributes of a name here; nothing if it is missing.
    pub(crate) fn stat(&self, name: &str) -> Result<Option<NodeStat>, FsError> {
        match self.open()?.stat(name) {
            Ok(found) => Ok(Some(found)),
            Err(FsError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn link_target(&self, name: &str) -> Result<String, FsError> {
        self.open()?.link_target(name)?.ok_or(FsError::Io)
    }

    pub(crate) fn open_file(&self, name: &str) -> Result<Box<dyn File>, FsError> {
        let options = OpenOptions {
            read: true,
            ..OpenOptions::default()
        };
        match self.open()?.open(name, &options)? {
            OpenedNode::File(file) => Ok(file),
            OpenedNode::Directory(_) => Err(FsError::Io),
        }
    }

    /// Looks a name up in merged directories: the uppermost layer that has it decides, and directories
    /// merge as far down as they are all directories.
    pub(crate) fn find(lowers: &[Self], name: &str) -> Result<Option<Found>, FsError> {
        let mut merged = Vec::new();
        let mut uppermost = None;
        for lower in lowers {
            let Some(found) = lower.stat(name)? else {
                continue;
            };
            let is_directory = found.stat.kind == FileKind::Directory;
            match (&uppermost, is_directory) {
                (None, false) => return Ok(Some(Found::Other(lower.clone(), found))),
                (Some(_), false) => break,
                (_, true) => {
                    uppermost.get_or_insert(found);
                    merged.push(lower.child(name));
                }
            }
        }
        Ok(uppermost.map(|found| Found::Directory(merged, found)))
    }
}
