//! Looking through to the layers below: names that a layer has become nodes as long as somebody wants them.

use super::content::Content;
use super::node::{Body, Directory, Entries, Node, Slot};
use super::table::{ROOT, Table};
use crate::limits::{MAX_LAYER_DEPTH, MAX_LAYERS};
use crate::overlay::{Backing, Found, Lower};
use crate::stat::NodeStat;
use crate::{FileKind, FsError, MountError};

impl Table {
    /// Puts layers beneath what is here, merging directories of the same path. `depth` is that of the deepest.
    pub(super) fn lay_over(&mut self, lowers: Vec<Lower>, depth: usize) -> Result<(), MountError> {
        if lowers.len() > MAX_LAYERS || depth >= MAX_LAYER_DEPTH {
            return Err(MountError::TooManyLayers);
        }
        for lower in &lowers {
            lower.open().map_err(MountError::Lower)?;
        }
        self.set_layered(depth + 1);
        let mut pending = vec![(ROOT, lowers)];
        while let Some((number, lowers)) = pending.pop() {
            let Ok(directory) = self.directory(number) else {
                continue;
            };
            for (name, slot) in &directory.entries {
                let Slot::Node(child) = slot else { continue };
                if let Some(Found::Directory(merged, _)) =
                    Lower::find(&lowers, name).map_err(MountError::Lower)?
                {
                    pending.push((*child, merged));
                }
            }
            lowers.iter().for_each(Lower::close);
            if let Ok(directory) = self.directory_mut(number) {
                directory.lowers = lowers;
            }
        }
        Ok(())
    }

    /// What a name in a directory stands for, here or in a layer. A node that is made for it goes in
    /// the next sweep unless it is pinned.
    pub(super) fn lookup(&mut self, number: u64, name: &str) -> Result<Option<u64>, FsError> {
        let directory = self.directory(number)?;
        match directory.entries.get(name) {
            Some(Slot::Node(child)) => return Ok(Some(*child)),
            Some(Slot::Whiteout) => return Ok(None),
            None => {}
        }
        match Lower::find(&directory.lowers, name)? {
            Some(found) => self.raise(number, name, found).map(Some),
            None => Ok(None),
        }
    }

    /// As [`Table::lookup`], where nothing is `NoEntry`.
    pub(super) fn find(&mut self, number: u64, name: &str) -> Result<u64, FsError> {
        self.lookup(number, name)?.ok_or(FsError::NoEntry)
    }

    /// The node for an object of a layer.
    fn raise(&mut self, parent: u64, name: &str, found: Found) -> Result<u64, FsError> {
        let (Found::Directory(_, attributes) | Found::Other(_, attributes)) = &found;
        let NodeStat { stat, object } = *attributes;
        if let Some(number) = self.by_origin(object) {
            return Ok(number);
        }
        let body = match found {
            Found::Directory(lowers, _) => {
                self.adopt(parent);
                Body::Directory(Directory {
                    entries: Entries::new_sync(),
                    parent: Some(parent),
                    lowers,
                })
            }
            Found::Other(lower, _) => match stat.kind {
                FileKind::File => {
                    Body::File(Content::of_layer(Backing::new(lower, name, stat.size)))
                }
                FileKind::Symlink => Body::Symlink(lower.link_target(name)?.into()),
                kind => Body::Special(kind),
            },
        };
        let links = if matches!(body, Body::Directory(_)) {
            1
        } else {
            stat.links.max(1)
        };
        let node = Node {
            body,
            origin: Some(object),
            pristine: true,
            children: 0,
            links,
            accessed: stat.accessed,
            modified: stat.modified,
            changed: stat.changed,
            mode: stat.mode,
            owner: stat.owner,
        };
        Ok(self.insert_raised(object, node))
    }
}
