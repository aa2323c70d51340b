//! From the host's error numbers to ours.

use rustix::io::Errno;

use crate::FsError;

/// The case for an error number. Error numbers are an open set of the kernel's, which is why this ends
/// in a default: whatever has no word in `wasi:filesystem` is an input or output error.
pub(super) fn from_errno(errno: Errno) -> FsError {
    MAP.iter()
        .find(|(known, _)| *known == errno)
        .map_or(FsError::Io, |(_, error)| *error)
}

const MAP: &[(Errno, FsError)] = &[
    (Errno::NOENT, FsError::NoEntry),
    (Errno::NOTDIR, FsError::NotDirectory),
    (Errno::ISDIR, FsError::IsDirectory),
    (Errno::EXIST, FsError::Exist),
    (Errno::ACCESS, FsError::Access),
    (Errno::PERM, FsError::NotPermitted),
    (Errno::NOTEMPTY, FsError::NotEmpty),
    (Errno::LOOP, FsError::Loop),
    (Errno::NAMETOOLONG, FsError::NameTooLong),
    (Errno::ROFS, FsError::ReadOnly),
    (Errno::NOSPC, FsError::InsufficientSpace),
    (Errno::DQUOT, FsError::Quota),
    (Errno::XDEV, FsError::CrossDevice),
    (Errno::INVAL, FsError::Invalid),
    (Errno::BADF, FsError::BadDescriptor),
    (Errno::BUSY, FsError::Busy),
    (Errno::AGAIN, FsError::WouldBlock),
    (Errno::ALREADY, FsError::Already),
    (Errno::DEADLK, FsError::Deadlock),
    (Errno::FBIG, FsError::FileTooLarge),
    (Errno::ILSEQ, FsError::IllegalByteSequence),
    (Errno::INPROGRESS, FsError::InProgress),
    (Errno::INTR, FsError::Interrupted),
    (Errno::IO, FsError::Io),
    (Errno::MLINK, FsError::TooManyLinks),
    (Errno::MSGSIZE, FsError::MessageSize),
    (Errno::NODEV, FsError::NoDevice),
    (Errno::NOLCK, FsError::NoLock),
    (Errno::NOMEM, FsError::InsufficientMemory),
    // The host process ran out of descriptors: its trouble, not a quota of this guest's.
    (Errno::MFILE, FsError::InsufficientMemory),
    (Errno::NFILE, FsError::InsufficientMemory),
    (Errno::NOTRECOVERABLE, FsError::NotRecoverable),
    (Errno::OPNOTSUPP, FsError::Unsupported),
    (Errno::NOSYS, FsError::Unsupported),
    (Errno::NOTTY, FsError::NoTty),
    (Errno::NXIO, FsError::NoSuchDevice),
    (Errno::OVERFLOW, FsError::Overflow),
    (Errno::PIPE, FsError::Pipe),
    (Errno::SPIPE, FsError::InvalidSeek),
    (Errno::TXTBSY, FsError::TextFileBusy),
];
