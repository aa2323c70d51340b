//! One node: a file, directory or link.

use std::collections::BTreeMap;

use super::content::Content;
use crate::overlay::Lower;
use crate::stat::ObjectId;
use crate::{FileKind, SetTime, SetTimes, Stat, Timestamp};

/// What a name in a directory stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Node(u64),
    /// Nothing, whatever a layer below has under this name.
    Whiteout,
}

pub(super) struct Directory {
    pub(super) entries: BTreeMap<Box<str>, Slot>,
    /// The directory that this one is in; nothing for the root and for what was removed. It keeps the
    /// parent's node alive, so that a walk upwards never ends early.
    pub(super) parent: Option<u64>,
    /// The directories below, uppermost first, that show through where `entries` says nothing.
    pub(super) lowers: Vec<Lower>,
}

pub(super) enum Body {
    File(Content),
    Directory(Directory),
    Symlink(Box<str>),
    /// A pipe, socket or device in a layer: it can be named, not opened.
    Special(FileKind),
}

pub(super) struct Node {
    pub(super) body: Body,
    /// The object in a layer that this node stands for, as long as it exists.
    pub(super) origin: Option<ObjectId>,
    /// Nothing differs from the layer: the node may be forgotten and made again, and isn't charged.
    pub(super) pristine: bool,
    /// Handles and operations that hold it, and child directories whose parent it is.
    pub(super) pins: u64,
    /// Names.
    pub(super) links: u64,
    pub(super) accessed: Option<Timestamp>,
    pub(super) modified: Option<Timestamp>,
    pub(super) changed: Option<Timestamp>,
}

impl Node {
    pub(super) fn new(body: Body, now: Timestamp) -> Self {
        Self {
            body,
            origin: None,
            pristine: false,
            pins: 0,
            links: 1,
            accessed: Some(now),
            modified: Some(now),
            changed: Some(now),
        }
    }

    pub(super) fn empty_directory(parent: Option<u64>) -> Body {
        Body::Directory(Directory {
            entries: BTreeMap::new(),
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

    /// Whether a read is worth noting: only if nothing was noted since the last change, as Linux has it
    /// by default. Otherwise reading would be writing.
    pub(super) fn wants_access_time(&self) -> bool {
        self.accessed <= self.modified || self.accessed <= self.changed
    }
}

fn set_time(time: &mut Option<Timestamp>, to: SetTime, now: Timestamp) {
    match to {
        SetTime::Keep => {}
        SetTime::Now => *time = Some(now),
        SetTime::To(given) => *time = Some(given),
    }
}
