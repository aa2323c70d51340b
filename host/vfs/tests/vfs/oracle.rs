//! The operations of the model test, and what the kernel itself answers to them.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use tollgate_vfs::{FileKind, FsError, OpenOptions};

pub(crate) const SLOTS: usize = 3;

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Open {
        path: String,
        follow: bool,
        options: OpenOptions,
        slot: usize,
    },
    Close(usize),
    Write(usize, u64, Vec<u8>),
    Append(usize, Vec<u8>),
    Read(usize, u64, usize),
    SetLen(usize, u64),
    FileStat(usize),
    Mkdir(String),
    Rmdir(String),
    Unlink(String),
    Symlink(String, String),
    Link(String, String),
    Rename(String, String),
    Stat(String, bool),
    Readlink(String),
    List(String),
}

impl Op {
    /// The paths that it resolves, and whether a link in the last place is followed.
    pub(crate) fn paths(&self) -> Vec<(&str, bool)> {
        match self {
            Self::Open {
                path,
                follow,
                options,
                ..
            } => vec![(path, *follow && !options.exclusive)],
            Self::Stat(path, follow) => vec![(path, *follow)],
            Self::Link(one, two) | Self::Rename(one, two) => vec![(one, false), (two, false)],
            Self::Mkdir(path)
            | Self::Rmdir(path)
            | Self::Unlink(path)
            | Self::Symlink(_, path)
            | Self::Readlink(path) => vec![(path, false)],
            Self::List(path) => vec![(path, true)],
            Self::Close(_)
            | Self::Write(..)
            | Self::Append(..)
            | Self::Read(..)
            | Self::SetLen(..)
            | Self::FileStat(_) => Vec::new(),
        }
    }

    /// Whether it acts on a name, not on what the name leads to.
    pub(crate) fn is_about_a_name(&self) -> bool {
        match self {
            Self::Mkdir(_)
            | Self::Rmdir(_)
            | Self::Unlink(_)
            | Self::Symlink(..)
            | Self::Link(..)
            | Self::Rename(..) => true,
            Self::Open { options, .. } => options.create,
            _ => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    NoSlot,
    OpenedFile,
    OpenedDir,
    Bytes(Vec<u8>),
    Count(usize),
    Stat(FileKind, Option<u64>, Option<u64>),
    Target(String),
    Names(Vec<(String, FileKind)>),
}

/// What of a `stat` all backends agree on: directories have lengths and counts of their own taste.
pub(crate) fn answer_stat(kind: FileKind, size: u64, links: u64) -> Answer {
    match kind {
        FileKind::Directory => Answer::Stat(kind, None, None),
        _ => Answer::Stat(kind, Some(size), Some(links)),
    }
}

pub(crate) struct Oracle {
    root: OwnedFd,
    slots: [Option<OwnedFd>; SLOTS],
}

impl Oracle {
    pub(crate) fn new(path: &Path) -> Self {
        let root = std::fs::File::open(path).unwrap().into();
        Self {
            root,
            slots: Default::default(),
        }
    }

    pub(crate) fn close_all(&mut self) {
        self.slots = Default::default();
    }

    fn root(&self) -> BorrowedFd<'_> {
        self.root.as_fd()
    }

    /// Whether the kernel says that the path leaves the root.
    pub(crate) fn escapes(&self, path: &str, follow: bool) -> bool {
        let nofollow = if follow {
            OFlags::empty()
        } else {
            OFlags::NOFOLLOW
        };
        let flags = OFlags::PATH | OFlags::CLOEXEC | nofollow;
        let resolve = ResolveFlags::BENEATH;
        loop {
            match rustix::fs::openat2(self.root(), path, flags, Mode::empty(), resolve) {
                Err(Errno::XDEV) => return true,
                // Somebody renamed something, anywhere on the machine, while the kernel went up a folder.
                Err(Errno::AGAIN) => {}
                Ok(_) | Err(_) => return false,
            }
        }
    }

    /// Whether the name, or what the links there lead to, is a link if the slashes behind it are left out.
    pub(crate) fn is_slashed_link(&self, path: &str) -> bool {
        const MOST_LINKS: usize = 40;
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let bare = path.trim_end_matches('/');
            let Ok(target) = rustix::fs::readlinkat(self.root(), bare, Vec::new()) else {
                return false;
            };
            if path.ends_with('/') {
                return true;
            }
            let folder = bare.rfind('/').map_or("", |at| &bare[..=at]);
            path = format!("{folder}{}", target.to_string_lossy());
        }
        false
    }

    pub(crate) fn apply(&mut self, op: &Op) -> Result<Answer, FsError> {
        self.try_apply(op).map_err(error)
    }

