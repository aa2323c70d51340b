//! How much a VM's filesystem may come to.

use tollgate::vfs::Quota;
use tollgate_policy::{LimitRow, Unit};

use super::bridge;

/// Filesystems that a VM has beside its root and those of its own.
pub const MAX_MOUNTS: usize = 256;

/// Layers that a VM has, beside those of its root.
pub const MAX_LAYERS: usize = tollgate::vfs::MAX_LAYERS;

/// Numbers of this module that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "vm-mounts",
        Unit::Count,
        MAX_MOUNTS as u64,
        "Filesystems that a client mounts in one VM.",
        "each tree of a program has all of them",
    ),
    LimitRow::fixed(
        "vm-layers",
        Unit::Count,
        MAX_LAYERS as u64,
        "Layers that a client makes in one VM.",
        "what other sidecars allow",
    ),
    LimitRow::fixed(
        "bridge-waits-per-vm",
        Unit::Count,
        bridge::MOST_VM_WAITS as u64,
        "Guests of one VM that wait for files that its client serves; beyond them EAGAIN.",
        "each keeps a thread",
    ),
    LimitRow::fixed(
        "bridge-waits",
        Unit::Count,
        bridge::MOST_WAITS as u64,
        "The same, of one sidecar.",
        "each keeps a thread",
    ),
    LimitRow::fixed(
        "bridge-transfer-bytes",
        Unit::Bytes,
        bridge::TRANSFER_BYTES as u64,
        "Bytes of content in one question to a client that serves files, or in its answer.",
        "as text they fit a frame several times over",
    ),
    LimitRow::fixed(
        "bridge-patience",
        Unit::Time,
        bridge::PATIENCE_MS,
        "How long a client that serves files is waited for, where its mount does not say less; then EIO.",
        "what other sidecars wait",
    ),
];

/// How much a VM's filesystem may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FsLimits {
    /// Bytes of contents and link targets; beyond them `ENOSPC`.
    pub filesystem_bytes: u64,
    /// Files, folders and links; beyond them `ENOSPC`.
    pub inodes: u64,
    /// Bytes that one `PREAD` asks for; beyond them `EINVAL`.
    pub pread_bytes: u64,
    /// Names of one listing; beyond them `ENOMEM`.
    pub readdir_entries: u64,
    /// Bytes of content, as they are sent, of one answer; beyond them `frame_too_large`. The sidecar's cap of a frame, or a
    /// little less.
    pub answer_bytes: u64,
}

impl Default for FsLimits {
    /// 64 MiB, 16,384 inodes, 64 MiB, 4,096 names, 16 MiB.
    fn default() -> Self {
        Self {
            filesystem_bytes: 64 << 20,
            inodes: 16_384,
            pread_bytes: 64 << 20,
            readdir_entries: 4_096,
            answer_bytes: 16 << 20,
        }
    }
}

impl FsLimits {
    /// What one memory filesystem holds. Names are counted too, because marks that hide a layer's name are no files.
    pub(super) fn quota(&self) -> Quota {
        Quota {
            bytes: self.filesystem_bytes,
            inodes: self.inodes,
            entries: self.inodes.saturating_mul(2),
        }
    }
}
