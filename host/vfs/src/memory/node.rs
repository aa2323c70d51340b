//! One node: a file, directory or link.

use rpds::RedBlackTreeMapSync;

use super::content::Content;
use crate::overlay::Lower;
use crate::stat::{Kept, MODE_BITS, ObjectId};
use crate::{FileKind, Owner, SetAttributes, SetTime, SetTimes, Stat, Timestamp};

/// What a name in a directory stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Node(u64),
    /// Nothing, whatever a layer below has under this name.
    Whiteout,
}

/// The names of a directory, in the order of their bytes.
pub(super) type Entries = RedBlackTreeMapSync<Box<str>, Slot>;

#[derive(Clone)]
pub(super) struct Directory {
    pub(super) entries: Entries,
    /// The directory that this one is in; nothing for the root and for what was removed. It keeps the
    /// parent's node alive, so that a walk upwards never ends early.
    pub(super) parent: Option<u64>,
    /// The directories below, uppermost first, that show through where `entries` says nothing.
    pub(super) lowers: Vec<Lower>,
}

#[derive(Clone)]
pub(super) enum Body {
    File(Content),
    Directory(Directory),
    Symlink(Box<str>),
    /// A pipe, socket or device in a layer: it can be named, not opened.
    Special(FileKind),
}

/// A clone shares content, names and layers with the original until one of them is written to.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) body: Body,
    /// The object in a layer that this node stands for, as long as it exists.
    pub(super) origin: Option<ObjectId>,
    /// Nothing differs from the layer: the node may be forgotten and made again, and isn't charged.
    pub(super) pristine: bool,
    /// Child directories whose parent it is: a walk upwards must not end early.
    pub(super) children: u64,
    /// Names.
    pub(super) links: u64,
    pub(super) accessed: Option<Timestamp>,
    pub(super) modified: Option<Timestamp>,
    pub(super) changed: Option<Timestamp>,
    pub(super) mode: u32,
    pub(super) owner: Owner,
}

impl Node {
    pub(super) fn new(body: Body, owner: Owner, now: Timestamp) -> Self {
        Self {
            mode: default_mode(&body),
            owner,
            body,
            origin: None,
            pristine: false,
            children: 0,
            links: 1,
            accessed: Some(now),
            modified: Some(now),
            changed: Some(now),
        }
    }

    pub(super) fn empty_directory(parent: Option<u64>) -> Body {
        Body::Directory(Directory {
            entries: Entries::new_sync(),
            parent,
            lowers: Vec::new(),
        })
    }

    pub(super) fn kind(&self) -> FileKind {
        match &self.body {
            Body::File(_) => FileKind::File,
            Body::Directory(_) => FileKind::Directory,
            Body::Symlink(_) => FileKind::Symlink,
            Body::Special(kind) => *kind,
        }
    }

    pub(super) fn is_directory(&self) -> bool {
        matches!(self.body, Body::Directory(_))
    }

    pub(super) fn stat(&self) -> Stat {
        Stat {
            kind: self.kind(),
            links: self.links,
            size: match &self.body {
                Body::File(content) => content.len(),
                Body::Symlink(target) => target.len() as u64,
                Body::Directory(_) | Body::Special(_) => 0,
            },
            accessed: self.accessed,
            modified: self.modified,
            changed: self.changed,
            mode: self.mode,
            owner: self.owner,
        }
    }

    /// Content changed.
    pub(super) fn touch_content(&mut self, now: Timestamp) {
        self.modified = Some(now);
        self.changed = Some(now);
    }

    /// Attributes changed.
    pub(super) fn touch(&mut self, now: Timestamp) {
        self.changed = Some(now);
    }

    pub(super) fn set_times(&mut self, times: SetTimes, now: Timestamp) {
        set_time(&mut self.accessed, times.accessed, now);
        set_time(&mut self.modified, times.modified, now);
        self.touch(now);
    }

    pub(super) fn set_attributes(&mut self, to: SetAttributes, now: Timestamp) {
        self.mode = to.mode.map_or(self.mode, |mode| mode & MODE_BITS);
        self.owner.uid = to.uid.unwrap_or(self.owner.uid);
        self.owner.gid = to.gid.unwrap_or(self.owner.gid);
        self.touch(now);
    }

    /// Takes the attributes that were saved. Only one time is.
    pub(super) fn keep(&mut self, kept: Kept) {
        self.mode = kept.mode;
        self.owner = kept.owner;
        self.modified = kept.modified;
        self.accessed = kept.modified;
        self.changed = kept.modified;
    }

    /// Whether a read is worth noting: only if nothing was noted since the last change, as Linux has it
    /// by default. Otherwise reading would be writing.
    pub(super) fn wants_access_time(&self) -> bool {
        self.accessed <= self.modified || self.accessed <= self.changed
    }
}

/// The mode of what a guest makes.
fn default_mode(body: &Body) -> u32 {
    match body {
        Body::File(_) | Body::Special(_) => 0o644,
        Body::Directory(_) => 0o755,
        Body::Symlink(_) => 0o777,
    }
}

fn set_time(time: &mut Option<Timestamp>, to: SetTime, now: Timestamp) {
    match to {
        SetTime::Keep => {}
        SetTime::Now => *time = Some(now),
        SetTime::To(given) => *time = Some(given),
    }
}
