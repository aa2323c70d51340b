//! Finding, keeping and dropping artifacts.

use std::fs::File;
use std::hash::{Hash as _, Hasher};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wasmtime::component::Component;

use super::DEFAULT_CACHE_BYTES;
use super::artifact;
use super::entry::{Entry, Fault};
use super::folder::{CacheError, Folder, at, touch};
use crate::code::{MOST_CODE, Pack};
use crate::digest::Digest;
use crate::merge;

const ARTIFACT: &str = ".cwasm";
/// The code of a program in source, which is bytes for its runtime and never mapped.
const CODE: &str = ".code";
/// What is kept: of each, the file about it is beside it.
const KEPT: [&str; 2] = [ARTIFACT, CODE];
/// What stands for the profile of code.
const CODE_PROFILE: &str = "bytecode";
const ABOUT: &str = ".json";
/// Begins the name of a file that is being written. One that is left over was cut off by a crash.
const UNFINISHED: &str = "unfinished-";
/// The most bytes of the file about an artifact.
const MAX_ABOUT_BYTES: u64 = 64 << 10;
/// Bytes of the hash that ends a pack of code.
const SEAL: usize = 32;

/// A folder of compiled components, and of the code of programs in source. Cheap to open; safe to share between processes of one user.
#[derive(Clone)]
pub struct Cache {
    folder: Arc<Folder>,
    limit: u64,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// Names an artifact by everything that it depends on.
#[derive(Clone)]
pub(crate) struct Key(String);

/// The key of what a name is kept under.
fn key_of(name: &str) -> Option<&str> {
    KEPT.iter().find_map(|suffix| name.strip_suffix(suffix))
}

impl Key {
    pub(crate) fn new(engine: &wasmtime::Engine, profile: &str, source: Digest) -> Self {
        let mut compatibility = Sha256Hasher(Sha256::new());
        engine
            .precompile_compatibility_hash()
            .hash(&mut compatibility);
        let mut hash = Sha256::new();
        let version = env!("CARGO_PKG_VERSION");
        for part in [version, merge::REVISION, profile, &source.to_string()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update(compatibility.0.finalize());
        Self::of_hash(hash)
    }

    /// Names the code of the program that begins with the text `source` at `path`, which `runtime` made.
    pub(crate) fn of_code(runtime: Digest, path: &str, source: Digest) -> Self {
        let mut hash = Sha256::new();
        let (runtime, source) = (runtime.to_string(), source.to_string());
        let version = env!("CARGO_PKG_VERSION");
        for part in [version, CODE_PROFILE, &runtime, path, &source] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self::of_hash(hash)
    }

    fn of_hash(hash: Sha256) -> Self {
        Self(
            hash.finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// 64 digits.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// Feeds a std hash into SHA-256: sixty-four bits of std's would be few for telling apart what may be mapped.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        let mut first = [0; 8];
        first.copy_from_slice(digest.get(..8).unwrap_or(&[0; 8]));
        u64::from_le_bytes(first)
    }
}

impl Cache {
    /// Opens the cache in `folder`, making it if it is missing.
    ///
    /// # Errors
    ///
    /// The folder is not this user's alone, or the system refuses.
    pub fn open(folder: &Path) -> Result<Self, CacheError> {
        Ok(Self {
            folder: Arc::new(Folder::open(folder, "compiled-component cache")?),
            limit: DEFAULT_CACHE_BYTES,
        })
    }

    /// Keeps at most `bytes`.
    #[must_use]
    pub fn with_limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// The artifact under `key`, mapped, if it is there and fits the engine.
    pub(crate) fn get(&self, key: &Key, engine: &wasmtime::Engine) -> Option<Component> {
        let name = format!("{}{ARTIFACT}", key.0);
        let (file, _) = self.folder.file(&name).ok()??;
        let component = artifact::map(engine, &file).ok()?;
        touch(&file);
        Some(component)
    }

    /// The code under `key`, if it is there and whole.
    pub(crate) fn code(&self, key: &Key) -> Option<Pack> {
        let name = format!("{}{CODE}", key.0);
        let (file, stat) = self.folder.file(&name).ok()??;
        let length = usize::try_from(stat.st_size).ok()?;
        if length > MOST_CODE + SEAL {
            return None;
        }
        let mut bytes = Vec::with_capacity(length);
        (&file)
            .take(stat.st_size.cast_unsigned())
            .read_to_end(&mut bytes)
            .ok()?;
        let pack = Pack::read(bytes).ok()?;
        touch(&file);
        Some(pack)
    }

    /// Keeps the code of the program that begins with the text `source`, as [`Cache::put`] does an artifact.
    pub(crate) fn put_code(
        &self,
        key: &Key,
        source: Digest,
        code: &Pack,
        took: Duration,
    ) -> Result<(), CacheError> {
        let about = Entry {
            component: source.to_string(),
            profile: CODE_PROFILE.to_owned(),
            bytes: code.bytes().len() as u64,
            artifact: Digest::of(code.bytes()).to_string(),
            compile_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        };
        self.write_about(key, &about, false)?;
        // It says by itself whether it is whole: what a crash leaves of it is no code, and is made again.
        self.write(&format!("{}{CODE}", key.0), code.bytes(), false)?;
        self.shrink()
    }

    /// Keeps `artifact`, and drops what was not used for longest while there is too much.
    pub(crate) fn put(&self, key: &Key, artifact: &[u8], about: &Entry) -> Result<(), CacheError> {
        self.write_about(key, about, true)?;
        self.write(&format!("{}{ARTIFACT}", key.0), artifact, true)?;
        self.shrink()
    }

    fn write_about(&self, key: &Key, about: &Entry, lasting: bool) -> Result<(), CacheError> {
        let about = serde_json::to_vec(about)
            .map_err(|error| at("describe a file")(std::io::Error::other(error)))?;
        self.write(&format!("{}{ABOUT}", key.0), &about, lasting)
    }

    /// Writes a file under another name and gives it its name. A `lasting` one is carried to the disk before: a crash leaves
    /// the old file or the new one, and never a part of it, which would be mapped as code.
    fn write(&self, name: &str, bytes: &[u8], lasting: bool) -> Result<(), CacheError> {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random)
            .map_err(|error| at("name a file")(std::io::Error::other(error)))?;
        let unfinished = format!("{UNFINISHED}{:016x}", u64::from_le_bytes(random));
        let mut file = self.folder.create(&unfinished)?;
        let mut written = file.write_all(bytes);
        if lasting {
            written = written.and_then(|()| file.sync_all());
        }
        if let Err(error) = written {
            self.folder.remove(&unfinished)?;
            return Err(at("write a file")(error));
        }
        self.folder.rename(&unfinished, name)
    }

    /// Every artifact that is kept, the one used last first.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, CacheError> {
        let mut entries: Vec<(i64, Entry)> = Vec::new();
        for (key, used, _) in self.artifacts()? {
            if let Some(entry) = self.about(&key)? {
                entries.push((used, entry));
            }
        }
        entries.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    /// Holds every artifact against what is written about it. What is at fault is removed: it is made again when it is
    /// next wanted.
    ///
    /// # Errors
    ///
    /// The folder cannot be read or changed.
    pub fn verify(&self) -> Result<(Vec<Entry>, Vec<Fault>), CacheError> {
        let (mut good, mut faults) = (Vec::new(), Vec::new());
        for name in self.folder.names()? {
            let Some(key) = key_of(&name) else {
                continue;
            };
            match self.check(&name, key) {
                Ok(entry) => good.push(entry),
                Err(problem) => {
                    self.drop(key)?;
                    faults.push(Fault {
                        file: name,
                        problem,
                    });
                }
            }
        }
        // Looked at again, since an artifact that went has taken what was written about it along.
        for name in self.folder.names()? {
            let about = name.strip_suffix(ABOUT).is_some_and(|key| self.has(key));
            if !about && key_of(&name).is_none() {
                self.folder.remove(&name)?;
                faults.push(Fault {
                    file: name,
                    problem: "it belongs to no artifact".to_owned(),
                });
            }
        }
        Ok((good, faults))
    }

    /// Removes everything, and says how much that was: artifacts and their bytes.
    ///
    /// # Errors
    ///
    /// The folder cannot be read or changed.
    pub fn clear(&self) -> Result<(usize, u64), CacheError> {
        let artifacts = self.artifacts()?;
        for name in self.folder.names()? {
            self.folder.remove(&name)?;
        }
        Ok((
            artifacts.len(),
            artifacts.iter().map(|(_, _, bytes)| bytes).sum(),
        ))
    }

    fn has(&self, key: &str) -> bool {
        let kept = |suffix| matches!(self.folder.file(&format!("{key}{suffix}")), Ok(Some(_)));
        KEPT.into_iter().any(kept)
    }

    fn check(&self, name: &str, key: &str) -> Result<Entry, String> {
        let (mut file, _) = self
            .folder
            .file(name)
            .map_err(|error| error.to_string())?
            .ok_or("it vanished")?;
        let about = self
            .about(key)
            .map_err(|error| error.to_string())?
            .ok_or("nothing is known about it")?;
        let found = digest_of(&mut file).map_err(|error| error.to_string())?;
        if found == about.artifact {
            Ok(about)
        } else {
            Err(format!("its digest is {found}, not {}", about.artifact))
        }
    }

    fn about(&self, key: &str) -> Result<Option<Entry>, CacheError> {
        let Some((file, _)) = self.folder.file(&format!("{key}{ABOUT}"))? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.take(MAX_ABOUT_BYTES)
            .read_to_end(&mut bytes)
            .map_err(at("read a file"))?;
        Ok(serde_json::from_slice(&bytes).ok())
    }

    /// Key, time of the last use, and bytes of each artifact. A file that fails the checks is left for `verify`.
    fn artifacts(&self) -> Result<Vec<(String, i64, u64)>, CacheError> {
        let mut found = Vec::new();
        for name in self.folder.names()? {
            let Some(key) = key_of(&name) else {
                continue;
            };
            if let Ok(Some((_, stat))) = self.folder.file(&name) {
                found.push((
                    key.to_owned(),
                    stat.st_mtime,
                    u64::try_from(stat.st_size).unwrap_or(0),
                ));
            }
        }
        Ok(found)
    }

    fn shrink(&self) -> Result<(), CacheError> {
        let mut artifacts = self.artifacts()?;
        let mut total: u64 = artifacts.iter().map(|(_, _, bytes)| bytes).sum();
        artifacts.sort_by_key(|(_, used, _)| *used);
        for (key, _, bytes) in artifacts {
            if total <= self.limit {
                break;
            }
            self.drop(&key)?;
            total = total.saturating_sub(bytes);
        }
        Ok(())
    }

    fn drop(&self, key: &str) -> Result<(), CacheError> {
        for suffix in KEPT {
            self.folder.remove(&format!("{key}{suffix}"))?;
        }
        self.folder.remove(&format!("{key}{ABOUT}"))
    }
}

fn digest_of(file: &mut File) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hash.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    Ok(Digest::from_hash(hash.finalize().into()).to_string())
}

#[cfg(test)]
mod tests {
    use rustix::fs::{Timespec, Timestamps, futimens};

