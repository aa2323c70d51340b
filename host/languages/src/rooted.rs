//! The folder of a program, as every language sees it: by guest path, under a permit, counting what was loaded.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tollgate_bridge::{Item, NoModule};
use tollgate_capability::program::{self as folder, Folder, Opened};
use tollgate_policy::Permit;

use crate::bounds::{LONGEST_PATH, MOST_LISTED};
use crate::program::{CountError, Loaded};
use tollgate_modules::{FileError, Files, Kind};

/// A folder, and where the guest sees it.
pub(crate) struct Rooted {
    folder: Folder,
    /// Without a slash at its end; empty for `/`.
    root: String,
    turn: Mutex<()>,
    loaded: Mutex<Loaded>,
    /// A file that was read before, by its own path: what lies there by now is no part of the program.
    read_before: OnceLock<(String, Vec<u8>)>,
}

/// A permit in use, and nobody else uses one of this folder meanwhile.
#[must_use]
pub(crate) struct Turn<'a> {
    // Dropped in this order: the folder is closed when the next one may open it.
    _opened: Opened<'a>,
    _turn: MutexGuard<'a, ()>,
}

/// Why a file was not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LoadError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no part of the one program that runs.
    #[error(transparent)]
    Count(#[from] CountError),
}

pub(crate) fn failed(code: &'static str, message: String) -> NoModule {
    NoModule { code, message }
}

/// Why a file or folder is not handed over, as it is for every language.
pub(crate) fn refusal(path: &str, error: &FileError) -> NoModule {
    let code = match error {
        FileError::Missing => "ENOENT",
        FileError::TooLong { .. } => "EFBIG",
        FileError::Outside => "ERR_TOLLGATE_LINK_OUTSIDE",
        FileError::Failed(_) => "EIO",
    };
    failed(code, format!("'{path}': {error}"))
}

fn unreadable(error: folder::ReadError) -> FileError {
    match error {
        folder::ReadError::Missing => FileError::Missing,
        folder::ReadError::Outside => FileError::Outside,
        folder::ReadError::TooLong | folder::ReadError::Closed | folder::ReadError::Failed => {
            FileError::Failed(error.to_string())
        }
    }
}

/// Whether a path is written as the guest's tree has it: absolute, and with nothing in it that another part undoes.
fn is_plain(path: &str) -> bool {
    path == "/"
        || (path.len() <= LONGEST_PATH
            && !path.contains('\0')
            && path
                .strip_prefix('/')
                .is_some_and(|rest| rest.split('/').all(|name| !matches!(name, "" | "." | ".."))))
}

impl Rooted {
    /// `folder`, which the guest sees at `root`.
    pub(crate) fn new(folder: Folder, root: &str) -> Self {
        Self {
            folder,
            root: root.trim_end_matches('/').to_owned(),
            turn: Mutex::default(),
            loaded: Mutex::default(),
            read_before: OnceLock::new(),
        }
    }

    /// Has a file be what was read of it before, whatever becomes of it: whoever decided about it looked at these bytes. The
    /// first one counts.
    pub(crate) fn was_read(&self, path: &str, bytes: Vec<u8>) {
        self.read_before.get_or_init(|| (path.to_owned(), bytes));
    }

    /// What was read of a file before, if something was.
    fn before(&self, path: &str) -> Option<&[u8]> {
        let (known, bytes) = self.read_before.get()?;
        (known == path).then_some(bytes)
    }

    /// The bytes of a file, at most `max`.
    fn content(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        match self.before(path) {
            Some(bytes) if bytes.len() > max => return Err(FileError::TooLong { max }),
            Some(bytes) => return Ok(bytes.to_vec()),
            None => {}
        }
        let inner = self.inner(path).ok_or(FileError::Missing)?;
        self.folder.read(inner, max).map_err(|error| match error {
            folder::ReadError::TooLong => FileError::TooLong { max },
            other => unreadable(other),
        })
    }

    /// Where the guest sees the folder.
    pub(crate) fn root(&self) -> &str {
        if self.root.is_empty() {
            "/"
        } else {
            &self.root
        }
    }

