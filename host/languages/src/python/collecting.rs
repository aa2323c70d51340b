//! A Python program whose files are collected for a build: by the runner, which alone knows their encodings and grammar, and is
//! a guest. Whoever builds decides about each file, whatever the run that collects them may.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use tollgate_bridge::{Found, Item, NoModule, Outset, Program};
use tollgate_capability::program::Folder;
use tollgate_policy::Permit;

use super::{Python, PythonStart, find_module};
use crate::bundle::{Reads, denied, told};
use crate::rooted::{Rooted, failed};

/// What the runner's first argument is where it is to write the program's files, packed, to standard output. No path is
/// spelt so, and no flag.
pub const COLLECT: &str = "tollgate:collect";

/// The folder beneath a root in which the guest sees packages that were installed for the build alone.
const INSTALLED: &str = ".requirements";

/// The program.
pub struct Collecting {
    program: Python,
    installed: Option<Rooted>,
    reads: Mutex<Box<dyn Reads + Send>>,
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
    /// installed for it. `reads` is asked about each file before it is read, and about each folder before it is listed: what
    /// it gives no permit for is refused. It is told what came of it on the thread that read, whichever that is.
    #[must_use]
    pub fn new(
        folder: Folder,
        root: &str,
        entry: String,
        installed: Option<Folder>,
        reads: impl Reads + Send + 'static,
    ) -> Self {
        let place = format!("{}/{INSTALLED}", root.trim_end_matches('/'));
        Self {
            program: Python::new(folder, root, PythonStart::File(entry)),
            installed: installed.map(|folder| Rooted::new(folder, &place)),
            reads: Mutex::new(Box::new(reads)),
        }
    }

    /// Does it with the permit of whoever builds, in the place of the one that the collecting run has for anything. What
    /// is done says how many bytes came of it.
    fn permitted<T>(
        &self,
        path: &str,
        work: impl FnOnce(Permit) -> Result<(T, usize), NoModule>,
    ) -> Result<T, NoModule> {
        let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        let permit = reads.enter(path).ok_or_else(|| denied(path))?;
        let done = work(permit);
        let bytes = done.as_ref().map_or(0, |(_, bytes)| *bytes as u64);
        told(reads.as_mut(), done.map(|(value, _)| value), bytes)
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
        let mut outset = self.permitted(self.entry(), |permit| {
            let outset = self.program.outset(permit)?;
            Ok((outset, 0))
        })?;
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
        self.permitted(path, |permit| {
            let bytes = match self.installed(path) {
                Some(installed) => installed.serve_read(path, most, permit)?,
                None => self.program.read(path, most, permit)?,
            };
            let length = bytes.len();
            Ok((bytes, length))
        })
    }

    fn list(&self, path: &str, _permit: Permit) -> Result<Vec<Item>, NoModule> {
        self.permitted(path, |permit| {
            let items = match self.installed(path) {
                Some(installed) => installed.serve_list(path, permit)?,
                None => self.program.list(path, permit)?,
            };
            Ok((items, 0))
        })
    }
}