    use super::*;

    fn key(profile: &str, source: &[u8]) -> Key {
        let engine = wasmtime::Engine::default();
        Key::new(&engine, profile, Digest::of(source))
    }

    #[test]
    fn a5_names_of_files_are_hex_digits_and_can_be_no_device() {
        let name = key("run", b"COM1").0;
        assert_eq!(name.len(), 64);
        assert!(
            name.bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        );
    }

    #[test]
    fn a36_profiles_and_sources_have_keys_of_their_own() {
        let keys = [key("run", b"a"), key("run", b"b"), key("fuel", b"a")].map(|key| key.0);
        assert_ne!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
        assert_eq!(key("run", b"a").0, keys[0]);
    }

    fn entry(bytes: u64) -> Entry {
        Entry {
            component: "sha256:0".to_owned(),
            profile: "run".to_owned(),
            bytes,
            artifact: Digest::of(&vec![0; usize::try_from(bytes).unwrap()]).to_string(),
            compile_ms: 1,
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("cache"))
            .unwrap()
            .with_limit(2500);
        let keys = [key("run", b"1"), key("run", b"2"), key("run", b"3")];
        for (age, key) in keys.iter().enumerate() {
            cache.put(key, &[0; 1000], &entry(1000)).unwrap();
            let (file, _) = cache
                .folder
                .file(&format!("{}{ARTIFACT}", key.0))
                .unwrap()
                .unwrap();
            let used = Timespec {
                tv_sec: 1_000 + i64::try_from(age).unwrap(),
                tv_nsec: 0,
            };
            futimens(
                &file,
                &Timestamps {
                    last_access: used,
                    last_modification: used,
                },
            )
            .unwrap();
        }
        assert_eq!(cache.artifacts().unwrap().len(), 2);
        assert!(!cache.has(&keys[0].0));
        let (good, faults) = cache.verify().unwrap();
        assert_eq!((good.len(), faults.len()), (2, 0));
    }