    /// Uses a permit, for as long as what is given back lives.
    ///
    /// # Errors
    ///
    /// The permit is for something else: a bug of the caller, for which a denial is the safe answer.
    pub(crate) fn open(&self, permit: Permit) -> Result<Turn<'_>, NoModule> {
        // It guards no data of its own.
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = self
            .folder
            .open(permit)
            .map_err(|_wrong| failed("EACCES", "nobody has decided about this".to_owned()))?;
        Ok(Turn {
            _opened: opened,
            _turn: turn,
        })
    }

    fn loaded(&self) -> MutexGuard<'_, Loaded> {
        // An entry is put in whole.
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The digest of what was loaded so far.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.loaded().digest()
    }

    /// The bytes of a file, at most `most`, counted in.
    ///
    /// # Errors
    ///
    /// It cannot be read, or was another when it was read before.
    pub(crate) fn load(&self, path: &str, most: u64) -> Result<Vec<u8>, LoadError> {
        let max = usize::try_from(most).unwrap_or(usize::MAX);
        let bytes = self.content(path, max)?;
        self.loaded().add(path, &bytes)?;
        Ok(bytes)
    }

    /// Holds `path` to be the very one that was decided about: the own path of what lies there.
    pub(crate) fn own(&self, path: &str) -> Result<(), NoModule> {
        if !is_plain(path) {
            return Err(refusal(path, &FileError::Missing));
        }
        match self.real_path(path) {
            Ok(real) if real == path => Ok(()),
            Ok(_) => Err(failed(
                "ERR_TOLLGATE_LINK",
                format!("'{path}' is not a file's own path; a link is on the way"),
            )),
            Err(error) => Err(refusal(path, &error)),
        }
    }

    fn real_path(&self, path: &str) -> Result<String, FileError> {
        if self.before(path).is_some() {
            return Ok(path.to_owned());
        }
        let inner = self.inner(path).ok_or(FileError::Missing)?;
        if inner.is_empty() {
            return Ok(path.to_owned());
        }
        Ok(format!(
            "{}/{}",
            self.root,
            self.folder.real(inner).map_err(unreadable)?
        ))
    }

    /// [`tollgate_bridge::Program::read`].
    pub(crate) fn serve_read(
        &self,
        path: &str,
        most: u64,
        permit: Permit,
    ) -> Result<Vec<u8>, NoModule> {
        let _turn = self.open(permit)?;
        self.own(path)?;
        self.load(path, most).map_err(|error| match &error {
            LoadError::File(error) => refusal(path, error),
            LoadError::Count(error) => failed(error.code(), error.to_string()),
        })
    }

    /// [`tollgate_bridge::Program::list`].
    pub(crate) fn serve_list(&self, path: &str, permit: Permit) -> Result<Vec<Item>, NoModule> {
        let _turn = self.open(permit)?;
        self.own(path)?;
        self.names(path).map_err(|error| refusal(path, &error))
    }

    /// What lies in a folder, by name.
    pub(crate) fn names(&self, path: &str) -> Result<Vec<Item>, FileError> {
        let inner = self.inner(path).ok_or(FileError::Missing)?;
        let names = self.folder.list(inner, MOST_LISTED).map_err(unreadable)?;
        let item = |(name, kind)| Item {
            name,
            folder: kind == folder::Kind::Directory,
        };
        Ok(names.into_iter().map(item).collect())
    }

    /// Whether a path lies beneath the folder, as text.
    pub(crate) fn holds(&self, path: &str) -> bool {
        self.inner(path).is_some()
    }

    /// The path beneath the folder.
    fn inner<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.root.as_str())?;
        match rest.strip_prefix('/') {
            Some(inner) => Some(inner),
            None => rest.is_empty().then_some(""),
        }
    }
}

impl Files for Rooted {
    fn kind(&self, path: &str) -> Kind {
        if self.before(path).is_some() {
            return Kind::File;
        }
        let Some(inner) = self.inner(path) else {
            return Kind::Missing;
        };
        match self.folder.kind(inner) {
            folder::Kind::File => Kind::File,
            folder::Kind::Directory => Kind::Directory,
            folder::Kind::Missing => Kind::Missing,
            folder::Kind::Outside => Kind::Outside,
        }
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        self.content(path, max)
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        self.real_path(path)
    }
}

impl crate::python::Listing for Rooted {
    fn names_in(&self, folder: &str) -> Vec<String> {
        let items = self.names(folder).unwrap_or_default();
        items.into_iter().map(|item| item.name).collect()
    }
}
