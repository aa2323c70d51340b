//! What a path was resolved to, before anything is done to it.

use std::fmt;
use std::sync::Arc;

use crate::namespace::{Node, Shared};
use crate::resolve::{self, Base, Place, Resolved, Unresolved};
use crate::{DirHandle, FileHandle, Follow, FsError, Hint};

/// A resolved path: an open parent directory and one name in it, or a directory itself.
///
/// Nothing has been done with the name yet, and what it stands for may change until something is. Ask
/// the policy about [`Target::path`], then call one of the acting methods, which use up the target:
/// they work on the very handle that the resolution ended at.
pub struct Target {
    pub(crate) shared: Arc<Shared>,
    pub(crate) place: Place,
    pub(crate) path: String,
    /// The path, or the last link on it, ended in a slash.
    pub(crate) trailing_slash: bool,
    /// A link stood in the last place of the path and was followed.
    pub(crate) through_link: bool,
    pub(crate) follow: Follow,
    hint: Hint,
}

/// What opening yields.
#[derive(Clone, Debug)]
pub enum Opened {
    /// A regular file.
    File(FileHandle),
    /// A directory.
    Dir(DirHandle),
}

impl DirHandle {
    /// Resolves a path beneath this directory, without doing anything to what it names. Directories on
    /// the way are opened and links read, which needs no permit: what came of it shows only in what is
    /// done with the target.
    ///
    /// # Errors
    /// `NotPermitted` for whatever leaves the directory or is absolute, `NoEntry` and `NotDirectory` on
    /// the way, `Loop` beyond [`crate::MAX_LINKS`], `NameTooLong`, `Invalid` for NUL,
    /// `IllegalByteSequence` for a link whose target is not UTF-8, and what the backend says.
    pub fn resolve(&self, path: &str, follow: Follow) -> Result<Target, FsError> {
        self.resolve_or_place(path, follow)
            .map_err(|unresolved| unresolved.error)
    }

    /// As [`DirHandle::resolve`]; a failure says where it lies, for deciding whether the caller may learn of it.
    ///
    /// # Errors
    /// As [`DirHandle::resolve`].
    pub fn resolve_or_place(&self, path: &str, follow: Follow) -> Result<Target, Unresolved> {
        let base = Base {
            node: self.node(),
            path: self.path(),
            rooted: self.shared().rooted && self.path() == "/",
        };
        let resolved = resolve::resolve(base, path, follow)?;
        Ok(Target::new(Arc::clone(self.shared()), resolved, follow))
    }
}

impl Target {
    fn new(shared: Arc<Shared>, resolved: Resolved, follow: Follow) -> Self {
        Self {
            shared,
            place: resolved.place,
            path: resolved.path,
            trailing_slash: resolved.trailing_slash,
            through_link: resolved.through_link,
            follow,
            hint: resolved.hint,
        }
    }

    /// The canonical guest path: absolute, without `.`, `..`, links or a trailing slash. The last name
    /// is taken as it stands.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the mount is read-only, so that whatever changes it will fail.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.node().mount.read_only
    }

    /// What the resolution happened to learn about the last name. It may have changed since: good for a
    /// message, not for a decision.
    #[must_use]
    pub fn exists_hint(&self) -> Hint {
        self.hint
    }

    /// The directory that will be acted in, or on.
    pub(crate) fn node(&self) -> &Node {
        match &self.place {
            Place::Entry { parent, .. } => parent,
            Place::Itself { node, .. } => node,
        }
    }

    pub(crate) fn check_writable(&self) -> Result<(), FsError> {
        if self.read_only() {
            Err(FsError::ReadOnly)
        } else {
            Ok(())
        }
    }

    pub(crate) fn same_mount(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.node().mount, &other.node().mount)
    }
}

/// The path alone: what is behind it is nobody's business in a log.
impl fmt::Debug for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Target").field(&self.path()).finish()
    }
}
