//! What can go wrong, in the words of `wasi:filesystem`.

use thiserror::Error;

/// Why a filesystem operation failed: one case per case of `wasi:filesystem`'s `error-code`.
///
/// The cases carry nothing, because a guest reads them: no host path, no inode number and no text of
/// the host's can leak through one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum FsError {
    /// `EACCES`: the host's permissions forbid it, or the permit was for another operation.
    #[error("permission denied")]
    Access,
    /// `EAGAIN`: what was looked up kept changing under our hands; a retry may succeed.
    #[error("resource unavailable at the moment")]
    WouldBlock,
    /// `EALREADY`.
    #[error("operation already in progress")]
    Already,
    /// `EBADF`: the handle was not opened for this.
    #[error("handle not open for this operation")]
    BadDescriptor,
    /// `EBUSY`: a mount point, or the directory that the path was resolved against.
    #[error("resource busy")]
    Busy,
    /// `EDEADLK`.
    #[error("deadlock would occur")]
    Deadlock,
    /// `EDQUOT`: too many open handles (the interface has no `EMFILE`), or the host's own disk quota.
    #[error("quota exceeded")]
    Quota,
    /// `EEXIST`.
    #[error("already exists")]
    Exist,
    /// `EFBIG`: beyond 2^63 − 1 bytes, or the host's own maximum.
    #[error("file too large")]
    FileTooLarge,
    /// `EILSEQ`: a name or link target on the host is not UTF-8.
    #[error("illegal byte sequence")]
    IllegalByteSequence,
    /// `EINPROGRESS`.
    #[error("operation in progress")]
    InProgress,
    /// `EINTR`.
    #[error("interrupted")]
    Interrupted,
    /// `EINVAL`.
    #[error("invalid argument")]
    Invalid,
    /// `EIO`.
    #[error("input or output error")]
    Io,
    /// `EISDIR`.
    #[error("is a directory")]
    IsDirectory,
    /// `ELOOP`: more than forty links, or a name that became a link after it was resolved.
    #[error("too many levels of symbolic links")]
    Loop,
    /// `EMLINK`.
    #[error("too many links")]
    TooManyLinks,
    /// `EMSGSIZE`.
    #[error("message too large")]
    MessageSize,
    /// `ENAMETOOLONG`.
    #[error("name too long")]
    NameTooLong,
    /// `ENODEV`.
    #[error("no such device")]
    NoDevice,
    /// `ENOENT`.
    #[error("no such file or directory")]
    NoEntry,
    /// `ENOLCK`.
    #[error("no locks available")]
    NoLock,
    /// `ENOMEM`, and the host's own want of descriptors.
    #[error("not enough memory")]
    InsufficientMemory,
    /// `ENOSPC`: the disk, or the quota of a memory filesystem, is full.
    #[error("no space left")]
    InsufficientSpace,
    /// `ENOTDIR`.
    #[error("not a directory")]
    NotDirectory,
    /// `ENOTEMPTY`.
    #[error("directory not empty")]
    NotEmpty,
    /// `ENOTRECOVERABLE`.
    #[error("state not recoverable")]
    NotRecoverable,
    /// `ENOTSUP`.
    #[error("not supported")]
    Unsupported,
    /// `ENOTTY`.
    #[error("inappropriate control operation")]
    NoTty,
    /// `ENXIO`: a pipe, socket or device, which are never opened.
    #[error("no such device or address")]
    NoSuchDevice,
    /// `EOVERFLOW`: a time or size that the type can't hold.
    #[error("value too large")]
    Overflow,
    /// `EPERM`: outside of the directory, or an operation that no file of this kind allows.
    #[error("operation not permitted")]
    NotPermitted,
    /// `EPIPE`.
    #[error("broken pipe")]
    Pipe,
    /// `EROFS`.
    #[error("read-only filesystem")]
    ReadOnly,
    /// `ESPIPE`.
    #[error("invalid seek")]
    InvalidSeek,
    /// `ETXTBSY`.
    #[error("text file busy")]
    TextFileBusy,
    /// `EXDEV`: the two ends lie in different mounts.
    #[error("cross-device link")]
    CrossDevice,
}

/// Why a mount was refused while a tree was built. Read by operators, never by guests.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MountError {
    /// The host directory lies on a filesystem of the kernel's own.
    #[error(
        "the host directory for the mount is a kernel filesystem ({kind}); mount a plain directory, or force it"
    )]
    KernelFilesystem {
        /// The filesystem's name, such as `proc`.
        kind: &'static str,
    },
    /// The capability that was handed over could not be examined.
    #[error("cannot examine the host directory for the mount: {0}")]
    Host(FsError),
    /// The guest path can't be a place below `/`.
    #[error("guest path `{path}` is no place below `/`: {reason}")]
    GuestPath {
        /// The path as given.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two mounts want the same place.
    #[error("guest path `{path}` is mounted twice; give each mount a place of its own")]
    Duplicate {
        /// The place, in canonical form.
        path: String,
    },
    /// The upper layer of an overlay is itself frozen as a lower layer, or already has lower layers.
    #[error(
        "the upper layer of an overlay must be a fresh memory filesystem that is not a layer itself"
    )]
    UpperInUse,
    /// More layers than one overlay may have, or more overlays one below the other.
    #[error(
        "too many layers; an overlay has 256 at most, and 32 of them may lie one below the other"
    )]
    TooManyLayers,
    /// A lower layer could not be read.
    #[error("cannot read a lower layer: {0}")]
    Lower(FsError),
}
