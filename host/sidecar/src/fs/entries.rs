//! Entries of a filesystem as clients send and read them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tollgate_protocol::types::{
    RootFilesystemEntry, RootFilesystemEntryEncoding as Encoding, RootFilesystemEntryKind as Kind,
};
use tollgate_vfs::{Entry, EntryKind, ExportError, FsError, ImportError, ImportErrorKind, Owner};

use super::errno;
use super::path::normalise;
use crate::Rejection;
use tollgate_protocol::RefusalCode;

/// Permission bits, without those that say what kind of file it is.
const MODE_BITS: u32 = 0o7777;
const EXECUTABLE_BITS: u32 = 0o111;

pub(super) const FILE_TYPE: u32 = 0o100_000;
pub(super) const DIRECTORY_TYPE: u32 = 0o040_000;
pub(super) const SYMLINK_TYPE: u32 = 0o120_000;

/// An entry as the filesystem takes it, under a normal path.
pub(super) fn read(entry: RootFilesystemEntry) -> Result<Entry, Rejection> {
    let path = normalise(&entry.path).map_err(|error| errno::kernel(error, "open", &entry.path))?;
    let mode = mode(&entry) & MODE_BITS;
    let owner = Owner {
        uid: entry.uid.unwrap_or(0),
        gid: entry.gid.unwrap_or(0),
    };
    let kind = match entry.kind {
        Kind::Directory => EntryKind::Directory,
        Kind::File => {
            let content = entry.content.unwrap_or_default();
            EntryKind::File(decode(content, entry.encoding, &entry.path)?)
        }
        Kind::Symlink => EntryKind::Symlink(entry.target.ok_or_else(|| no_target(&entry.path))?),
    };
    Ok(Entry {
        path,
        kind,
        mode,
        owner,
    })
}

/// The mode that an entry says, or what is usual for its kind.
pub(super) fn mode(entry: &RootFilesystemEntry) -> u32 {
    entry.mode.unwrap_or(match entry.kind {
        Kind::File if entry.executable => 0o755,
        Kind::File => 0o644,
        Kind::Directory => 0o755,
        Kind::Symlink => 0o777,
    })
}

/// Bytes of a text in the encoding that is said of it.
pub(super) fn decode(
    content: String,
    encoding: Option<Encoding>,
    path: &str,
) -> Result<Vec<u8>, Rejection> {
    match encoding.unwrap_or(Encoding::Utf8) {
        Encoding::Utf8 => Ok(content.into_bytes()),
        Encoding::Base64 => BASE64.decode(content).map_err(|error| {
            Rejection::state(format!(
                "invalid base64 guest filesystem content for {path}: {error}"
            ))
        }),
    }
}

/// Bytes as a text, which says what they are wherever they are UTF-8.
pub(super) fn encode(bytes: Vec<u8>) -> (String, Encoding) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, Encoding::Utf8),
        Err(other) => (BASE64.encode(other.as_bytes()), Encoding::Base64),
    }
}

/// Refuses an entry that contradicts itself: for a VM's configuration, where nothing is overlooked.
pub(super) fn check(entry: &RootFilesystemEntry) -> Result<(), Rejection> {
    let refused = |what: &str| {
        Err(Rejection::state(format!(
            "root filesystem entry `{}` {what}",
            entry.path
        )))
    };
    if !entry.path.starts_with('/') {
        return refused("must have an absolute path");
    }
    if entry.path.split('/').any(|name| name == "..") {
        return refused("must not have `..` in its path");
    }
    let has_content = entry.content.is_some() || entry.encoding.is_some();
    match entry.kind {
        Kind::File if entry.target.is_some() => refused("is a file and must have no target"),
        Kind::Directory if has_content || entry.target.is_some() => {
            refused("is a directory and must have neither content nor target")
        }
        Kind::Symlink if entry.target.as_deref().is_none_or(str::is_empty) => {
            refused("is a symlink and must have a target")
        }
        Kind::Symlink if has_content => refused("is a symlink and must have no content"),
        Kind::File | Kind::Directory | Kind::Symlink => Ok(()),
    }
}

/// An entry as a client reads it, its mode with the bits of its kind.
pub(super) fn written(entry: Entry) -> RootFilesystemEntry {
    let mode = entry.mode & MODE_BITS;
    let mut written = RootFilesystemEntry {
        path: entry.path,
        kind: Kind::File,
        mode: Some(mode),
        uid: Some(entry.owner.uid),
        gid: Some(entry.owner.gid),
        content: None,
        encoding: None,
        target: None,
        executable: false,
    };
    match entry.kind {
        EntryKind::File(bytes) => {
            let (content, encoding) = encode(bytes);
            written.mode = Some(FILE_TYPE | mode);
            written.content = Some(content);
            written.encoding = Some(encoding);
            written.executable = mode & EXECUTABLE_BITS != 0;
        }
        EntryKind::Directory => {
            written.kind = Kind::Directory;
            written.mode = Some(DIRECTORY_TYPE | mode);
        }
        EntryKind::Symlink(target) => {
            written.kind = Kind::Symlink;
            written.mode = Some(SYMLINK_TYPE | mode);
            written.target = Some(target);
        }
    }
    written
}

/// An entry that was put into what is there already.
pub(super) fn not_applied(error: &ImportError) -> Rejection {
    match error.kind {
        ImportErrorKind::Filesystem(why) => errno::kernel(why, "open", &error.path),
        ImportErrorKind::TooLong => errno::kernel(FsError::NameTooLong, "open", &error.path),
        ImportErrorKind::Relative
        | ImportErrorKind::Parent
        | ImportErrorKind::Nul
        | ImportErrorKind::Root
        | ImportErrorKind::Target
        | ImportErrorKind::Mode
        | ImportErrorKind::Duplicate => Rejection::state(error.to_string()),
    }
}

/// A list of entries that makes no tree, or more of one than there may be.
pub(super) fn not_imported(error: &ImportError) -> Rejection {
    Rejection::state(format!("invalid filesystem snapshot: {error}"))
}

/// A tree that cannot be told as a list.
pub(super) fn not_exported(error: &ExportError) -> Rejection {
    match error {
        ExportError::Bytes { .. } => Rejection::new(RefusalCode::FrameTooLarge, error.to_string()),
        ExportError::Entries { .. } => errno::kernel(FsError::InsufficientSpace, "snapshot", "/"),
        ExportError::PathTooLong { .. } => errno::kernel(FsError::NameTooLong, "snapshot", "/"),
        ExportError::Special { .. } => errno::kernel(FsError::Unsupported, "snapshot", "/"),
        ExportError::Read(why) => errno::kernel(*why, "snapshot", "/"),
    }
}

fn no_target(path: &str) -> Rejection {
    Rejection::state(format!(
        "root filesystem bootstrap for symlink {path} requires a target"
    ))
}
