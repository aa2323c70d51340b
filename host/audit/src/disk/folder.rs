//! A log's folder, held open, and the names in it.

use rustix::fs::{AtFlags, Mode, OFlags, RawMode, Stat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

/// A folder and the name of a log (or key) in it.
#[derive(Clone)]
pub(crate) struct Folder {
    fd: Arc<OwnedFd>,
    name: OsString,
}

/// Which file something is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    pub(crate) fn of(stat: &Stat) -> FileId {
        FileId {
            device: stat.st_dev,
            inode: stat.st_ino,
        }
    }
}

const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);
const PRIVATE: Mode = Mode::RUSR.union(Mode::WUSR);

impl Folder {
    /// Opens the folder that `path` lies in. Links on the way to the folder are the operator's own and are followed;
    /// the last name is not touched.
    pub(crate) fn of(path: &Path) -> io::Result<Folder> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let parent = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            Some(_) | None => Path::new("."),
        };
        let fd = rustix::fs::open(
            parent,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        Ok(Folder {
            fd: Arc::new(fd),
            name: name.to_owned(),
        })
    }

    /// The log's own name.
    pub(crate) fn name(&self) -> &OsStr {
        &self.name
    }

    /// The name of a file that was put aside.
    pub(crate) fn aside(&self, number: u32) -> OsString {
        self.with_suffix(&format!(".{number}"))
    }

    pub(crate) fn head(&self) -> OsString {
        self.with_suffix(".head")
    }

    /// A name for what will replace the log's file or its head: one that nobody has for anything else, since what a
    /// kill left under it is removed.
    pub(crate) fn hidden(&self, purpose: &str) -> OsString {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(".tollgate-");
        name.push(purpose);
        name
    }

    fn with_suffix(&self, suffix: &str) -> OsString {
        let mut name = self.name.clone();
        name.push(suffix);
        name
    }

    /// Opens a regular file for reading; none if there is nothing of this name.
    ///
    /// # Errors
    /// [`Errno::LOOP`] for a link; [`io::ErrorKind::InvalidInput`] for anything else that is no regular file.
    pub(crate) fn read(&self, name: &OsStr) -> io::Result<Option<File>> {
        let file = match self.open(name, READ) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if is_regular(&rustix::fs::fstat(&file)?) {
            Ok(Some(file))
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// Opens a file as `flags` say.
    pub(crate) fn open(&self, name: &OsStr, flags: OFlags) -> Result<File, Errno> {
        rustix::fs::openat(&self.fd, name, flags, Mode::empty()).map(File::from)
    }

    /// Makes a file that was not there, for its owner alone.
    pub(crate) fn create(&self, name: &OsStr, flags: OFlags) -> Result<File, Errno> {
        let flags = flags | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&self.fd, name, flags, PRIVATE).map(File::from)
    }

    /// Makes a file under a [hidden](Folder::hidden) name, in the place of what a kill may have left there. What is
    /// removed is a name: if somebody planted a link, its target stays as it is.
    pub(crate) fn create_hidden(&self, name: &OsStr, flags: OFlags) -> Result<File, Errno> {
        self.remove(name)?;
        self.create(name, flags)
    }

    /// What stands under a name, no link followed; none if nothing does.
    pub(crate) fn stat(&self, name: &OsStr) -> Result<Option<Stat>, Errno> {
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn id(&self, name: &OsStr) -> Result<Option<FileId>, Errno> {
        Ok(self.stat(name)?.map(|stat| FileId::of(&stat)))
    }

    /// Puts `from` in the place of `to`, in one step.
    pub(crate) fn replace(&self, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
        rustix::fs::renameat(&self.fd, from, &self.fd, to)
    }

    /// Gives a file a second name, which must be free.
    pub(crate) fn link(&self, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
        rustix::fs::linkat(&self.fd, from, &self.fd, to, AtFlags::empty())
    }

    /// Removes a name, if it is there.
    pub(crate) fn remove(&self, name: &OsStr) -> Result<(), Errno> {
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Err(Errno::NOENT) => Ok(()),
            other => other,
        }
    }

    /// Makes names durable.
    pub(crate) fn sync(&self) -> Result<(), Errno> {
        rustix::fs::fsync(&self.fd)
    }

    pub(crate) fn own_stat(&self) -> Result<Stat, Errno> {
        rustix::fs::fstat(self.fd.as_fd())
    }
}

pub(crate) fn is_regular(stat: &Stat) -> bool {
    rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::RegularFile
}

/// Permission bits of a file.
pub(crate) fn mode(stat: &Stat) -> RawMode {
    stat.st_mode & 0o7777
}