    #[test]
    fn what_does_not_match_its_digest_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("cache")).unwrap();
        let key = key("run", b"1");
        cache.put(&key, &[1; 1000], &entry(1000)).unwrap();
        drop(cache.folder.create("unfinished-0").unwrap());
        let (good, faults) = cache.verify().unwrap();
        assert_eq!((good.len(), faults.len()), (0, 2));
        assert!(cache.folder.names().unwrap().is_empty());
    }

    fn pack(bytes: usize) -> Pack {
        let made = std::collections::BTreeMap::from([([7; 32], vec![0; bytes])]);
        Pack::default().renewed(&std::collections::BTreeSet::new(), &made)
    }

    fn code_key(path: &str) -> Key {
        Key::of_code(Digest::of(b"runtime"), path, Digest::of(b"source"))
    }

    fn used_at(cache: &Cache, name: &str, second: i64) {
        let (file, _) = cache.folder.file(name).unwrap().unwrap();
        let used = Timespec {
            tv_sec: second,
            tv_nsec: 0,
        };
        let times = Timestamps {
            last_access: used,
            last_modification: used,
        };
        futimens(&file, &times).unwrap();
    }

    #[test]
    fn a36_code_is_found_by_runtime_path_and_source() {
        let key = |runtime: &[u8], path, source: &[u8]| {
            Key::of_code(Digest::of(runtime), path, Digest::of(source)).0
        };
        let keys = [
            key(b"a", "/a", b"a"),
            key(b"b", "/a", b"a"),
            key(b"a", "/b", b"a"),
            key(b"a", "/a", b"b"),
        ];
        let different: std::collections::BTreeSet<&String> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert_eq!(key(b"a", "/a", b"a"), keys[0]);
    }

    #[test]
    fn code_is_kept_under_the_same_bound_as_artifacts() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("cache"))
            .unwrap()
            .with_limit(2500);
        let put = |path| {
            let took = Duration::from_millis(1);
            let source = Digest::of(b"source");
            cache
                .put_code(&code_key(path), source, &pack(900), took)
                .unwrap();
        };
        put("/old");
        used_at(&cache, &format!("{}{CODE}", code_key("/old").0), 1000);
        let artifact = key("run", b"1");
        cache.put(&artifact, &[0; 1000], &entry(1000)).unwrap();
        used_at(&cache, &format!("{}{ARTIFACT}", artifact.0), 2000);
        assert!(cache.code(&code_key("/old")).is_some(), "and is used now");
        put("/new");
        // The artifact was not used for longest.
        assert!(!cache.has(&artifact.0));
        used_at(&cache, &format!("{}{CODE}", code_key("/new").0), 1000);
        cache.put(&artifact, &[0; 1000], &entry(1000)).unwrap();
        assert!(cache.code(&code_key("/new")).is_none());
        let (good, faults) = cache.verify().unwrap();
        assert_eq!((good.len(), faults.len()), (2, 0));
        let profiles: Vec<String> = cache
            .entries()
            .unwrap()
            .into_iter()
            .map(|entry| entry.profile)
            .collect();
        assert!(profiles.contains(&CODE_PROFILE.to_owned()), "{profiles:?}");
        assert_eq!(cache.clear().unwrap().0, 2);
        assert!(cache.folder.names().unwrap().is_empty());
    }

    #[test]
    fn code_that_is_not_whole_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("cache");
        let cache = Cache::open(&place).unwrap();
        let key = code_key("/a");
        let (source, took) = (Digest::of(b"source"), Duration::ZERO);
        cache.put_code(&key, source, &pack(100), took).unwrap();
        let file = place.join(format!("{}{CODE}", key.0));
        let whole = std::fs::read(&file).unwrap();
        assert_eq!(cache.code(&key), Some(pack(100)));
        for bytes in [
            &whole[..whole.len() - 1],
            &[],
            &[&whole[..], &[0]].concat(),
            &[0; 500],
        ] {
            std::fs::write(&file, bytes).unwrap();
            assert_eq!(cache.code(&key), None);
        }
        // One that says that it is larger than any is not even read.
        let long = File::options().write(true).open(&file).unwrap();
        long.set_len(1 << 40).unwrap();
        assert_eq!(cache.code(&key), None);
    }
}
