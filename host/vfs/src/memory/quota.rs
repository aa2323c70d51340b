//! How much a memory filesystem may hold.

/// How much a memory filesystem may hold. Beyond it, operations give [`crate::FsError::InsufficientSpace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of content, in blocks of 512 that are really there (holes are free), and of link targets.
    pub bytes: u64,
    /// Files, directories and links that exist, as far as they are not just seen in a layer below.
    pub inodes: u64,
    /// Names in all directories together, and marks that hide a layer's name.
    pub entries: u64,
}

impl Default for Quota {
    /// 64 MiB, 65,536 inodes, 131,072 names: with full-length names about 130 MiB of host memory.
    fn default() -> Self {
        Self {
            bytes: 64 * 1024 * 1024,
            inodes: 65_536,
            entries: 131_072,
        }
    }
}

/// How much a memory filesystem holds; the units are those of [`Quota`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of content and link targets.
    pub bytes: u64,
    /// Files, directories and links.
    pub inodes: u64,
    /// Names.
    pub entries: u64,
}
