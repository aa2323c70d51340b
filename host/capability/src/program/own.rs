//! The path of what has no link on its way: its own.

#![expect(
    clippy::disallowed_methods,
    reason = "a look beneath the handle of a program's folder, while a permit is in use"
)]

use cap_std::fs::Dir;
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

/// `path` itself where it leads to something without following a link; none where that is not so, or not known.
///
/// The system tells it with one call. Following links to learn the same means to read the handle's own path from `/proc`,
/// whose first use in a process takes longer than all else that is asked about a small program.
pub(super) fn path(dir: &Dir, path: &str) -> Option<String> {
    let is_plain = path.split('/').all(|name| !matches!(name, "" | "." | ".."));
    if !is_plain {
        return None;
    }
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let within = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    // What is opened so gives no access to what it is, and is closed again.
    openat2(dir, path, flags, Mode::empty(), within).ok()?;
    Some(path.to_owned())
}
