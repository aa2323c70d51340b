//! A directory of a mount that somebody else serves: a path, and who is asked about it.

use std::any::Any;
use std::sync::Arc;

use super::Server;
use super::file::RemoteFile;
use crate::backend::{DirStream, Directory, OpenedNode, Step};
use crate::path::join;
use crate::stat::NodeStat;
use crate::{DirEntry, FileKind, FsError, OpenOptions, Owner, SetAttributes, SetTimes};

pub(crate) struct RemoteDir {
    server: Arc<Server>,
    path: String,
}

struct Listed(std::vec::IntoIter<DirEntry>);

impl DirStream for Listed {
    fn next_entry(&mut self) -> Result<Option<DirEntry>, FsError> {
        Ok(self.0.next())
    }
}

impl RemoteDir {
    pub(crate) fn root(server: Server) -> Self {
        Self {
            server: Arc::new(server),
            path: "/".to_owned(),
        }
    }

    fn below(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// The path of a name of another directory, if the same somebody serves it.
    fn other(&self, directory: &dyn Directory, name: &str) -> Result<String, FsError> {
        let other: &Self = (directory as &dyn Any)
            .downcast_ref()
            .ok_or(FsError::CrossDevice)?;
        if Arc::ptr_eq(&self.server, &other.server) {
            Ok(other.below(name))
        } else {
            Err(FsError::CrossDevice)
        }
    }

    fn opened(&self, path: String, size: Option<u64>) -> OpenedNode {
        let file = RemoteFile::new(Arc::clone(&self.server), path, size);
        OpenedNode::File(Box::new(file))
    }
}

fn set_attributes(server: &Server, path: &str, to: SetAttributes) -> Result<(), FsError> {
    if let Some(mode) = to.mode {
        server
            .remote
            .set_mode(path, mode & crate::stat::MODE_BITS)?;
    }
    let owner = match (to.uid, to.gid) {
        (None, None) => return Ok(()),
        (Some(uid), Some(gid)) => Owner { uid, gid },
        (uid, gid) => {
            let old = server.stat(path)?.stat.owner;
            Owner {
                uid: uid.unwrap_or(old.uid),
                gid: gid.unwrap_or(old.gid),
            }
        }
    };
    server.remote.set_owner(path, owner)
}

impl Directory for RemoteDir {
    fn enter(&self, name: &str) -> Result<Step, FsError> {
        let path = self.below(name);
        match self.server.stat(&path)?.stat.kind {
            FileKind::Directory => Ok(Step::Directory(Arc::new(Self {
                server: Arc::clone(&self.server),
                path,
            }))),
            FileKind::Symlink => self.server.read_link(&path).map(Step::Link),
            _ => Err(FsError::NotDirectory),
        }
    }

    fn link_target(&self, name: &str) -> Result<Option<String>, FsError> {
        let path = self.below(name);
        match self.server.stat(&path)?.stat.kind {
            FileKind::Symlink => self.server.read_link(&path).map(Some),
            _ => Ok(None),
        }
    }

    fn stat(&self, name: &str) -> Result<NodeStat, FsError> {
        self.server.stat(&self.below(name))
    }

    fn stat_self(&self) -> Result<NodeStat, FsError> {
        let found = self.server.stat(&self.path)?;
        match found.stat.kind {
            FileKind::Directory => Ok(found),
            _ => Err(FsError::NotDirectory),
        }
    }

    fn open(&self, name: &str, options: &OpenOptions) -> Result<OpenedNode, FsError> {
        let path = self.below(name);
        let found = match self.server.stat(&path) {
            Err(FsError::NoEntry) if options.create => {
                self.server.remote.create(&path)?;
                return Ok(self.opened(path, None));
            }
            found => found?,
        };
        if options.create && options.exclusive {
            return Err(FsError::Exist);
        }
        match found.stat.kind {
            FileKind::Directory if options.mutates() => Err(FsError::IsDirectory),
            FileKind::Directory => Ok(OpenedNode::Directory(Arc::new(Self {
                server: Arc::clone(&self.server),
                path,
            }))),
            _ if options.directory => Err(FsError::NotDirectory),
            FileKind::File if options.truncate => {
                self.server.remote.set_len(&path, 0)?;
                Ok(self.opened(path, None))
            }
            FileKind::File => Ok(self.opened(path, Some(found.stat.size))),
            FileKind::Symlink => Err(FsError::Loop),
            FileKind::Fifo
            | FileKind::Socket
            | FileKind::BlockDevice
            | FileKind::CharacterDevice
            | FileKind::Unknown => Err(FsError::NoSuchDevice),
        }
    }

    fn create_dir(&self, name: &str) -> Result<(), FsError> {
        self.server.remote.create_dir(&self.below(name))
    }

    fn remove_dir(&self, name: &str) -> Result<(), FsError> {
        self.server.remote.remove_dir(&self.below(name))
    }

    fn unlink(&self, name: &str) -> Result<(), FsError> {
        self.server.remote.unlink(&self.below(name))
    }

    fn symlink(&self, name: &str, target: &str) -> Result<(), FsError> {
        self.server.remote.symlink(target, &self.below(name))
    }

    fn rename(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError> {
        let to = self.other(to, to_name)?;
        self.server.remote.rename(&self.below(name), &to)
    }

    fn link(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError> {
        let to = self.other(to, to_name)?;
        self.server.remote.link(&self.below(name), &to)
    }

    fn set_times(&self, name: &str, times: SetTimes) -> Result<(), FsError> {
        self.server.set_times(&self.below(name), times)
    }

    fn set_times_self(&self, times: SetTimes) -> Result<(), FsError> {
        self.server.set_times(&self.path, times)
    }

    fn set_attributes(&self, name: &str, to: SetAttributes) -> Result<(), FsError> {
        set_attributes(&self.server, &self.below(name), to)
    }

    fn set_attributes_self(&self, to: SetAttributes) -> Result<(), FsError> {
        set_attributes(&self.server, &self.path, to)
    }

    /// Where it is kept is for whoever serves it to say.
    fn sync_self(&self, _: bool) -> Result<(), FsError> {
        Ok(())
    }

    fn read_dir(&self) -> Result<Box<dyn DirStream>, FsError> {
        let entries = self.server.list(&self.path)?;
        Ok(Box::new(Listed(entries.into_iter())))
    }
}
