//! What clients are told of a file.

use tollgate_protocol::types::GuestFilesystemStat;
use tollgate_vfs::{Examined, FileKind, Timestamp};

use super::entries::{DIRECTORY_TYPE, FILE_TYPE, SYMLINK_TYPE};

/// What a folder is said to have, whatever lies in it.
const DIRECTORY_BYTES: u64 = 4_096;
const BLOCK_BYTES: u64 = 512;
/// Numbers that also those hold who have no other than floating ones.
const EXACT: u64 = (1 << 53) - 1;

pub(super) fn told(found: &Examined, rdev: u64) -> GuestFilesystemStat {
    let stat = &found.stat;
    let is_directory = stat.kind == FileKind::Directory;
    let size = if is_directory {
        DIRECTORY_BYTES
    } else {
        stat.size
    };
    let changed = milliseconds(stat.changed);
    let modified = milliseconds(stat.modified);
    GuestFilesystemStat {
        mode: type_bits(stat.kind) | stat.mode,
        size,
        blocks: size.div_ceil(BLOCK_BYTES),
        dev: found.filesystem & EXACT,
        rdev,
        is_directory,
        is_symbolic_link: stat.kind == FileKind::Symlink,
        atime_ms: milliseconds(stat.accessed),
        mtime_ms: modified,
        ctime_ms: changed,
        birthtime_ms: modified.min(changed),
        ino: found.object.lower & EXACT,
        nlink: if is_directory {
            stat.links.max(2)
        } else {
            stat.links
        },
        uid: stat.owner.uid,
        gid: stat.owner.gid,
    }
}

fn type_bits(kind: FileKind) -> u32 {
    match kind {
        FileKind::File => FILE_TYPE,
        FileKind::Directory => DIRECTORY_TYPE,
        FileKind::Symlink => SYMLINK_TYPE,
        FileKind::Fifo => 0o010_000,
        FileKind::Socket => 0o140_000,
        FileKind::BlockDevice => 0o060_000,
        FileKind::CharacterDevice => 0o020_000,
        FileKind::Unknown => 0,
    }
}

/// Since 1970; a time before that, and one that is not known, is that.
fn milliseconds(time: Option<Timestamp>) -> u64 {
    let Some(Timestamp { seconds, nanos }) = time else {
        return 0;
    };
    let seconds = u64::try_from(seconds).unwrap_or(0);
    seconds
        .saturating_mul(1_000)
        .saturating_add(u64::from(nanos / 1_000_000))
}

/// A time that a client sets.
pub(super) fn timestamp(milliseconds: u64) -> Timestamp {
    let seconds = i64::try_from(milliseconds / 1_000).unwrap_or(i64::MAX);
    let nanos = u32::try_from(milliseconds % 1_000).unwrap_or(0) * 1_000_000;
    Timestamp { seconds, nanos }
}
