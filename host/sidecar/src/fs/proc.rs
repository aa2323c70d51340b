//! `/proc`: what programs read there about the system that they run in, made from what the VM knows of itself.

use std::fmt::Write as _;

use tollgate_vfs::{Clock, Entry, EntryKind, ImportError, MemoryFs, Mount, Owner, Quota};

/// A filesystem as `/proc/mounts` tells it: what serves it, where, and whether it can be written to.
pub(super) struct Told<'a> {
    pub(super) source: &'a str,
    pub(super) place: &'a str,
    pub(super) read_only: bool,
}

/// A folder that is read and never written.
pub(super) fn mount(mounts: &[Told<'_>], clock: Clock) -> Result<Mount, ImportError> {
    let files = MemoryFs::new(Quota::default(), clock);
    let version = concat!("Tollgate version ", env!("CARGO_PKG_VERSION"), "\n");
    files.apply([
        file("/mounts", table(mounts)),
        file("/version", version.to_owned()),
    ])?;
    Ok(Mount::memory(files).read_only(true))
}

fn table(mounts: &[Told<'_>]) -> String {
    let mut lines = String::new();
    for mount in mounts {
        let place = mount.place.replace('\\', "\\134").replace(' ', "\\040");
        let mode = if mount.read_only { "ro" } else { "rw" };
        let source = mount.source;
        // Writing to a string cannot fail.
        let _always_ok = writeln!(lines, "{source} {place} {source} {mode} 0 0");
    }
    lines
}

fn file(path: &str, text: String) -> Entry {
    Entry {
        path: path.to_owned(),
        kind: EntryKind::File(text.into_bytes()),
        mode: 0o444,
        owner: Owner::ROOT,
    }
}
