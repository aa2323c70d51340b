//! Files that an embedder names, beneath a folder that it gave the handle of: opened once, and read from what was opened.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use rustix::fs::OFlags;

/// Why a file was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// The system says no, or there is none.
    Failed(ErrorKind),
    /// A folder, a pipe, a device.
    NoFile,
    /// It has more bytes than may be read; so many, as far as that is known.
    TooLong(u64),
}

/// At most `most` bytes of the file at `path`. Links are followed within the folder, and none leads out of it.
pub(crate) fn read(dir: &Dir, path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
    let failed = |error: std::io::Error| ReadError::Failed(error.kind());
    let mut options = OpenOptions::new();
    // A pipe is not waited for; what was opened is looked at, and not what the name stood for before.
    options
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    let file = dir.open_with(path, &options).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(ReadError::NoFile);
    }
    if metadata.len() > most {
        return Err(ReadError::TooLong(metadata.len()));
    }
    let mut bytes = Vec::new();
    let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(failed)?;
    match u64::try_from(bytes.len()) {
        // It grew meanwhile.
        Ok(length) if length > most => Err(ReadError::TooLong(length)),
        Ok(_) => Ok(bytes),
        Err(_) => Err(ReadError::TooLong(u64::MAX)),
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the bans are about the host; a test lays out the files that are read"
)]
mod tests {
    use cap_std::ambient_authority;

    use super::*;

    #[test]
    fn what_is_read_lies_beneath_the_folder_and_is_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(folder.path().join("secret"), "outside").unwrap();
        std::fs::write(inner.join("file"), "12345").unwrap();
        std::os::unix::fs::symlink("file", inner.join("link")).unwrap();
        std::os::unix::fs::symlink("../secret", inner.join("out")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, inner.join("pipe"), 0o600.into()).unwrap();
        let dir = Dir::open_ambient_dir(&inner, ambient_authority()).unwrap();
        let read = |name: &str, most| read(&dir, Path::new(name), most);
        assert_eq!(read("file", 5).unwrap(), b"12345");
        assert_eq!(read("link", 5).unwrap(), b"12345");
        assert_eq!(read("file", 4), Err(ReadError::TooLong(5)));
        assert_eq!(read("pipe", 5), Err(ReadError::NoFile));
        assert_eq!(read(".", 5), Err(ReadError::NoFile));
        assert!(matches!(read("out", 9), Err(ReadError::Failed(_))));
        assert!(matches!(read("../secret", 9), Err(ReadError::Failed(_))));
        assert_eq!(read("none", 5), Err(ReadError::Failed(ErrorKind::NotFound)));
    }
}
