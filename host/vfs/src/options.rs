//! How a file is opened, and what a program says it will do with it.

use crate::FsVerb;

/// Whether a link in the last place of a path is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// It is, wherever it leads beneath the directory.
    Yes,
    /// It is not, unless the path ends in a slash, as in POSIX. Operations on a *name* (removing,
    /// renaming, making) refuse to act through such a link, as on Linux.
    No,
}

/// How far a write is carried before it returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncMode {
    /// Whenever the host likes.
    #[default]
    None,
    /// Content is on the disk (`O_DSYNC`).
    Data,
    /// Content and attributes are on the disk (`O_SYNC`).
    File,
}

/// How to open. Appending is an operation ([`crate::FileHandle::append`]), not a way of opening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// The handle may read.
    pub read: bool,
    /// The handle may write.
    pub write: bool,
    /// Make an empty file if the name is free.
    pub create: bool,
    /// With `create`: fail if the name is taken, even by a link.
    pub exclusive: bool,
    /// Cut the file to nothing.
    pub truncate: bool,
    /// Fail unless it is a directory.
    pub directory: bool,
    /// How far writes through the handle are carried.
    pub sync: SyncMode,
}

impl OpenOptions {
    /// The verbs for which opening like this wants permits: `read` to read, `write` to write, create or
    /// truncate; `stat` for a handle that can do neither, and for a directory.
    pub fn verbs(&self) -> impl Iterator<Item = FsVerb> {
        let read = self.read && !self.directory;
        let write = self.mutates();
        [
            (read, FsVerb::Read),
            (write, FsVerb::Write),
            (!read && !write, FsVerb::Stat),
        ]
        .into_iter()
        .filter_map(|(wanted, verb)| wanted.then_some(verb))
    }

    /// How to resolve a path that will be opened like this: exclusive creation never follows a link in
    /// the last place, whatever else was asked.
    #[must_use]
    pub fn follow(&self, asked: Follow) -> Follow {
        if self.create && self.exclusive {
            Follow::No
        } else {
            asked
        }
    }

    /// Whether opening like this changes something, or yields a handle that can.
    #[must_use]
    pub fn mutates(&self) -> bool {
        self.write || self.create || self.truncate
    }
}

/// What a program intends to do with a region of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing in particular.
    Normal,
    /// Read from lower offsets to higher ones.
    Sequential,
    /// Read here and there.
    Random,
    /// Needed soon.
    WillNeed,
    /// Not needed soon.
    DontNeed,
    /// Read once.
    NoReuse,
}
