//! A folder of the command's own, for the time of one piece of work.

use std::fs::{DirBuilder, File};
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// The folder, which goes with all that is in it when this is dropped.
pub(crate) struct Work(PathBuf);

impl Work {
    /// Makes one that is its user's alone, under a name that nobody can guess and put something in the way of.
    pub(crate) fn new() -> Result<Self, Failure> {
        let mut name = [0_u8; 16];
        getrandom::fill(&mut name)
            .map_err(|error| Failure::Host(format!("no entropy for a folder's name: {error}")))?;
        let name = format!("tollgate-{:032x}", u128::from_be_bytes(name));
        let path = std::env::temp_dir().join(name);
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|cause| failed(&path, cause))?;
        Ok(Self(path))
    }

    /// Where something of a name lies in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Makes a folder in it.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.path(name);
        std::fs::create_dir_all(&path).map_err(|cause| failed(&path, cause))?;
        Ok(path)
    }

    /// Writes a file, with the folders on its way.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(folder)
            .and_then(|()| File::create_new(&path)?.write_all(content))
            .map_err(|cause| failed(&path, cause))?;
        Ok(path)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // A tool that was killed a moment ago may have left a file behind it; the second time it has not.
        if std::fs::remove_dir_all(&self.0).is_err() {
            let _left = std::fs::remove_dir_all(&self.0);
        }
    }
}

fn failed(path: &Path, cause: std::io::Error) -> Failure {
    Failure::Write {
        what: path.display().to_string(),
        cause,
    }
}
