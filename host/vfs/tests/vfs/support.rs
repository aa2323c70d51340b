//! What the tests share: permits, mounts, and one-line operations.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use tollgate_policy::{Decision, Effective, Mode, Operation, PolicyBuilder, Scope};
use tollgate_vfs::{
    DirHandle, FileHandle, Follow, FsError, FsVerb, MemoryFs, Mount, OpenOptions, Opened, Permit,
    Permits, Quota, SetTimes, Stat, Target, Timestamp, Tree, TreeBuilder,
};

/// A permit from a policy that allows everything in this scope.
pub(crate) fn permit(verb: FsVerb) -> Permit {
    static POLICY: OnceLock<Effective> = OnceLock::new();
    let policy = POLICY.get_or_init(|| {
        let mut builder = PolicyBuilder::new();
        builder.default_mode(Scope::Fs, Mode::Allow);
        Effective::new(builder.build().unwrap(), None).unwrap()
    });
    match policy.decide(&Operation::Fs { verb, path: "/" }) {
        Decision::Allow(permit, _) => permit,
        other => panic!("not allowed: {other:?}"),
    }
}

pub(crate) fn permits(options: &OpenOptions) -> Permits {
    options.verbs().map(permit).collect()
}

pub(crate) const READ: OpenOptions = OpenOptions {
    read: true,
    write: false,
    create: false,
    exclusive: false,
    truncate: false,
    directory: false,
    sync: tollgate_vfs::SyncMode::None,
};
pub(crate) const WRITE: OpenOptions = OpenOptions {
    write: true,
    ..READ
};
pub(crate) const CREATE: OpenOptions = OpenOptions {
    create: true,
    ..WRITE
};
pub(crate) const DIRECTORY: OpenOptions = OpenOptions {
    directory: true,
    ..READ
};

pub(crate) fn memory() -> MemoryFs {
    memory_of(Quota::default())
}

/// A filesystem whose clock goes on by a second with every look.
pub(crate) fn memory_of(quota: Quota) -> MemoryFs {
    let clock = AtomicI64::new(1_000);
    MemoryFs::new(
        quota,
        Arc::new(move || Timestamp {
            seconds: clock.fetch_add(1, Ordering::Relaxed),
            nanos: 0,
        }),
    )
}

pub(crate) fn capability(path: &Path) -> cap_std::fs::Dir {
    cap_std::fs::Dir::open_ambient_dir(path, cap_std::ambient_authority()).unwrap()
}

pub(crate) fn host(path: &Path) -> Mount {
    Mount::host(capability(path), false).unwrap()
}

/// A tree with one mount at `/`, and the descriptor on it.
pub(crate) fn rooted(mount: Mount) -> (Tree, DirHandle) {
    let tree = TreeBuilder::new().mount("/", "/", mount).unwrap().build();
    let root = tree.preopens().remove(0).1;
    (tree, root)
}

pub(crate) fn host_root(path: &Path) -> DirHandle {
    rooted(host(path)).1
}

pub(crate) fn memory_root() -> DirHandle {
    rooted(Mount::memory(memory())).1
}

