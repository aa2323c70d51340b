//! The table of nodes: which exist, for how long, and what they are charged.
//!
//! A node stays as long as somebody holds it (pins), or as long as it has a name and differs from what
//! a layer has. Operations note nodes that may have lost their last reason to stay, and sweep at the
//! end: never in the middle, so that a number that was looked up is good until the operation is over.

use std::collections::HashMap;

use rpds::HashTrieMapSync;

use super::content::Content;
use super::node::{Body, Directory, Entries, Node, Slot};
use super::quota::{Quota, Usage};
use crate::overlay::Lower;
use crate::stat::{NodeStat, ObjectId};
use crate::{FsError, MountError, Owner, Timestamp};

/// The number of the root, in every table.
pub(super) const ROOT: u64 = 1;

pub(super) struct Table {
    nodes: HashTrieMapSync<u64, Node>,
    /// Nodes that stand for an object of a layer. All names of a hard-linked file find the same node.
    by_origin: HashTrieMapSync<ObjectId, u64>,
    /// Handles and operations that hold a node. They are of this filesystem alone: a fork has none.
    pins: HashMap<u64, u64>,
    /// Nodes to look at in the next sweep.
    idle: Vec<u64>,
    next: u64,
    usage: Usage,
    quota: Quota,
    frozen: bool,
    layered: bool,
    /// Overlays that a look may go through, one below the other.
    depth: usize,
    /// Whose what is made here will be.
    owner: Owner,
}

impl Table {
    pub(super) fn new(quota: Quota, now: Timestamp) -> Self {
        let root = Node::new(Node::empty_directory(None), Owner::GUEST, now);
        let mut nodes = HashTrieMapSync::new_sync();
        nodes.insert_mut(ROOT, root);
        Self {
            nodes,
            by_origin: HashTrieMapSync::new_sync(),
            pins: HashMap::new(),
            idle: Vec::new(),
            next: ROOT + 1,
            usage: Usage::default(),
            quota,
            frozen: false,
            layered: false,
            depth: 0,
            owner: Owner::GUEST,
        }
    }

    /// The same filesystem once more, sharing every node with this one until either changes it. What only lives on
    /// because somebody has it open here (a removed file, say) is not in the copy; finding that out takes a step for
    /// each open handle, and nothing takes a step for each file.
    pub(super) fn fork(&self, quota: Quota) -> Self {
        let mut fork = Self {
            nodes: self.nodes.clone(),
            by_origin: self.by_origin.clone(),
            pins: HashMap::new(),
            idle: self.pins.keys().chain(self.idle.iter()).copied().collect(),
            next: self.next,
            usage: self.usage,
            quota,
            frozen: false,
            layered: self.layered,
            depth: self.depth,
            owner: self.owner,
        };
        fork.sweep();
        fork
    }

    #[cfg(test)]
    pub(super) fn shares_nodes(&self, other: &Self) -> bool {
        self.nodes.ptr_eq(&other.nodes)
    }

    #[cfg(test)]
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    #[cfg(test)]
    pub(super) fn nodes(&self) -> usize {
        self.nodes.size()
    }

    pub(super) fn quota(&self) -> Quota {
        self.quota
    }

    pub(super) fn set_owner(&mut self, owner: Owner) {
        self.owner = owner;
    }

    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    pub(super) fn freeze(&mut self) {
        self.frozen = true;
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.frozen
    }

    pub(super) fn check_writable(&self) -> Result<(), FsError> {
        if self.frozen {
            Err(FsError::ReadOnly)
        } else {
            Ok(())
        }
    }