    fn try_apply(&mut self, op: &Op) -> Result<Answer, Errno> {
        match op {
            Op::Open {
                path,
                follow,
                options,
                slot,
            } => self.open(path, *follow, options, *slot),
            Op::Close(slot) => {
                self.slots[*slot] = None;
                Ok(Answer::Done)
            }
            Op::Mkdir(path) => {
                rustix::fs::mkdirat(self.root(), path, Mode::from_raw_mode(0o777)).map(done)
            }
            Op::Rmdir(path) => {
                rustix::fs::unlinkat(self.root(), path, AtFlags::REMOVEDIR).map(done)
            }
            Op::Unlink(path) => rustix::fs::unlinkat(self.root(), path, AtFlags::empty()).map(done),
            Op::Symlink(target, path) => rustix::fs::symlinkat(target, self.root(), path).map(done),
            Op::Link(old, new) => {
                let root = self.root();
                rustix::fs::linkat(root, old, root, new, AtFlags::empty()).map(done)
            }
            Op::Rename(old, new) => {
                rustix::fs::renameat(self.root(), old, self.root(), new).map(done)
            }
            Op::Stat(path, follow) => {
                let flags = if *follow {
                    AtFlags::empty()
                } else {
                    AtFlags::SYMLINK_NOFOLLOW
                };
                rustix::fs::statat(self.root(), path, flags).map(stat)
            }
            Op::Readlink(path) => rustix::fs::readlinkat(self.root(), path, Vec::new())
                .map(|target| Answer::Target(target.into_string().unwrap())),
            Op::List(path) => self.list(path),
            Op::Write(slot, ..)
            | Op::Append(slot, ..)
            | Op::Read(slot, ..)
            | Op::SetLen(slot, ..)
            | Op::FileStat(slot) => match &self.slots[*slot] {
                None => Ok(Answer::NoSlot),
                Some(file) => on_file(file.as_fd(), op),
            },
        }
    }

    fn open(
        &mut self,
        path: &str,
        follow: bool,
        options: &OpenOptions,
        slot: usize,
    ) -> Result<Answer, Errno> {
        let mut flags = match (options.read, options.write) {
            (true, true) => OFlags::RDWR,
            (false, true) => OFlags::WRONLY,
            (_, false) => OFlags::RDONLY,
        } | OFlags::CLOEXEC;
        flags.set(OFlags::NOFOLLOW, !follow);
        flags.set(OFlags::CREATE, options.create);
        flags.set(OFlags::EXCL, options.exclusive);
        flags.set(OFlags::TRUNC, options.truncate);
        flags.set(OFlags::DIRECTORY, options.directory);
        let opened = rustix::fs::openat(self.root(), path, flags, Mode::from_raw_mode(0o666))?;
        let found = rustix::fs::fstat(&opened)?;
        if FileType::from_raw_mode(found.st_mode).is_dir() {
            return Ok(Answer::OpenedDir);
        }
        self.slots[slot] = Some(opened);
        Ok(Answer::OpenedFile)
    }

    fn list(&self, path: &str) -> Result<Answer, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(self.root(), path, flags, Mode::empty())?;
        let mut names = Vec::new();
        let mut listing = rustix::fs::Dir::new(opened)?;
        while let Some(entry) = listing.read() {
            let entry = entry?;
            let name = entry.file_name().to_str().unwrap().to_owned();
            if name != "." && name != ".." {
                names.push((name, kind(entry.file_type())));
            }
        }
        names.sort_by(|one, two| one.0.cmp(&two.0));
        Ok(Answer::Names(names))
    }
}

fn on_file(file: BorrowedFd<'_>, op: &Op) -> Result<Answer, Errno> {
    match op {
        Op::Write(_, offset, bytes) => rustix::io::pwrite(file, bytes, *offset).map(Answer::Count),
        Op::Append(_, bytes) => {
            let parts = [std::io::IoSlice::new(bytes)];
            rustix::io::pwritev2(file, &parts, 0, rustix::io::ReadWriteFlags::APPEND)
                .map(Answer::Count)
        }
        Op::Read(_, offset, len) => {
            let mut buffer = vec![0; *len];
            let read = rustix::io::pread(file, &mut *buffer, *offset)?;
            buffer.truncate(read);
            Ok(Answer::Bytes(buffer))
        }
        Op::SetLen(_, len) => rustix::fs::ftruncate(file, *len).map(done),
        Op::FileStat(_) => rustix::fs::fstat(file).map(stat),
        _ => unreachable!("not about an open file"),
    }
}

fn done(_: ()) -> Answer {
    Answer::Done
}

fn stat(found: rustix::fs::Stat) -> Answer {
    let kind = kind(FileType::from_raw_mode(found.st_mode));
    answer_stat(kind, u64::try_from(found.st_size).unwrap(), found.st_nlink)
}

fn kind(file_type: FileType) -> FileKind {
    match file_type {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Symlink,
        other => panic!("the test makes no {other:?}"),
    }
}

/// The error numbers that the operations above can meet; another one is a surprise.
fn error(errno: Errno) -> FsError {
    match errno {
        Errno::NOENT => FsError::NoEntry,
        Errno::NOTDIR => FsError::NotDirectory,
        Errno::ISDIR => FsError::IsDirectory,
        Errno::EXIST => FsError::Exist,
        Errno::NOTEMPTY => FsError::NotEmpty,
        Errno::LOOP => FsError::Loop,
        Errno::INVAL => FsError::Invalid,
        Errno::BUSY => FsError::Busy,
        Errno::PERM => FsError::NotPermitted,
        Errno::BADF => FsError::BadDescriptor,
        Errno::NAMETOOLONG => FsError::NameTooLong,
        other => panic!("a surprise: {other:?}"),
    }
}