/// Operations by path, in one line each.
pub(crate) trait Ops {
    fn at(&self, path: &str) -> Result<Target, FsError>;
    fn through(&self, path: &str) -> Result<Target, FsError>;
    fn open(&self, path: &str, options: OpenOptions) -> Result<Opened, FsError>;
    fn file(&self, path: &str, options: OpenOptions) -> Result<FileHandle, FsError> {
        match self.open(path, options)? {
            Opened::File(file) => Ok(file),
            Opened::Dir(_) => Err(FsError::IsDirectory),
        }
    }
    fn dir(&self, path: &str) -> Result<DirHandle, FsError> {
        match self.open(path, DIRECTORY)? {
            Opened::Dir(dir) => Ok(dir),
            Opened::File(_) => Err(FsError::NotDirectory),
        }
    }
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), FsError> {
        let file = self.file(
            path,
            OpenOptions {
                truncate: true,
                ..CREATE
            },
        )?;
        let mut written = 0;
        while written < bytes.len() {
            written += file.write_at(&bytes[written..], written as u64, permit(FsVerb::Write))?;
        }
        Ok(())
    }
    fn get(&self, path: &str) -> Result<Vec<u8>, FsError> {
        contents(&self.file(path, READ)?)
    }
    fn mkdir(&self, path: &str) -> Result<(), FsError> {
        self.at(path)?.create_dir(permit(FsVerb::CreateDir))
    }
    fn rmdir(&self, path: &str) -> Result<(), FsError> {
        self.at(path)?.remove_dir(permit(FsVerb::Rm))
    }
    fn rm(&self, path: &str) -> Result<(), FsError> {
        self.at(path)?.unlink(permit(FsVerb::Rm))
    }
    fn ln(&self, target: &str, path: &str) -> Result<(), FsError> {
        self.at(path)?.symlink(target, permit(FsVerb::Symlink))
    }
    fn readlink(&self, path: &str) -> Result<String, FsError> {
        self.at(path)?.readlink(permit(FsVerb::Read))
    }
    fn hard(&self, old: &str, new: &str) -> Result<(), FsError> {
        let (old, new) = (self.at(old)?, self.at(new)?);
        old.link(new, permit(FsVerb::Write), permit(FsVerb::Write))
    }
    fn mv(&self, old: &str, new: &str) -> Result<(), FsError> {
        let (old, new) = (self.at(old)?, self.at(new)?);
        old.rename(new, permit(FsVerb::Rename), permit(FsVerb::Rename))
    }
    fn lstat(&self, path: &str) -> Result<Stat, FsError> {
        self.at(path)?.stat(permit(FsVerb::Stat))
    }
    fn stat_of(&self, path: &str) -> Result<Stat, FsError> {
        self.through(path)?.stat(permit(FsVerb::Stat))
    }
    fn utimes(&self, path: &str, times: SetTimes) -> Result<(), FsError> {
        self.at(path)?.set_times(times, permit(FsVerb::Write))
    }
    fn hash(&self, path: &str) -> Result<tollgate_vfs::MetadataHash, FsError> {
        self.at(path)?.metadata_hash(permit(FsVerb::Stat))
    }
    /// Names, sorted.
    fn names(&self, path: &str) -> Result<Vec<String>, FsError> {
        let mut names = names_in_order(&self.dir(path)?)?;
        names.sort();
        Ok(names)
    }
}

impl Ops for DirHandle {
    fn at(&self, path: &str) -> Result<Target, FsError> {
        self.resolve(path, Follow::No)
    }

    fn through(&self, path: &str) -> Result<Target, FsError> {
        self.resolve(path, Follow::Yes)
    }

    fn open(&self, path: &str, options: OpenOptions) -> Result<Opened, FsError> {
        self.through(path)?.open(options, permits(&options))
    }
}

pub(crate) fn contents(file: &FileHandle) -> Result<Vec<u8>, FsError> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read_at(&mut buffer, bytes.len() as u64, permit(FsVerb::Read))? {
            0 => return Ok(bytes),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

pub(crate) fn names_in_order(dir: &DirHandle) -> Result<Vec<String>, FsError> {
    let mut listing = dir.read_dir(permit(FsVerb::Readdir))?;
    let mut names = Vec::new();
    while let Some(entry) = listing.next_entry()? {
        names.push(entry.name);
    }
    Ok(names)
}

pub(crate) fn err<T>(result: Result<T, FsError>) -> FsError {
    match result {
        Ok(_) => panic!("it should have failed"),
        Err(error) => error,
    }
}

/// Stops a thread that looks at this, also when the test fails: the scope would wait for it for ever.
pub(crate) struct Stop<'a>(pub(crate) &'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A host directory, in memory where there is such a place, for tests that build thousands of trees.
pub(crate) fn quick_directory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// Runs a test on a host directory, in memory, and on an overlay.
pub(crate) fn both(test: impl Fn(&DirHandle)) {
    let directory = tempfile::tempdir().unwrap();
    test(&host_root(directory.path()));
    test(&memory_root());
    let overlay = Mount::overlay(vec![tollgate_vfs::Layer::memory(memory())], memory());
    test(&rooted(overlay.unwrap()).1);
}

/// Names and contents of a host directory.
pub(crate) fn listing(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let content = std::fs::read(entry.path()).unwrap_or_default();
            (entry.file_name().into_string().unwrap(), content)
        })
        .collect();
    found.sort();
    found
}
