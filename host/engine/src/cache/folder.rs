//! The folder, and what is demanded of it and of every file in it.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Mode, OFlags, Stat, Timespec, Timestamps, fstat, futimens, mkdirat, openat,
    renameat, unlinkat,
};

/// Why a cache is not used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The folder or a file belongs to somebody else.
    #[error("the {what} of the {cache} belongs to another user (uid {owner}); remove it")]
    Owner {
        /// Which cache.
        cache: &'static str,
        /// Folder or file.
        what: &'static str,
        /// Whose it is.
        owner: u32,
    },
    /// The folder or a file is open to others.
    #[error(
        "the {what} of the {cache} has mode {mode:04o}, which lets other users in; make it {expected:04o}"
    )]
    Mode {
        /// Which cache.
        cache: &'static str,
        /// Folder or file.
        what: &'static str,
        /// Its permission bits.
        mode: u32,
        /// What they may be at most.
        expected: u32,
    },
    /// A link, or a file with two names, where a plain file should be.
    #[error("a file of the cache is a link or has a second name; clear the cache")]
    Linked,
    /// The system refused a step.
    #[error("the cache cannot {step}: {cause}")]
    Io {
        /// What was tried.
        step: &'static str,
        /// What the system said.
        cause: io::Error,
    },
}

pub(super) fn at<E: Into<io::Error>>(step: &'static str) -> impl FnOnce(E) -> CacheError {
    move |cause| CacheError::Io {
        step,
        cause: cause.into(),
    }
}

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// An open cache folder that passed the checks.
pub(super) struct Folder {
    handle: OwnedFd,
    cache: &'static str,
}

impl Folder {
    /// Opens the folder of `cache`, making it and the ones above it where they are missing.
    pub(super) fn open(path: &Path, cache: &'static str) -> Result<Self, CacheError> {
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).map_err(at("make its folder"))?;
        }
        match mkdirat(CWD, path, Mode::from_raw_mode(FOLDER_MODE)) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(at("make its folder")(error)),
        }
        Self::existing(path, cache)?.ok_or_else(|| at("open its folder")(rustix::io::Errno::NOENT))
    }

    /// Opens the folder of `cache`, if it is there.
    pub(super) fn existing(path: &Path, cache: &'static str) -> Result<Option<Self>, CacheError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = match openat(CWD, path, flags, Mode::empty()) {
            Ok(handle) => handle,
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(error) => return Err(at("open its folder")(error)),
        };
        let stat = fstat(&handle).map_err(at("look at its folder"))?;
        check(cache, "folder", &stat, FOLDER_MODE)?;
        Ok(Some(Self { handle, cache }))
    }

    /// Opens a file and checks that handle; `None` when there is none.
    pub(super) fn file(&self, name: &str) -> Result<Option<(File, Stat)>, CacheError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match openat(&self.handle, name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(rustix::io::Errno::LOOP) => return Err(CacheError::Linked),
            Err(error) => return Err(at("open a file")(error)),
        };
        let stat = fstat(&file).map_err(at("look at a file"))?;
        check(self.cache, "file", &stat, FILE_MODE)?;
        let regular = rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file();
        if !regular || stat.st_nlink != 1 {
            return Err(CacheError::Linked);
        }
        Ok(Some((File::from(file), stat)))
    }

    /// Makes a new file, for this process alone.
    pub(super) fn create(&self, name: &str) -> Result<File, CacheError> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.handle, name, flags, Mode::from_raw_mode(FILE_MODE))
            .map_err(at("make a file"))?;
        Ok(File::from(file))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), CacheError> {
        renameat(&self.handle, from, &self.handle, to).map_err(at("rename a file"))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), CacheError> {
        match unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
            Err(error) => Err(at("remove a file")(error)),
        }
    }

    /// The names of all files.
    pub(super) fn names(&self) -> Result<Vec<String>, CacheError> {
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.handle).map_err(at("list its files"))? {
            let entry = entry.map_err(at("list its files"))?;
            if let Ok(name) = entry.file_name().to_str()
                && !matches!(name, "." | "..")
            {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }
}

fn check(
    cache: &'static str,
    what: &'static str,
    stat: &Stat,
    expected: u32,
) -> Result<(), CacheError> {
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(CacheError::Owner {
            cache,
            what,
            owner: stat.st_uid,
        });
    }
    let mode = stat.st_mode & 0o7777;
    if mode & !expected != 0 {
        return Err(CacheError::Mode {
            cache,
            what,
            mode,
            expected,
        });
    }
    Ok(())
}
/// The time of the last use is the file's; a system that refuses to set it drops what it keeps in another order.
pub(super) fn touch(file: &File) {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: rustix::fs::UTIME_NOW,
    };
    let _order_only = futimens(
        file,
        &Timestamps {
            last_access: now,
            last_modification: now,
        },
    );
}
