//! Going through a whole tree in order, whatever it consists of.
//!
//! Depth first, the names of a folder in the order of their bytes: the order in which a tree is exported and saved. There
//! is no recursion, because a guest decides how deep its tree is, and no path, because a path is as long as the tree is
//! deep; whoever wants one puts the names together.

use std::sync::Arc;

use crate::backend::{Directory, Step};
use crate::stat::NodeStat;
use crate::{FileKind, FsError, Stat};

pub(crate) struct Walk {
    open: Vec<Level>,
}

struct Level {
    directory: Arc<dyn Directory>,
    names: std::vec::IntoIter<String>,
}

/// What comes next.
pub(crate) enum Visit {
    /// A folder; what it holds follows, up to its [`Visit::Leave`].
    Enter { name: String, stat: Stat },
    /// Anything else, by the folder that it lies in.
    Leaf {
        directory: Arc<dyn Directory>,
        name: String,
        found: NodeStat,
    },
    /// The end of the folder that was entered last; at last that of the root, which was not announced.
    Leave,
}

impl Walk {
    pub(crate) fn new(root: Arc<dyn Directory>) -> Result<Self, FsError> {
        Ok(Self {
            open: vec![Level::new(root)?],
        })
    }

    pub(crate) fn next(&mut self) -> Result<Option<Visit>, FsError> {
        let Some(level) = self.open.last_mut() else {
            return Ok(None);
        };
        let Some(name) = level.names.next() else {
            self.open.pop();
            return Ok(Some(Visit::Leave));
        };
        let found = level.directory.stat(&name)?;
        if found.stat.kind != FileKind::Directory {
            let directory = Arc::clone(&level.directory);
            return Ok(Some(Visit::Leaf {
                directory,
                name,
                found,
            }));
        }
        match level.directory.enter(&name)? {
            Step::Directory(directory) => self.open.push(Level::new(directory)?),
            // Only a host folder changes while it is read.
            Step::Link(_) => return Err(FsError::WouldBlock),
        }
        Ok(Some(Visit::Enter {
            name,
            stat: found.stat,
        }))
    }
}

impl Level {
    fn new(directory: Arc<dyn Directory>) -> Result<Self, FsError> {
        let mut listing = directory.read_dir()?;
        let mut names = Vec::new();
        while let Some(entry) = listing.next_entry()? {
            names.push(entry.name);
        }
        names.sort_unstable();
        Ok(Self {
            directory,
            names: names.into_iter(),
        })
    }
}
