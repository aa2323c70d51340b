//! One file of a program, read to its end.

use std::io::Read as _;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use rustix::fs::OFlags;

/// Why a file cannot be read. Nothing of the host is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// It has more bytes than may be read.
    #[error("the file is too long")]
    TooLong,
    /// A link leads out of the folder.
    #[error("a link leads out of the program's folder")]
    Outside,
    /// No permit is being used.
    #[error("nobody has decided about this")]
    Closed,
    /// The operating system says no.
    #[error("the file cannot be read")]
    Failed,
}

/// At most `max` bytes of the file at `path`, which was a file when it was looked at.
pub(super) fn read(dir: &Dir, path: &str, max: usize) -> Result<Vec<u8>, ReadError> {
    // What became a pipe since is not waited for, and the kind is looked at again on what was opened.
    let mut options = OpenOptions::new();
    options
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    let file = dir
        .open_with(path, &options)
        .map_err(|_cause| ReadError::Failed)?;
    let metadata = file.metadata().map_err(|_cause| ReadError::Failed)?;
    if !metadata.is_file() {
        return Err(ReadError::Missing);
    }
    let limit = u64::try_from(max).unwrap_or(u64::MAX);
    if metadata.len() > limit {
        return Err(ReadError::TooLong);
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|_cause| ReadError::Failed)?;
    if bytes.len() > max {
        return Err(ReadError::TooLong);
    }
    Ok(bytes)
}
