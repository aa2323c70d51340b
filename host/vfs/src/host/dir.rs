//! One open host directory.

use std::any::Any;
use std::sync::Arc;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::error::from_errno;
use super::file::HostFile;
use super::kernel::{self, KernelFilesystems};
use super::listing::Listing;
use super::metadata::{self, kind_of_mode};
use crate::backend::{DirStream, Directory, OpenedNode, Step};
use crate::path::MAX_PATH_BYTES;
use crate::stat::NodeStat;
use crate::{FileKind, FsError, OpenOptions, SetAttributes, SetTimes, SyncMode};

/// Times that a step or an open is tried while the name keeps changing under our hands. An attacker on
/// the host can make it fail, and nothing else.
const ATTEMPTS: u32 = 16;

/// Permissions of what guests make, before the host's umask: never executable, never set-uid.
const FILE_MODE: Mode = Mode::from_raw_mode(0o666);
const DIRECTORY_MODE: Mode = Mode::from_raw_mode(0o777);

/// A directory that is open for walking (`O_PATH`): it can be neither read nor written through.
pub(super) struct HostDir {
    descriptor: OwnedFd,
    device: u64,
    kernel_filesystems: KernelFilesystems,
}

impl HostDir {
    pub(super) fn root(
        descriptor: OwnedFd,
        kernel_filesystems: KernelFilesystems,
    ) -> Result<Self, FsError> {
        let found = rustix::fs::fstat(&descriptor).map_err(from_errno)?;
        if kind_of_mode(found.st_mode) != FileKind::Directory {
            return Err(FsError::NotDirectory);
        }
        Ok(Self {
            descriptor,
            device: found.st_dev,
            kernel_filesystems,
        })
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// Opens a directory below this one. A link is `NotDirectory`, as the kernel says with these flags.
    fn open_below(&self, name: &str) -> Result<Self, FsError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let descriptor =
            rustix::fs::openat(self.fd(), name, flags, Mode::empty()).map_err(from_errno)?;
        let found = rustix::fs::fstat(&descriptor).map_err(from_errno)?;
        self.check_filesystem(&descriptor, found.st_dev)?;
        Ok(Self {
            descriptor,
            device: found.st_dev,
            kernel_filesystems: self.kernel_filesystems,
        })
    }

    /// Refuses a kernel filesystem that the host has mounted somewhere beneath the mount: a grant of
    /// `/srv/chroot` is no grant of `/srv/chroot/proc`.
    fn check_filesystem(&self, opened: &OwnedFd, device: u64) -> Result<(), FsError> {
        if self.kernel_filesystems == KernelFilesystems::Refuse
            && device != self.device
            && kernel::kind(opened)?.is_some()
        {
            return Err(FsError::NotPermitted);
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Result<rustix::fs::Stat, FsError> {
        rustix::fs::statat(self.fd(), name, AtFlags::SYMLINK_NOFOLLOW).map_err(from_errno)
    }

    /// This directory, open for reading or syncing.
    fn readable(&self) -> Result<OwnedFd, FsError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(self.fd(), c".", flags, Mode::empty()).map_err(from_errno)
    }

    /// Opens what is there. It was seen to be a regular file, but may have been exchanged since: the
    /// open follows nothing and waits for nothing, and what came of it is looked at again.
    fn open_existing(&self, name: &str, options: &OpenOptions) -> Result<OpenedNode, FsError> {
        let flags = access(options) | OFlags::NONBLOCK | OFlags::NOCTTY;
        let opened = self.open_file(name, flags)?;
        let found = rustix::fs::fstat(&opened).map_err(from_errno)?;
        if kind_of_mode(found.st_mode) != FileKind::File {
            return Err(FsError::NoSuchDevice);
        }
        self.check_filesystem(&opened, found.st_dev)?;
        if options.truncate {
            // Not `O_TRUNC`, which would have cut the file before it was looked at.
            rustix::fs::ftruncate(&opened, 0).map_err(from_errno)?;
        }
        Ok(OpenedNode::File(Box::new(HostFile::new(opened))))
    }

    fn open_file(&self, name: &str, flags: OFlags) -> Result<OwnedFd, FsError> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(self.fd(), name, flags, FILE_MODE).map_err(from_errno)
    }

    fn try_open(&self, name: &str, options: &OpenOptions) -> Result<OpenedNode, FsError> {
        let found = match self.find(name) {
            Ok(found) => found,
            Err(FsError::NoEntry) if options.create => {
                let flags = access(options) | OFlags::CREATE | OFlags::EXCL;
                let opened = self.open_file(name, flags)?;
                return Ok(OpenedNode::File(Box::new(HostFile::new(opened))));
            }
            Err(error) => return Err(error),
        };
        if options.create && options.exclusive {
            return Err(FsError::Exist);
        }
        match kind_of_mode(found.st_mode) {
            FileKind::Directory if options.mutates() => Err(FsError::IsDirectory),
            FileKind::Directory => Ok(OpenedNode::Directory(Arc::new(self.open_below(name)?))),
            _ if options.directory => Err(FsError::NotDirectory),
            FileKind::File => self.open_existing(name, options),
            FileKind::Symlink => Err(FsError::Loop),
            FileKind::Fifo
            | FileKind::Socket
            | FileKind::BlockDevice
            | FileKind::CharacterDevice
            | FileKind::Unknown => Err(FsError::NoSuchDevice),
        }
    }
}

