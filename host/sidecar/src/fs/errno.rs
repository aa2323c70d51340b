//! How the errors of files are said to clients: in the words of Node, which begin with an errno.

use tollgate_vfs::FsError;

use crate::Rejection;

macro_rules! errnos {
    ($($case:ident = $errno:literal $text:literal,)*) => {
        /// The errno, and what Node says of it.
        pub(super) const fn words(error: FsError) -> (&'static str, &'static str) {
            match error { $(FsError::$case => ($errno, $text),)* }
        }
    };
}

errnos! {
    Access = "EACCES" "permission denied",
    WouldBlock = "EAGAIN" "resource temporarily unavailable",
    Already = "EALREADY" "connection already in progress",
    BadDescriptor = "EBADF" "bad file descriptor",
    Busy = "EBUSY" "resource busy or locked",
    Deadlock = "EDEADLK" "resource deadlock would occur",
    Quota = "ENFILE" "file table overflow",
    Exist = "EEXIST" "file already exists",
    FileTooLarge = "EFBIG" "file too large",
    IllegalByteSequence = "EILSEQ" "illegal byte sequence",
    InProgress = "EINPROGRESS" "operation in progress",
    Interrupted = "EINTR" "interrupted system call",
    Invalid = "EINVAL" "invalid argument",
    Io = "EIO" "i/o error",
    IsDirectory = "EISDIR" "illegal operation on a directory",
    Loop = "ELOOP" "too many symbolic links encountered",
    TooManyLinks = "EMLINK" "too many links",
    MessageSize = "EMSGSIZE" "message too long",
    NameTooLong = "ENAMETOOLONG" "name too long",
    NoDevice = "ENODEV" "no such device",
    NoEntry = "ENOENT" "no such file or directory",
    NoLock = "ENOLCK" "no locks available",
    InsufficientMemory = "ENOMEM" "not enough memory",
    InsufficientSpace = "ENOSPC" "no space left on device",
    NotDirectory = "ENOTDIR" "not a directory",
    NotEmpty = "ENOTEMPTY" "directory not empty",
    NotRecoverable = "ENOTRECOVERABLE" "state not recoverable",
    Unsupported = "ENOTSUP" "operation not supported",
    NoTty = "ENOTTY" "inappropriate ioctl for device",
    NoSuchDevice = "ENXIO" "no such device or address",
    Overflow = "EOVERFLOW" "value too large for defined data type",
    NotPermitted = "EPERM" "operation not permitted",
    Pipe = "EPIPE" "broken pipe",
    ReadOnly = "EROFS" "read-only file system",
    InvalidSeek = "ESPIPE" "invalid seek",
    TextFileBusy = "ETXTBSY" "text file is busy",
    CrossDevice = "EXDEV" "cross-device link not permitted",
}

/// What the files of a VM say no to.
pub(super) fn kernel(error: FsError, call: &str, path: &str) -> Rejection {
    let (errno, text) = words(error);
    Rejection::kernel(errno, format_args!("{text}, {call} '{path}'"))
}

/// What serves a mount says no to.
pub(super) fn plugin(error: FsError, what: &str) -> Rejection {
    let (errno, text) = words(error);
    Rejection::plugin(errno, format_args!("{text}, {what}"))
}
