//! Layers that a client makes beside the root of its VM, to stack them and to read them again.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tollgate_protocol::types::RootFilesystemEntry;
use tollgate_vfs::{Clock, Entry, EntryKind, ExportLimits, Layer, MemoryFs, Quota};

use super::{FsLimits, MAX_LAYERS, base, entries, root};
use crate::Rejection;

/// The layers of one VM: no other VM knows them.
///
/// All of them together hold as much as the VM's filesystem may. What is stacked is counted once.
pub struct Layers {
    limits: FsLimits,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    layers: BTreeMap<String, Kind>,
    /// How many there ever were: no name is given twice.
    made: u64,
    held: Held,
}

/// What layers hold that were imported.
#[derive(Clone, Copy, Default)]
struct Held {
    bytes: u64,
    entries: u64,
}

enum Kind {
    /// One that could be written to, if there were a request for it.
    Writable(MemoryFs),
    /// What was imported, as it was told.
    Imported(Layer, Vec<Given>),
    /// What was sealed or stacked.
    Made(Layer),
}

/// What an entry said beside what a layer keeps.
struct Given {
    path: String,
    mode: u32,
    executable: bool,
}

impl Layers {
    /// None yet. `clock` is read for the times of folders.
    #[must_use]
    pub fn new(limits: FsLimits, clock: Clock) -> Self {
        Self {
            limits,
            clock,
            state: Mutex::default(),
        }
    }

    /// Makes a layer with the folders that a root has at least, and says what it is called.
    ///
    /// # Errors
    ///
    /// `invalid_state` for a layer too many.
    pub fn create(&self) -> Result<String, Rejection> {
        let mut state = self.state();
        state.room()?;
        let files = MemoryFs::new(Quota::default(), self.clock.clone());
        files
            .apply(base::minimal_entries())
            .map_err(|error| entries::not_imported(&error))?;
        Ok(state.add(Kind::Writable(files)))
    }

    /// Freezes a layer, which gets another name.
    ///
    /// # Errors
    ///
    /// `invalid_state` for a layer that is unknown or frozen.
    pub fn seal(&self, id: &str) -> Result<String, Rejection> {
        let mut state = self.state();
        let files = match state.layers.get(id) {
            Some(Kind::Writable(files)) => files.clone(),
            Some(Kind::Imported(..) | Kind::Made(_)) => {
                return Err(Rejection::state(format!("layer is not writable: {id}")));
            }
            None => return Err(unknown("layer", id)),
        };
        state.layers.remove(id);
        Ok(state.add(Kind::Made(Layer::memory(files))))
    }

    /// Makes a layer of entries.
    ///
    /// # Errors
    ///
    /// `invalid_state` for entries that make no tree, or more of one than the VM may hold, and for a layer too many.
    pub fn import(&self, given: Vec<RootFilesystemEntry>) -> Result<String, Rejection> {
        let mut state = self.state();
        state.room()?;
        let mut told = Vec::with_capacity(given.len());
        let mut taken = Vec::with_capacity(given.len());
        let mut held = state.held;
        for entry in given {
            let (mode, executable) = (entries::mode(&entry), entry.executable);
            let entry = entries::read(entry)?;
            held.bytes = held.bytes.saturating_add(bytes(&entry));
            held.entries = held.entries.saturating_add(1);
            told.push(Given {
                path: entry.path.clone(),
                mode,
                executable,
            });
            taken.push(entry);
        }
        if held.bytes > self.limits.filesystem_bytes || held.entries > self.limits.inodes {
            return Err(Rejection::state(
                "the VM's layers hold more than its filesystem may",
            ));
        }
        let layer =
            root::imported(taken, &self.limits).map_err(|error| entries::not_imported(&error))?;
        state.held = held;
        Ok(state.add(Kind::Imported(layer, told)))
    }

    /// All that a layer has: an imported one as it was told, another as the tree that it is.
    ///
    /// # Errors
    ///
    /// `invalid_state` for a layer that is unknown, `frame_too_large` for contents over [`FsLimits::answer_bytes`].
    pub fn export(&self, id: &str) -> Result<Vec<RootFilesystemEntry>, Rejection> {
        let state = self.state();
        let kind = state.layers.get(id).ok_or_else(|| unknown("layer", id))?;
        let tree = kind.layer();
        let limits = ExportLimits {
            bytes: self.limits.answer_bytes,
            ..ExportLimits::default()
        };
        let exported = tree.entries(&limits);
        let exported = exported.map_err(|error| entries::not_exported(&error))?;
        Ok(match kind {
            Kind::Imported(_, told) => as_told(told, exported),
            Kind::Writable(_) | Kind::Made(_) => {
                exported.into_iter().map(entries::written).collect()
            }
        })
    }

    /// Stacks layers: `upper` above all, then `lowers` from the first down. They stay what they are.
    ///
    /// # Errors
    ///
    /// `invalid_state` for a layer that is unknown, a layer too many, or a stack too high.
    pub fn overlay(&self, upper: Option<&str>, lowers: &[String]) -> Result<String, Rejection> {
        let mut state = self.state();
        state.room()?;
        let mut stack = Vec::with_capacity(lowers.len().min(MAX_LAYERS) + 1);
        if let Some(id) = upper {
            let kind = state.layers.get(id);
            stack.push(kind.ok_or_else(|| unknown("upper layer", id))?.layer());
        }
        for id in lowers {
            let kind = state.layers.get(id);
            stack.push(kind.ok_or_else(|| unknown("lower layer", id))?.layer());
        }
        let overlay = Layer::overlay(stack).map_err(|error| root::not_laid(&error))?;
        Ok(state.add(Kind::Made(overlay)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn room(&self) -> Result<(), Rejection> {
        if self.layers.len() < MAX_LAYERS {
            Ok(())
        } else {
            Err(Rejection::state(format!(
                "VM layer limit exceeded: {MAX_LAYERS} layers"
            )))
        }
    }

    fn add(&mut self, kind: Kind) -> String {
        self.made += 1;
        let id = format!("layer-{}", self.made);
        self.layers.insert(id.clone(), kind);
        id
    }
}

impl Kind {
    /// What it holds now.
    fn layer(&self) -> Layer {
        match self {
            Self::Writable(files) => Layer::snapshot(files),
            Self::Imported(layer, _) | Self::Made(layer) => layer.clone(),
        }
    }
}

/// The entries that were told, in their order, with the modes that were told of them.
fn as_told(told: &[Given], exported: Vec<Entry>) -> Vec<RootFilesystemEntry> {
    let mut found: HashMap<String, Entry> = exported
        .into_iter()
        .map(|entry| (entry.path.clone(), entry))
        .collect();
    told.iter()
        .filter_map(|given| {
            let entry = found.remove(&given.path)?;
            Some(RootFilesystemEntry {
                mode: Some(given.mode),
                executable: given.executable,
                ..entries::written(entry)
            })
        })
        .collect()
}

/// What an entry is charged.
fn bytes(entry: &Entry) -> u64 {
    let content = match &entry.kind {
        EntryKind::File(bytes) => bytes.len(),
        EntryKind::Symlink(target) => target.len(),
        EntryKind::Directory => 0,
    };
    (content + entry.path.len()) as u64
}

fn unknown(what: &str, id: &str) -> Rejection {
    Rejection::state(format!("unknown {what}: {id}"))
}

impl std::fmt::Debug for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layers")
            .field("layers", &self.state().layers.len())
            .finish()
    }
}