fn access(options: &OpenOptions) -> OFlags {
    let mode = match (options.read, options.write || options.truncate) {
        (true, true) => OFlags::RDWR,
        (false, true) => OFlags::WRONLY,
        (_, false) => OFlags::RDONLY,
    };
    let sync = match options.sync {
        SyncMode::None => OFlags::empty(),
        SyncMode::Data => OFlags::DSYNC,
        SyncMode::File => OFlags::SYNC,
    };
    mode | sync
}

/// The other end of a rename or link. Another backend is another filesystem.
fn host(directory: &dyn Directory) -> Result<&HostDir, FsError> {
    (directory as &dyn Any)
        .downcast_ref()
        .ok_or(FsError::CrossDevice)
}

impl Directory for HostDir {
    fn is_host(&self) -> bool {
        true
    }

    fn enter(&self, name: &str) -> Result<Step, FsError> {
        for _ in 0..ATTEMPTS {
            match self.open_below(name) {
                Ok(directory) => return Ok(Step::Directory(Arc::new(directory))),
                Err(FsError::NotDirectory | FsError::Loop) => {}
                Err(error) => return Err(error),
            }
            if let Some(target) = self.link_target(name)? {
                return Ok(Step::Link(target));
            }
            // Neither a directory at first nor a link afterwards: a file, or something that was
            // exchanged in between.
            let kind = kind_of_mode(self.find(name)?.st_mode);
            if !matches!(kind, FileKind::Directory | FileKind::Symlink) {
                return Err(FsError::NotDirectory);
            }
        }
        Err(FsError::WouldBlock)
    }

    fn link_target(&self, name: &str) -> Result<Option<String>, FsError> {
        match rustix::fs::readlinkat(self.fd(), name, Vec::with_capacity(256)) {
            Ok(target) if target.as_bytes().len() > MAX_PATH_BYTES => Err(FsError::NameTooLong),
            Ok(target) => target
                .into_string()
                .map(Some)
                .map_err(|_| FsError::IllegalByteSequence),
            Err(Errno::INVAL) => Ok(None),
            Err(errno) => Err(from_errno(errno)),
        }
    }

    fn stat(&self, name: &str) -> Result<NodeStat, FsError> {
        Ok(metadata::node_stat(&self.find(name)?))
    }

    fn stat_self(&self) -> Result<NodeStat, FsError> {
        let found = rustix::fs::fstat(self.fd()).map_err(from_errno)?;
        Ok(metadata::node_stat(&found))
    }

    fn open(&self, name: &str, options: &OpenOptions) -> Result<OpenedNode, FsError> {
        for _ in 0..ATTEMPTS {
            match self.try_open(name, options) {
                // It went between being seen and being opened, or came between being missed and
                // being made. Only who creates may go on: to others it was simply not there.
                Err(FsError::NoEntry) if options.create => {}
                Err(FsError::Exist) if options.create && !options.exclusive => {}
                result => return result,
            }
        }
        Err(FsError::WouldBlock)
    }

    fn create_dir(&self, name: &str) -> Result<(), FsError> {
        rustix::fs::mkdirat(self.fd(), name, DIRECTORY_MODE).map_err(from_errno)
    }

    fn remove_dir(&self, name: &str) -> Result<(), FsError> {
        rustix::fs::unlinkat(self.fd(), name, AtFlags::REMOVEDIR).map_err(from_errno)
    }

    fn unlink(&self, name: &str) -> Result<(), FsError> {
        rustix::fs::unlinkat(self.fd(), name, AtFlags::empty()).map_err(from_errno)
    }

    fn symlink(&self, name: &str, target: &str) -> Result<(), FsError> {
        // It would mean another place to whoever follows it on the host.
        if target.starts_with('/') {
            return Err(FsError::NotPermitted);
        }
        rustix::fs::symlinkat(target, self.fd(), name).map_err(from_errno)
    }

    fn rename(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError> {
        rustix::fs::renameat(self.fd(), name, host(to)?.fd(), to_name).map_err(from_errno)
    }

    fn link(&self, name: &str, to: &dyn Directory, to_name: &str) -> Result<(), FsError> {
        // Without `AT_SYMLINK_FOLLOW`, a link is linked itself.
        let flags = AtFlags::empty();
        rustix::fs::linkat(self.fd(), name, host(to)?.fd(), to_name, flags).map_err(from_errno)
    }

    fn set_times(&self, name: &str, times: SetTimes) -> Result<(), FsError> {
        let times = metadata::timestamps(times);
        rustix::fs::utimensat(self.fd(), name, &times, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(from_errno)
    }

    fn set_times_self(&self, times: SetTimes) -> Result<(), FsError> {
        let times = metadata::timestamps(times);
        rustix::fs::utimensat(self.fd(), c".", &times, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(from_errno)
    }

    /// Permissions on the host are the operator's.
    fn set_attributes(&self, _: &str, _: SetAttributes) -> Result<(), FsError> {
        Err(FsError::Unsupported)
    }

    fn set_attributes_self(&self, _: SetAttributes) -> Result<(), FsError> {
        Err(FsError::Unsupported)
    }

    fn sync_self(&self, data_only: bool) -> Result<(), FsError> {
        let readable = self.readable()?;
        let synced = if data_only {
            rustix::fs::fdatasync(&readable)
        } else {
            rustix::fs::fsync(&readable)
        };
        synced.map_err(from_errno)
    }

    fn read_dir(&self) -> Result<Box<dyn DirStream>, FsError> {
        Ok(Box::new(Listing::new(self.readable()?)?))
    }
}
