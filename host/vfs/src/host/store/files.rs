//! Files of a store: made under a temporary name, carried to the disk, named.

use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::error::StoreError;
use super::failpoint::{Step, reached};
use crate::host::error::from_errno;
use crate::host::metadata::kind_of_mode;
use crate::{FileKind, FsError};

/// Files and folders are their owner's alone.
const PRIVATE_FILE: Mode = Mode::RUSR.union(Mode::WUSR);
const PRIVATE_FOLDER: Mode = Mode::RWXU;
const OTHERS: Mode = Mode::RWXG.union(Mode::RWXO);

/// What a temporary name begins with. No other file of a store has such a name.
const TEMPORARY: &str = "tmp-";

/// One of the store's folders, held open.
pub(super) struct Folder {
    descriptor: OwnedFd,
    name: &'static str,
    /// For names that this process did not give yet. Nobody else gives any: the store is locked.
    next: AtomicU64,
}

/// A file that has no name of its own yet.
pub(super) struct Unnamed {
    file: OwnedFd,
    temporary: String,
}

impl Folder {
    pub(super) fn of(descriptor: OwnedFd, name: &'static str) -> Self {
        Self {
            descriptor,
            name,
            next: AtomicU64::new(0),
        }
    }

    /// A folder in this one that nobody else may look into; it is made if it is not there.
    pub(super) fn private(&self, name: &'static str) -> Result<Self, StoreError> {
        match rustix::fs::mkdirat(&self.descriptor, name, PRIVATE_FOLDER) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(from_errno(errno).into()),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = match rustix::fs::openat(&self.descriptor, name, flags, Mode::empty()) {
            Ok(opened) => opened,
            Err(Errno::NOTDIR | Errno::LOOP) => {
                return Err(StoreError::Folder("a part of it is no folder"));
            }
            Err(errno) => return Err(from_errno(errno).into()),
        };
        let found = rustix::fs::fstat(&opened).map_err(from_errno)?;
        if Mode::from_raw_mode(found.st_mode).intersects(OTHERS) {
            return Err(StoreError::Folder("others than its owner may look into it"));
        }
        Ok(Self::of(opened, name))
    }

    /// Carries the names in the folder to the disk.
    pub(super) fn sync(&self) -> Result<(), FsError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let readable =
            rustix::fs::openat(&self.descriptor, c".", flags, Mode::empty()).map_err(from_errno)?;
        rustix::fs::fsync(readable).map_err(from_errno)?;
        reached(Step::Synced, self.name, "");
        Ok(())
    }

    /// Writes a file that has no name of its own yet.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<Unnamed, FsError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let temporary = format!("{TEMPORARY}{number}");
        let file = rustix::fs::openat(
            &self.descriptor,
            temporary.as_str(),
            flags | OFlags::CLOEXEC,
            PRIVATE_FILE,
        )
        .map_err(from_errno)?;
        reached(Step::Made, self.name, &temporary);
        let unnamed = Unnamed { file, temporary };
        match unnamed.fill(bytes) {
            Ok(()) => {
                reached(Step::Written, self.name, &unnamed.temporary);
                Ok(unnamed)
            }
            Err(error) => {
                self.discard(&unnamed);
                Err(error)
            }
        }
    }

    /// Carries a file to the disk, and gives it its name in one step, whatever had the name before.
    pub(super) fn name(&self, unnamed: &Unnamed, name: &str) -> Result<(), FsError> {
        let temporary = unnamed.temporary.as_str();
        let named = rustix::fs::fsync(&unnamed.file).and_then(|()| {
            reached(Step::Carried, self.name, temporary);
            rustix::fs::renameat(&self.descriptor, temporary, &self.descriptor, name)
        });
        if let Err(errno) = named {
            self.discard(unnamed);
            return Err(from_errno(errno));
        }
        reached(Step::Named, self.name, name);
        Ok(())
    }

    /// Removes a file that will get no name. If that fails too, the next opening removes it.
    pub(super) fn discard(&self, unnamed: &Unnamed) {
        let _ = self.remove(&unnamed.temporary);
    }

    /// Removes a file. Says whether there was one.
    pub(super) fn remove(&self, name: &str) -> Result<bool, FsError> {
        match rustix::fs::unlinkat(&self.descriptor, name, AtFlags::empty()) {
            Ok(()) => {
                reached(Step::Removed, self.name, name);
                Ok(true)
            }
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(from_errno(errno)),
        }
    }

    /// How long a regular file is; nothing if there is none of this name.
    pub(super) fn length(&self, name: &str) -> Result<Option<u64>, FsError> {
        match rustix::fs::statat(&self.descriptor, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if kind_of_mode(found.st_mode) == FileKind::File => {
                Ok(u64::try_from(found.st_size).ok())
            }
            Ok(_) => Err(FsError::Io),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(from_errno(errno)),
        }
    }

    /// What is in a regular file of at most so many bytes; nothing if there is none of this name.
    pub(super) fn read(&self, name: &str, most: usize) -> Result<Option<Vec<u8>>, FsError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.descriptor, name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(from_errno(errno)),
        };
        let found = rustix::fs::fstat(&file).map_err(from_errno)?;
        let length = usize::try_from(found.st_size).map_err(|_| FsError::FileTooLarge)?;
        if kind_of_mode(found.st_mode) != FileKind::File {
            return Err(FsError::Io);
        }
        if length > most {
            return Err(FsError::FileTooLarge);
        }
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..)
            && !rest.is_empty()
        {
            match rustix::io::retry_on_intr(|| rustix::io::read(&file, &mut *rest))
                .map_err(from_errno)?
            {
                0 => break,
                read => filled += read,
            }
        }
        bytes.truncate(filled);
        Ok(Some(bytes))
    }

    /// The names in the folder, one by one, until `each` fails.
    pub(super) fn names<E: From<FsError>>(
        &self,
        mut each: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let listing = rustix::fs::Dir::read_from(&self.descriptor).map_err(from_errno)?;
        for entry in listing {
            let entry = entry.map_err(from_errno)?;
            match entry.file_name().to_str() {
                Ok("." | "..") => {}
                Ok(name) => each(name)?,
                // None of ours, and nothing that we would touch.
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Removes what a kill left under temporary names.
    pub(super) fn remove_temporary(&self) -> Result<(), FsError> {
        let mut left = Vec::new();
        self.names(|name| {
            if name.starts_with(TEMPORARY) {
                left.push(name.to_owned());
            }
            Ok::<(), FsError>(())
        })?;
        for name in left {
            self.remove(&name)?;
        }
        Ok(())
    }
}

impl Unnamed {
    fn fill(&self, bytes: &[u8]) -> Result<(), FsError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = rustix::io::retry_on_intr(|| rustix::io::write(&self.file, rest))
                .map_err(from_errno)?;
            if written == 0 {
                return Err(FsError::Io);
            }
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }
}

/// The lock on a store, for as long as it is open. The system lets it go when the process ends, however it does.
pub(super) struct Lock {
    _file: OwnedFd,
}

impl Lock {
    pub(super) fn take(root: &Folder) -> Result<Self, StoreError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(root.descriptor.as_fd(), "lock", flags, PRIVATE_FILE)
            .map_err(from_errno)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(Errno::WOULDBLOCK) => Err(StoreError::InUse),
            Err(errno) => Err(from_errno(errno).into()),
        }
    }
}
