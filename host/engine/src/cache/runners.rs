//! Runners: components that run programs in the source of a language, too large to come with the host, and built on the
//! machine.
//!
//! A runner lies beside a pointer, which is named by what the runner was made from and says its digest. Whoever may write
//! either may choose what runs in place of a language, so the folder is held to what the cache of compiled components is
//! held to. What was compiled from a runner is found by the pointer's digest, and the runner itself, of tens of megabytes,
//! is then neither read nor digested.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::folder::{CacheError, Folder, at, touch};
use crate::digest::Digest;
use crate::source::MAX_SOURCE_BYTES;

/// The most bytes of a pointer.
const MAX_POINTER_BYTES: u64 = 4 << 10;

/// A folder of runners.
#[derive(Clone)]
pub struct Runners(Arc<Folder>);

impl std::fmt::Debug for Runners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runners").finish_non_exhaustive()
    }
}

/// What a pointer says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pointer {
    /// `sha256:…`
    component: String,
}

/// A runner, by its pointer.
#[derive(Debug, Clone)]
pub struct Runner {
    runners: Runners,
    stem: String,
    digest: Digest,
}

impl Runners {
    /// Opens the folder of runners, if there is one.
    ///
    /// # Errors
    ///
    /// The folder is not this user's alone, or the system refuses.
    pub fn open(folder: &Path) -> Result<Option<Self>, CacheError> {
        let folder = Folder::existing(folder, "cache of runners")?;
        Ok(folder.map(|folder| Self(Arc::new(folder))))
    }

    /// The runner of a language that was made from `inputs`, if there is one.
    ///
    /// # Errors
    ///
    /// The pointer is not this user's alone, or the system refuses.
    pub fn find(&self, language: &str, inputs: &str) -> Result<Option<Runner>, CacheError> {
        let stem = format!("{language}-{inputs}");
        let Some((file, _)) = self.0.file(&format!("{stem}.json"))? else {
            return Ok(None);
        };
        let mut text = Vec::new();
        (&file)
            .take(MAX_POINTER_BYTES)
            .read_to_end(&mut text)
            .map_err(at("read a file"))?;
        // Its time is that of the last use: whoever makes another runner drops those that nobody used for longest.
        touch(&file);
        let pointer: Option<Pointer> = serde_json::from_slice(&text).ok();
        let digest = pointer.and_then(|pointer| Digest::parse(&pointer.component));
        Ok(digest.map(|digest| Runner {
            runners: self.clone(),
            stem,
            digest,
        }))
    }
}

impl Runner {
    /// The digest of its binary, as its pointer says.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its binary; none where it is gone, or is another than its pointer says.
    ///
    /// # Errors
    ///
    /// The file is not this user's alone, or the system refuses.
    pub fn read(&self) -> Result<Option<Vec<u8>>, CacheError> {
        let Some((file, _)) = self.runners.0.file(&format!("{}.wasm", self.stem))? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.take(MAX_SOURCE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(at("read a file"))?;
        Ok((Digest::of(&bytes) == self.digest).then_some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            let place = Self(tempfile::tempdir().unwrap());
            place.mode(place.0.path().to_owned(), 0o700);
            place
        }

        fn mode(&self, path: PathBuf, mode: u32) {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }

        fn write(&self, name: &str, content: &[u8]) {
            fs::write(self.0.path().join(name), content).unwrap();
            self.mode(self.0.path().join(name), 0o600);
        }

        fn find(&self) -> Result<Option<Runner>, CacheError> {
            Runners::open(self.0.path())
                .unwrap()
                .unwrap()
                .find("python", "abc")
        }

        fn pointer(&self, content: &[u8]) {
            let text = format!(r#"{{"component": "{}"}}"#, Digest::of(content));
            self.write("python-abc.json", text.as_bytes());
        }
    }

    #[test]
    fn a_runner_is_found_by_what_it_was_made_from() {
        let place = Place::new();
        assert!(place.find().unwrap().is_none());
        place.pointer(b"wasm");
        place.write("python-abc.wasm", b"wasm");
        let runner = place.find().unwrap().unwrap();
        assert_eq!(runner.digest(), Digest::of(b"wasm"));
        assert_eq!(runner.read().unwrap().as_deref(), Some(&b"wasm"[..]));
        assert!(
            Runners::open(&place.0.path().join("gone"))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn a_runner_that_is_used_is_not_the_oldest() {
        let place = Place::new();
        place.pointer(b"wasm");
        let pointer = place.0.path().join("python-abc.json");
        let changed = || fs::metadata(&pointer).unwrap().modified().unwrap();
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1000);
        let file = fs::File::options().write(true).open(&pointer).unwrap();
        file.set_modified(long_ago).unwrap();
        assert_eq!(changed(), long_ago);
        assert!(place.find().unwrap().is_some());
        assert!(changed() > long_ago);
    }

    #[test]
    fn what_is_not_what_its_pointer_says_is_none() {
        let place = Place::new();
        place.pointer(b"wasm");
        assert!(place.find().unwrap().unwrap().read().unwrap().is_none());
        place.write("python-abc.wasm", b"other");
        assert!(place.find().unwrap().unwrap().read().unwrap().is_none());
        for text in [
            "",
            "{}",
            r#"{"component": "sha256:12"}"#,
            r#"{"component": "sha256:é"}"#,
        ] {
            place.write("python-abc.json", text.as_bytes());
            assert!(place.find().unwrap().is_none(), "{text}");
        }
    }

    #[test]
    fn what_others_may_write_is_not_trusted() {
        let place = Place::new();
        place.pointer(b"wasm");
        place.mode(place.0.path().join("python-abc.json"), 0o622);
        assert!(matches!(place.find(), Err(CacheError::Mode { .. })));
        fs::remove_file(place.0.path().join("python-abc.json")).unwrap();
        place.write("elsewhere", b"{}");
        std::os::unix::fs::symlink("elsewhere", place.0.path().join("python-abc.json")).unwrap();
        assert!(matches!(place.find(), Err(CacheError::Linked)));
        place.mode(place.0.path().to_owned(), 0o755);
        assert!(matches!(
            Runners::open(place.0.path()),
            Err(CacheError::Mode { .. })
        ));
    }
}
