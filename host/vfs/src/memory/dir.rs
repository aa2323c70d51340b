//! An open directory in memory.

use std::any::Any;
use std::sync::Arc;

use super::content::Content;
use super::file::MemoryFile;
use super::filesystem::MemoryFs;
use super::hold::Hold;
use super::listing::MemoryListing;
use super::node::Body;
use super::rename::End;
use super::table::{ROOT, Table};
use crate::backend::{DirStream, Directory, OpenedNode, Step};
use crate::stat::NodeStat;
use crate::{FsError, OpenOptions, SetAttributes, SetTimes, Timestamp};

/// Holds its node, also after the directory is removed.
pub(super) struct MemoryDir(Hold);

/// What an open found, before handles are made of it.
enum Found {
    Directory(u64),
    File(u64),
}

impl MemoryDir {
    /// The other end of a rename or link, which must be in the same filesystem.
    fn same<'a>(&self, other: &'a dyn Directory) -> Result<&'a Self, FsError> {
        (other as &dyn Any)
            .downcast_ref::<Self>()
            .filter(|other| other.0.filesystem.is(&self.0.filesystem))
            .ok_or(FsError::CrossDevice)
    }

    fn find_to_open(
        &self,
        table: &mut Table,
        name: &str,
        options: &OpenOptions,
        now: Timestamp,
    ) -> Result<Found, FsError> {
        if options.mutates() {
            table.check_writable()?;
        }
        let Some(number) = table.lookup(self.0.number, name)? else {
            if !options.create {
                return Err(FsError::NoEntry);
            }
            let body = Body::File(Content::empty());
            return table
                .create(self.0.number, name, body, now)
                .map(Found::File);
        };
        if options.create && options.exclusive {
            return Err(FsError::Exist);
        }
        match &table.node(number)?.body {
            Body::Directory(_) if options.mutates() => return Err(FsError::IsDirectory),
            Body::Directory(_) => return Ok(Found::Directory(number)),
            _ if options.directory => return Err(FsError::NotDirectory),
            Body::Symlink(_) => return Err(FsError::Loop),
            Body::Special(_) => return Err(FsError::NoSuchDevice),
            Body::File(_) => {}
        }
        if options.truncate {
            table.edit_content(number, now, |content, _| {
                content.set_len(0);
                Ok(())
            })?;
        }
        Ok(Found::File(number))
    }
}

impl Directory for MemoryDir {
    fn enter(&self, name: &str) -> Result<Step, FsError> {
        self.0.filesystem.with(|table| {
            let number = table.find(self.0.number, name)?;
            match &table.node(number)?.body {
                Body::Symlink(target) => Ok(Step::Link(target.to_string())),
                Body::File(_) | Body::Special(_) => Err(FsError::NotDirectory),
                Body::Directory(_) => {
                    let hold = Hold::take(&self.0.filesystem, table, number);
                    Ok(Step::Directory(Arc::new(Self(hold))))
                }
            }
        })
    }

    fn link_target(&self, name: &str) -> Result<Option<String>, FsError> {
        self.0.filesystem.with(|table| {
            let number = table.find(self.0.number, name)?;
            Ok(match &table.node(number)?.body {
                Body::Symlink(target) => Some(target.to_string()),
                Body::File(_) | Body::Directory(_) | Body::Special(_) => None,
            })
        })
    }

    fn stat(&self, name: &str) -> Result<NodeStat, FsError> {
        self.0.filesystem.with(|table| {
            let number = table.find(self.0.number, name)?;
            table.node_stat(number, self.0.filesystem.object(number))
        })
    }

    fn stat_self(&self) -> Result<NodeStat, FsError> {
        let own = self.0.filesystem.object(self.0.number);
        self.0
            .filesystem
            .with(|table| table.node_stat(self.0.number, own))
    }

    fn open(&self, name: &str, options: &OpenOptions) -> Result<OpenedNode, FsError> {
        let now = self.0.filesystem.now();
        self.0.filesystem.with(|table| {
            let found = self.find_to_open(table, name, options, now)?;
            let hold = |table, number| Hold::take(&self.0.filesystem, table, number);
            Ok(match found {
                Found::Directory(number) => {
                    OpenedNode::Directory(Arc::new(Self(hold(table, number))))
                }
                Found::File(number) => {
                    OpenedNode::File(Box::new(MemoryFile::new(hold(table, number))))
                }
            })
        })
    }

    fn create_dir(&self, name: &str) -> Result<(), FsError> {
        self.0
            .filesystem
            .edit(|table, now| table.create_dir(self.0.number, name, now).map(drop))
    }

    fn remove_dir(&self, name: &str) -> Result<(), FsError> {
        self.0
            .filesystem
            .edit(|table, now| table.remove_dir(self.0.number, name, now))
    }

    fn unlink(&self, name: &str) -> Result<(), FsError> {
        self.0
            .filesystem
            .edit(|table, now| table.unlink(self.0.number, name, now))
    }

    fn symlink(&self, name: &str, target: &str) -> Result<(), FsError> {
        self.0.filesystem.edit(|table, now| {
            let body = Body::Symlink(target.into());
            table.create(self.0.number, name, body, now).map(drop)
        })
    }

    fn rename(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError> {
        let to = End {
            directory: self.same(to)?.0.number,
            name: to_name,
        };
        let from = End {
            directory: self.0.number,
            name,
        };
        self.0
            .filesystem
            .edit(|table, now| table.rename(from, to, now))
    }

    fn link(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError> {
        let to = self.same(to)?.0.number;
        self.0.filesystem.edit(|table, now| {
            let number = table.find(self.0.number, name)?;
            table.link(number, to, to_name, now)
        })
    }

    fn set_times(&self, name: &str, times: SetTimes) -> Result<(), FsError> {
        self.0.filesystem.edit(|table, now| {
            let number = table.find(self.0.number, name)?;
            table.keep(number)?;
            table.node_mut(number)?.set_times(times, now);
            Ok(())
        })
    }

    fn set_times_self(&self, times: SetTimes) -> Result<(), FsError> {
        self.0.filesystem.edit(|table, now| {
            table.keep(self.0.number)?;
            table.node_mut(self.0.number)?.set_times(times, now);
            Ok(())
        })
    }

    fn set_attributes(&self, name: &str, to: SetAttributes) -> Result<(), FsError> {
        self.0.filesystem.edit(|table, now| {
            let number = table.find(self.0.number, name)?;
            table.keep(number)?;
            table.node_mut(number)?.set_attributes(to, now);
            Ok(())
        })
    }

    fn set_attributes_self(&self, to: SetAttributes) -> Result<(), FsError> {
        self.0.filesystem.edit(|table, now| {
            table.keep(self.0.number)?;
            table.node_mut(self.0.number)?.set_attributes(to, now);
            Ok(())
        })
    }

    fn sync_self(&self, _: bool) -> Result<(), FsError> {
        Ok(())
    }

    fn read_dir(&self) -> Result<Box<dyn DirStream>, FsError> {
        let mut table = self.0.filesystem.lock();
        let hold = Hold::take(&self.0.filesystem, &mut table, self.0.number);
        drop(table);
        Ok(Box::new(MemoryListing::new(hold)))
    }
}

impl MemoryFs {
    /// The root, as what a mount or layer begins with.
    pub(crate) fn root(&self) -> Arc<dyn Directory> {
        let mut table = self.lock();
        let hold = Hold::take(self, &mut table, ROOT);
        drop(table);
        Arc::new(MemoryDir(hold))
    }
}
