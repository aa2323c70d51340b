//! Acting on a target: one operation, on the handle and name that the resolution ended at.
//!
//! Each method checks in this order: the permit (a wrong one is a bug of the gate), the mount's
//! `read-only`, the shape of the path (trailing slash, `.`, mount points), and only then asks the
//! backend. Rules for shapes follow Linux, so that programs see what they see natively.

use std::sync::Arc;

use crate::backend::OpenedNode;
use crate::namespace::Node;
use crate::path::check_link_target;
use crate::permit::spend;
use crate::resolve::{Place, Stop};
use crate::stat::NodeStat;
use crate::{
    DirHandle, Examined, FileHandle, FileKind, Follow, FsError, FsVerb, MetadataHash, OpenOptions,
    Opened, Permit, Permits, ReadDir, SetAttributes, SetTimes, Stat, Target,
};

impl Target {
    /// Opens it, or makes it and opens it. See [`OpenOptions::verbs`] for the permits that this takes.
    ///
    /// # Errors
    /// `Access` without the permits; `ReadOnly`; `Quota` for too many open handles; `Invalid` for
    /// options that contradict each other; `NoSuchDevice` for pipes, sockets and devices; `Loop` for a
    /// link that was not to be followed, or that took the name's place since it was resolved; and what
    /// the backend says.
    pub fn open(
        self,
        options: OpenOptions,
        permits: impl Into<Permits>,
    ) -> Result<Opened, FsError> {
        let permits = permits.into();
        options.verbs().try_for_each(|verb| permits.require(verb))?;
        if options.mutates() {
            self.check_writable()?;
        }
        if options.directory && (options.create || options.truncate || options.exclusive) {
            return Err(FsError::Invalid);
        }
        if options.create && options.exclusive && self.through_link {
            return Err(FsError::Exist);
        }
        let slot = self.shared.take_slot()?;
        let (parent, name) = match &self.place {
            Place::Itself { node, .. } => {
                check_opening_itself(&options)?;
                let node = node.clone();
                return Ok(Opened::Dir(DirHandle::new(
                    self.shared,
                    node,
                    self.path,
                    slot,
                )));
            }
            Place::Entry { .. } if options.create && self.trailing_slash => {
                return Err(FsError::IsDirectory);
            }
            Place::Entry { parent, name } => (parent, name),
        };
        let options = OpenOptions {
            directory: options.directory || self.trailing_slash,
            ..options
        };
        match parent.directory.open(name, &options)? {
            OpenedNode::Directory(directory) => {
                let node = Node {
                    directory,
                    mount: Arc::clone(&parent.mount),
                    points: None,
                };
                Ok(Opened::Dir(DirHandle::new(
                    self.shared,
                    node,
                    self.path,
                    slot,
                )))
            }
            OpenedNode::File(file) => Ok(Opened::File(FileHandle::new(
                Arc::clone(&self.shared),
                file,
                self.path.clone(),
                options,
                parent.mount.read_only,
                slot,
            ))),
        }
    }

