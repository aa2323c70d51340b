//! A Python program whose files are collected for a build: by the runner, which alone knows their encodings and grammar, and is
//! a guest. Whoever builds decides about each file, whatever the run that collects them may.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tollgate_bridge::{Found, Item, NoModule, Outset, Program};
use tollgate_capability::program::Folder;
use tollgate_policy::Permit;

use super::{Python, PythonStart, find_module};
use crate::bundle::denied;
use crate::rooted::{Rooted, failed};

/// What the runner's first argument is where it is to write the program's files, packed, to standard output. No path is
/// spelt so, and no flag.
pub const COLLECT: &str = "tollgate:collect";

/// The folder beneath a root in which the guest sees packages that were installed for the build alone.
const INSTALLED: &str = ".requirements";

type Decide = dyn Fn(&str) -> Option<Permit> + Send + Sync;

/// The program.
pub struct Collecting {
    program: Python,
    installed: Option<Rooted>,
    decide: Box<Decide>,
    read: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Collecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collecting")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

impl Collecting {
    /// The program in `folder`, which the guest sees at `root`, that begins with the file `entry`, and packages that were
    /// installed for it. `decide` is asked about each file before it is read, and about each folder before it is listed: what
    /// it gives no permit for is refused.
    #[must_use]
    pub fn new(
        folder: Folder,
        root: &str,
        entry: String,
        installed: Option<Folder>,
        decide: impl Fn(&str) -> Option<Permit> + Send + Sync + 'static,
    ) -> Self {
        let place = format!("{}/{INSTALLED}", root.trim_end_matches('/'));
        Self {
            program: Python::new(folder, root, PythonStart::File(entry)),
            installed: installed.map(|folder| Rooted::new(folder, &place)),
            decide: Box::new(decide),
            read: Mutex::default(),
        }
    }

    /// The files of the program itself that were read so far, by their paths in the guest.
    #[must_use]
    pub fn files(&self) -> BTreeSet<String> {
        self.seen().clone()
    }

    fn seen(&self) -> MutexGuard<'_, BTreeSet<String>> {
        // A path is put in whole.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The permit of whoever builds, in the place of the one that the collecting run has for anything.
    fn permitted(&self, path: &str) -> Result<Permit, NoModule> {
        (self.decide)(path).ok_or_else(|| denied(path))
    }

    fn installed(&self, path: &str) -> Option<&Rooted> {
        let installed = self.installed.as_ref()?;
        let rest = path.strip_prefix(installed.root())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(installed)
    }
}

impl Program for Collecting {
    fn entry(&self) -> &str {
        self.program.entry()
    }

    fn digest(&self) -> [u8; 32] {
        self.program.digest()
    }

    fn outset(&self, _permit: Permit) -> Result<Outset, NoModule> {
        let permit = self.permitted(self.entry())?;
        let mut outset = self.program.outset(permit)?;
        if let Some(installed) = &self.installed {
            outset.search.push(installed.root().to_owned());
        }
        Ok(outset)
    }

    // What is found is decided about when it is read; that a name leads somewhere is no part of the program.
    fn find(&self, name: &str, folder: &str, permit: Permit) -> Result<Option<Found>, NoModule> {
        let Some(installed) = self.installed(folder) else {
            return self.program.find(name, folder, permit);
        };
        let _turn = installed.open(permit)?;
        installed.own(folder)?;
        find_module(installed, name, folder)
            .map_err(|error| failed(error.code(), error.to_string()))
    }

    fn read(&self, path: &str, most: u64, _permit: Permit) -> Result<Vec<u8>, NoModule> {
        let permit = self.permitted(path)?;
        if let Some(installed) = self.installed(path) {
            return installed.serve_read(path, most, permit);
        }
        let bytes = self.program.read(path, most, permit)?;
        self.seen().insert(path.to_owned());
        Ok(bytes)
    }

    fn list(&self, path: &str, _permit: Permit) -> Result<Vec<Item>, NoModule> {
        let permit = self.permitted(path)?;
        match self.installed(path) {
            Some(installed) => installed.serve_list(path, permit),
            None => self.program.list(path, permit),
        }
    }
}