    /// Whether layers may be put beneath.
    pub(super) fn check_upper(&self) -> Result<(), MountError> {
        if self.frozen || self.layered {
            Err(MountError::UpperInUse)
        } else {
            Ok(())
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Notes that there are layers below now.
    pub(super) fn set_layered(&mut self, depth: usize) {
        self.layered = true;
        self.depth = depth;
    }

    /// A node by a number that somebody pins or that was looked up in this operation.
    pub(super) fn node(&self, number: u64) -> Result<&Node, FsError> {
        self.nodes.get(&number).ok_or(FsError::Io)
    }

    pub(super) fn node_mut(&mut self, number: u64) -> Result<&mut Node, FsError> {
        self.nodes.get_mut(&number).ok_or(FsError::Io)
    }

    pub(super) fn directory(&self, number: u64) -> Result<&Directory, FsError> {
        match &self.node(number)?.body {
            Body::Directory(directory) => Ok(directory),
            Body::File(_) | Body::Symlink(_) | Body::Special(_) => Err(FsError::NotDirectory),
        }
    }

    pub(super) fn directory_mut(&mut self, number: u64) -> Result<&mut Directory, FsError> {
        match &mut self.node_mut(number)?.body {
            Body::Directory(directory) => Ok(directory),
            Body::File(_) | Body::Symlink(_) | Body::Special(_) => Err(FsError::NotDirectory),
        }
    }

    pub(super) fn content(&self, number: u64) -> Result<&Content, FsError> {
        match &self.node(number)?.body {
            Body::File(content) => Ok(content),
            Body::Directory(_) => Err(FsError::IsDirectory),
            Body::Symlink(_) | Body::Special(_) => Err(FsError::Invalid),
        }
    }

    fn content_mut(&mut self, number: u64) -> Result<&mut Content, FsError> {
        match &mut self.node_mut(number)?.body {
            Body::File(content) => Ok(content),
            Body::Directory(_) => Err(FsError::IsDirectory),
            Body::Symlink(_) | Body::Special(_) => Err(FsError::Invalid),
        }
    }

    pub(super) fn node_stat(&self, number: u64, own: ObjectId) -> Result<NodeStat, FsError> {
        let node = self.node(number)?;
        Ok(NodeStat {
            stat: node.stat(),
            object: node.origin.unwrap_or(own),
        })
    }

    pub(super) fn pin(&mut self, number: u64) {
        *self.pins.entry(number).or_insert(0) += 1;
    }

    pub(super) fn unpin(&mut self, number: u64) {
        if let Some(pins) = self.pins.get_mut(&number) {
            *pins = pins.saturating_sub(1);
            if *pins == 0 {
                self.pins.remove(&number);
            }
            self.idle.push(number);
        }
    }

    /// Notes that a directory has one more directory in it.
    pub(super) fn adopt(&mut self, parent: u64) {
        if let Some(node) = self.nodes.get_mut(&parent) {
            node.children += 1;
        }
    }

    /// Notes that a directory has one directory less in it.
    pub(super) fn disown(&mut self, parent: u64) {
        if let Some(node) = self.nodes.get_mut(&parent) {
            node.children = node.children.saturating_sub(1);
            self.idle.push(parent);
        }
    }

    pub(super) fn mark_idle(&mut self, number: u64) {
        self.idle.push(number);
    }

    /// Forgets nodes that have no reason to stay. A chain of any length goes in one loop.
    pub(super) fn sweep(&mut self) {
        while let Some(number) = self.idle.pop() {
            if self.pins.contains_key(&number) {
                continue;
            }
            let Some(node) = self.nodes.get(&number) else {
                continue;
            };
            if node.children > 0 || (node.links > 0 && !node.pristine) {
                node.rest();
                continue;
            }
            let node = node.clone();
            self.nodes.remove_mut(&number);
            self.forget(number, &node);
        }
    }

    fn forget(&mut self, number: u64, node: &Node) {
        if let Some(origin) = node.origin
            && self.by_origin.get(&origin) == Some(&number)
        {
            self.by_origin.remove_mut(&origin);
        }
        if !node.pristine {
            self.usage.inodes = self.usage.inodes.saturating_sub(1);
            self.usage.bytes = self.usage.bytes.saturating_sub(node.charged());
        }
        if let Body::Directory(directory) = &node.body {
            self.release_entries(directory.entries.size());
            if let Some(parent) = directory.parent {
                self.disown(parent);
            }
        }
    }

    /// The node that stands for an object of a layer.
    pub(super) fn by_origin(&self, object: ObjectId) -> Option<u64> {
        self.by_origin.get(&object).copied()
    }

    /// Adds a node that stands for an object of a layer. It goes in the next sweep unless it is pinned.
    pub(super) fn insert_raised(&mut self, object: ObjectId, node: Node) -> u64 {
        let number = self.insert(node);
        self.by_origin.insert_mut(object, number);
        self.idle.push(number);
        number
    }

    fn insert(&mut self, node: Node) -> u64 {
        let number = self.next;
        self.next += 1;
        self.nodes.insert_mut(number, node);
        number
    }

    /// Adds a node of our own.
    pub(super) fn add(&mut self, body: Body, now: Timestamp) -> Result<u64, FsError> {
        let node = Node::new(body, self.owner, now);
        self.charge(node.charged())?;
        Ok(self.insert(node))
    }

    /// Makes a node outlast its handles, because it is about to differ from its layer.
    pub(super) fn keep(&mut self, number: u64) -> Result<(), FsError> {
        let node = self.node(number)?;
        if !node.pristine {
            return Ok(());
        }
        let bytes = node.charged();
        self.charge(bytes)?;
        self.node_mut(number)?.pristine = false;
        Ok(())
    }

    pub(super) fn free_bytes(&self) -> u64 {
        self.quota.bytes.saturating_sub(self.usage.bytes)
    }

    fn release_entries(&mut self, count: usize) {
        self.usage.entries = self.usage.entries.saturating_sub(count as u64);
    }

    /// Charges for one more node.
    fn charge(&mut self, bytes: u64) -> Result<(), FsError> {
        if self.usage.inodes >= self.quota.inodes || bytes > self.free_bytes() {
            return Err(FsError::InsufficientSpace);
        }
        self.usage.inodes += 1;
        self.usage.bytes += bytes;
        Ok(())
    }

    /// Changes a file's content within the quota.
    pub(super) fn edit_content<R>(
        &mut self,
        number: u64,
        now: Timestamp,
        edit: impl FnOnce(&mut Content, u64) -> Result<R, FsError>,
    ) -> Result<R, FsError> {
        self.keep(number)?;
        let allowance = self.free_bytes();
        let content = self.content_mut(number)?;
        let before = content.charged();
        let result = edit(content, allowance);
        let after = content.charged();
        self.usage.bytes = self.usage.bytes.saturating_sub(before) + after;
        if result.is_ok() {
            self.node_mut(number)?.touch_content(now);
        }
        result
    }

    /// Whether a directory can take one more name.
    pub(super) fn check_room(&self, number: u64, name: &str) -> Result<(), FsError> {
        let taken = self.directory(number)?.entries.contains_key(name);
        self.check_entries(u64::from(!taken))
    }

    /// Whether the quota has room for so many more names.
    pub(super) fn check_entries(&self, more: u64) -> Result<(), FsError> {
        if more > self.quota.entries.saturating_sub(self.usage.entries) {
            return Err(FsError::InsufficientSpace);
        }
        Ok(())
    }

    /// Writes a name. Check the room first.
    pub(super) fn put(&mut self, number: u64, name: &str, slot: Slot) -> Result<(), FsError> {
        let directory = self.directory_mut(number)?;
        let new = !directory.entries.contains_key(name);
        directory.entries.insert_mut(name.into(), slot);
        self.usage.entries += u64::from(new);
        Ok(())
    }

    /// Takes a name away, with a whiteout if a layer has it too. Check the room first.
    pub(super) fn take(&mut self, number: u64, name: &str, below: bool) -> Result<(), FsError> {
        if below {
            return self.put(number, name, Slot::Whiteout);
        }
        if self.directory_mut(number)?.entries.remove_mut(name) {
            self.release_entries(1);
        }
        Ok(())
    }

    /// Empties a removed directory of its whiteouts and of what lies below it.
    pub(super) fn hollow(&mut self, number: u64) -> Result<(), FsError> {
        let directory = self.directory_mut(number)?;
        let entries = std::mem::replace(&mut directory.entries, Entries::new_sync());
        directory.lowers.clear();
        let parent = directory.parent.take();
        self.release_entries(entries.size());
        if let Some(parent) = parent {
            self.disown(parent);
        }
        Ok(())
    }
}

impl Node {
    /// Bytes that the node is charged, if it is charged at all.
    fn charged(&self) -> u64 {
        match &self.body {
            Body::File(content) => content.charged(),
            Body::Symlink(target) => target.len() as u64,
            Body::Directory(_) | Body::Special(_) => 0,
        }
    }

    /// Lets go of what is open in layers.
    fn rest(&self) {
        match &self.body {
            Body::File(content) => content.rest(),
            Body::Directory(directory) => directory.lowers.iter().for_each(Lower::close),
            Body::Symlink(_) | Body::Special(_) => {}
        }
    }
}