    /// Its attributes. Permit: `stat`.
    ///
    /// # Errors
    /// `Access`, `NoEntry`, `NotDirectory`, `Loop`, and what the backend says.
    pub fn stat(self, permit: Permit) -> Result<Stat, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self.node_stat()?.stat)
    }

    /// Its attributes, and which object it is. Permit: `stat`.
    ///
    /// # Errors
    /// As [`Target::stat`].
    pub fn examine(self, permit: Permit) -> Result<Examined, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self.shared.key.examined(self.node_stat()?))
    }

    /// Starts a listing of the directory that it is, without a handle that could do anything else. Permit: `readdir`.
    ///
    /// # Errors
    /// `Access`, `NotDirectory`, `Quota` for too many open handles (a listing counts as one), and what the backend says.
    pub fn read_dir(self, permit: Permit) -> Result<ReadDir, FsError> {
        spend(permit, FsVerb::Readdir)?;
        let slot = self.shared.take_slot()?;
        let (parent, name) = match &self.place {
            Place::Itself { node, .. } => {
                let stream = node.directory.read_dir()?;
                return Ok(ReadDir::new(stream, node.points.clone(), slot));
            }
            Place::Entry { parent, name } => (parent, name),
        };
        let options = OpenOptions {
            directory: true,
            ..OpenOptions::default()
        };
        match parent.directory.open(name, &options)? {
            OpenedNode::Directory(directory) => Ok(ReadDir::new(directory.read_dir()?, None, slot)),
            OpenedNode::File(_) => Err(FsError::NotDirectory),
        }
    }

    /// A hash that is the same for the same object under any name. Permit: `stat`.
    ///
    /// # Errors
    /// As [`Target::stat`].
    pub fn metadata_hash(self, permit: Permit) -> Result<MetadataHash, FsError> {
        spend(permit, FsVerb::Stat)?;
        Ok(self.shared.key.hash(self.node_stat()?.object))
    }

    /// The target of a link. Permit: `read`.
    ///
    /// # Errors
    /// `Access`; `Invalid` if it is no link; `NotPermitted` if the target is absolute, since that would
    /// tell a host path (in a [rooted](crate::TreeBuilder::rooted) tree only a host folder's does);
    /// `IllegalByteSequence`; and what the backend says.
    pub fn readlink(self, permit: Permit) -> Result<String, FsError> {
        spend(permit, FsVerb::Read)?;
        let (parent, name) = self.entry(FsError::Invalid)?;
        if self.trailing_slash {
            self.check_directory()?;
            return Err(FsError::Invalid);
        }
        let target = parent
            .directory
            .link_target(name)?
            .ok_or(FsError::Invalid)?;
        let guests_own = self.shared.rooted && !parent.directory.is_host();
        if target.starts_with('/') && !guests_own {
            return Err(FsError::NotPermitted);
        }
        Ok(target)
    }

    /// Makes a directory. Permit: `create_dir`.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `Exist`, and what the backend says.
    pub fn create_dir(self, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::CreateDir)?;
        self.check_writable()?;
        let (parent, name) = self.entry(FsError::Exist)?;
        if self.through_link {
            return Err(FsError::Exist);
        }
        parent.directory.create_dir(name)
    }

    /// Makes a directory, and a descriptor on it, to go on beneath without walking there again. Permit: `create_dir`.
    ///
    /// # Errors
    /// As [`Target::create_dir`]; `Quota` for too many open handles; and whatever came of the name if somebody exchanged it
    /// at once.
    pub fn create_dir_and_open(self, permit: Permit) -> Result<DirHandle, FsError> {
        spend(permit, FsVerb::CreateDir)?;
        self.check_writable()?;
        let (parent, name) = self.entry(FsError::Exist)?;
        if self.through_link {
            return Err(FsError::Exist);
        }
        let slot = self.shared.take_slot()?;
        parent.directory.create_dir(name)?;
        let options = OpenOptions {
            directory: true,
            ..OpenOptions::default()
        };
        let OpenedNode::Directory(directory) = parent.directory.open(name, &options)? else {
            return Err(FsError::NotDirectory);
        };
        let node = Node {
            directory,
            mount: Arc::clone(&parent.mount),
            points: None,
        };
        Ok(DirHandle::new(self.shared, node, self.path, slot))
    }

    /// Removes an empty directory. Permit: `rm`.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `NotDirectory`, `NotEmpty`, `Busy` for a mount point, `Invalid` for `.`,
    /// and what the backend says.
    pub fn remove_dir(self, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Rm)?;
        self.check_writable()?;
        if self.through_link {
            return Err(FsError::NotDirectory);
        }
        match &self.place {
            Place::Entry { parent, name } => parent.directory.remove_dir(name),
            Place::Itself { stop, .. } => Err(match stop {
                Stop::Dot => FsError::Invalid,
                Stop::DotDot => FsError::NotEmpty,
                Stop::MountPoint => FsError::Busy,
            }),
        }
    }

    /// Removes anything but a directory. Permit: `rm`.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `IsDirectory`, `NotDirectory` for a trailing slash, and what the backend
    /// says.
    pub fn unlink(self, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Rm)?;
        self.check_writable()?;
        if self.through_link {
            return Err(FsError::NotDirectory);
        }
        let (parent, name) = self.entry(FsError::IsDirectory)?;
        if self.trailing_slash {
            self.check_directory()?;
            return Err(FsError::IsDirectory);
        }
        parent.directory.unlink(name)
    }

    /// Makes a symbolic link. Permit: `symlink`. The target may be anything relative, as in POSIX:
    /// what leads outside is refused when it is followed.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `Exist`, `NoEntry` for the empty target, `NotPermitted` for an absolute one
    /// (unless the tree is [rooted](crate::TreeBuilder::rooted), and the folder not the host's), `NameTooLong`, `Invalid`, and what the backend says.
    pub fn symlink(self, target: &str, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Symlink)?;
        self.check_writable()?;
        check_link_target(target, self.shared.rooted)?;
        let (parent, name) = self.new_name()?;
        parent.directory.symlink(name, target)
    }

    /// Sets its times. Permit: `write`.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `Overflow` for a time out of range, and what the backend says.
    pub fn set_times(self, times: SetTimes, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Write)?;
        self.check_writable()?;
        let times = times.normalised()?;
        match &self.place {
            Place::Itself { node, .. } => node.directory.set_times_self(times),
            Place::Entry { parent, name } => {
                self.node_stat()?;
                parent.directory.set_times(name, times)
            }
        }
    }

    /// Sets its mode and owner. Permit: `write`.
    ///
    /// # Errors
    /// `Access`, `ReadOnly`, `Unsupported` on the host, and what the backend says.
    pub fn set_attributes(self, to: SetAttributes, permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Write)?;
        self.check_writable()?;
        match &self.place {
            Place::Itself { node, .. } => node.directory.set_attributes_self(to),
            Place::Entry { parent, name } => {
                self.node_stat()?;
                parent.directory.set_attributes(name, to)
            }
        }
    }

    /// Renames it. Permits: `rename`, one for each end.
    ///
    /// # Errors
    /// `Access`; `ReadOnly` if either mount is; `CrossDevice` between mounts; `Busy` for mount points,
    /// `.` and `..`; `NotDirectory` for a trailing slash on anything but a directory; `Invalid` for a
    /// directory into itself; `NotEmpty`, `IsDirectory`, and what the backend says.
    pub fn rename(self, to: Self, permit: Permit, to_permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Rename)?;
        spend(to_permit, FsVerb::Rename)?;
        self.check_writable()?;
        to.check_writable()?;
        if self.is_mount_point() || to.is_mount_point() {
            return Err(FsError::Busy);
        }
        if !self.same_mount(&to) {
            return Err(FsError::CrossDevice);
        }
        let (parent, name) = self.entry(FsError::Busy)?;
        let (to_parent, to_name) = to.entry(FsError::Busy)?;
        if self.through_link {
            return Err(FsError::NotDirectory);
        }
        if self.trailing_slash || to.trailing_slash {
            self.check_directory()?;
        }
        if to.through_link {
            return Err(FsError::NotDirectory);
        }
        parent
            .directory
            .rename(name, to_parent.directory.as_ref(), to_name)
    }

    /// As [`Target::rename`], but refuses a directory with `Access`: for callers whose rules treat what lies beneath
    /// either name differently, so that moving a whole tree would move its content past a rule.
    ///
    /// # Errors
    /// As [`Target::rename`].
    pub fn rename_unless_directory(
        self,
        to: Self,
        permit: Permit,
        to_permit: Permit,
    ) -> Result<(), FsError> {
        let is_directory = match self.node_stat() {
            Ok(found) => found.stat.kind == FileKind::Directory,
            // What is missing is for the renaming itself to say.
            Err(_) => false,
        };
        if is_directory {
            Err(FsError::Access)
        } else {
            self.rename(to, permit, to_permit)
        }
    }

    /// Gives it another name (a hard link). Permits: `write`, one for each end.
    ///
    /// # Errors
    /// `Access`; `ReadOnly` if either mount is; `CrossDevice` between mounts; `NotPermitted` for a
    /// directory; `Exist`; `TooManyLinks`; and what the backend says.
    pub fn link(self, to: Self, permit: Permit, to_permit: Permit) -> Result<(), FsError> {
        spend(permit, FsVerb::Write)?;
        spend(to_permit, FsVerb::Write)?;
        self.check_writable()?;
        to.check_writable()?;
        if !self.same_mount(&to) {
            return Err(FsError::CrossDevice);
        }
        let found = self.node_stat()?;
        let (to_parent, to_name) = to.new_name()?;
        if found.stat.kind == FileKind::Directory {
            return Err(match to_parent.directory.stat(to_name) {
                Ok(_) => FsError::Exist,
                Err(_) => FsError::NotPermitted,
            });
        }
        let (parent, name) = self.entry(FsError::NotPermitted)?;
        parent
            .directory
            .link(name, to_parent.directory.as_ref(), to_name)
    }

    fn is_mount_point(&self) -> bool {
        matches!(
            self.place,
            Place::Itself {
                stop: Stop::MountPoint,
                ..
            }
        )
    }

    /// Parent and name, or the error that this operation has for a directory itself.
    fn entry(&self, otherwise: FsError) -> Result<(&Node, &str), FsError> {
        match &self.place {
            Place::Entry { parent, name } => Ok((parent, name)),
            Place::Itself { .. } => Err(otherwise),
        }
    }

    /// Parent and name for something new that is no directory: with a trailing slash, Linux has
    /// `Exist` if something is there and `NoEntry` if not.
    fn new_name(&self) -> Result<(&Node, &str), FsError> {
        let (parent, name) = self.entry(FsError::Exist)?;
        if self.through_link {
            return Err(FsError::Exist);
        }
        if self.trailing_slash {
            parent.directory.stat(name)?;
            return Err(FsError::Exist);
        }
        Ok((parent, name))
    }

    fn node_stat(&self) -> Result<NodeStat, FsError> {
        let (parent, name) = match &self.place {
            Place::Itself { node, .. } => return node.directory.stat_self(),
            Place::Entry { parent, name } => (parent, name),
        };
        let found = parent.directory.stat(name)?;
        if found.stat.kind == FileKind::Symlink && self.follow == Follow::Yes {
            // It was no link when it was resolved. To follow it now would act on a path that nobody
            // decided about.
            return Err(FsError::Loop);
        }
        if self.trailing_slash && found.stat.kind != FileKind::Directory {
            return Err(FsError::NotDirectory);
        }
        Ok(found)
    }

    fn check_directory(&self) -> Result<(), FsError> {
        match self.node_stat()?.stat.kind {
            FileKind::Directory => Ok(()),
            _ => Err(FsError::NotDirectory),
        }
    }
}

/// Opening `.`, `..` or a mount point: it is there, and it is a directory.
fn check_opening_itself(options: &OpenOptions) -> Result<(), FsError> {
    if options.create && options.exclusive {
        return Err(FsError::Exist);
    }
    if options.mutates() {
        return Err(FsError::IsDirectory);
    }
    Ok(())
}
