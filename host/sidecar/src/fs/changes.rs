//! What a client changes.

use tollgate::bridge::files::{self, At, Undone};
use tollgate_policy::FsVerb;
use tollgate_vfs::{
    DirHandle, Follow, FsError, Hint, OpenOptions, SetAttributes, SetTime, SetTimes, SyncMode,
};

use super::caller::{Caller, IMPORT};
use super::path::{below_root, parents};
use super::stat::timestamp;

/// Times that folders are made anew while others make them too, or take them away.
const ATTEMPTS: u32 = 16;

const WRITE: OpenOptions = OpenOptions {
    read: false,
    write: true,
    create: false,
    exclusive: false,
    truncate: false,
    directory: false,
    sync: SyncMode::None,
};

const REPLACE: OpenOptions = OpenOptions {
    create: true,
    truncate: true,
    ..WRITE
};

impl Caller<'_> {
    /// Makes a file say this and nothing else, and the folders that it lies in.
    pub(super) async fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), Undone> {
        let file = match self.open(path, REPLACE).await {
            Err(Undone::Code(error)) if error.0 == FsError::NoEntry => {
                self.make_parents(path).await?;
                self.open(path, REPLACE).await?
            }
            opened => opened?,
        };
        self.write(&file, bytes).await
    }

    /// Makes the folders above a path that are missing, each as an operation of its own. What is in the way is left: what follows
    /// finds it out, and is decided.
    async fn make_parents(&self, path: &str) -> Result<(), Undone> {
        let above: Vec<&str> = parents(path).collect();
        for _ in 0..ATTEMPTS {
            // A path leads somewhere only if those above it do, so that few of a long path are looked at.
            let there = above.partition_point(|parent| self.is_there(parent));
            let Some((first, below)) = above.get(there..).and_then(<[_]>::split_first) else {
                return Ok(());
            };
            match self.make_below(first, below).await {
                // Somebody else was quicker.
                Err(Undone::Code(error)) if error.0 == FsError::Exist => {}
                made => return made,
            }
        }
        Ok(())
    }

    fn is_there(&self, path: &str) -> bool {
        let found = self.root.resolve(below_root(path), Follow::Yes);
        found.is_ok_and(|target| target.exists_hint() != Hint::Missing)
    }

    /// Makes a folder and those beneath it, each from the handle on the one before.
    async fn make_below(&self, first: &str, below: &[&str]) -> Result<(), Undone> {
        let mut made = self.make(self.name(first)).await?;
        for path in below {
            let name = path.rsplit('/').next().unwrap_or_default();
            made = self.make(At::name(&made, name)).await?;
        }
        Ok(())
    }

    async fn make(&self, at: At<'_>) -> Result<DirHandle, Undone> {
        let asked = (IMPORT, FsVerb::CreateDir);
        files::one(self.gate, asked, at, |target, permit, _| {
            target.create_dir_and_open(permit)
        })
        .await
    }

    pub(super) async fn create_dir(&self, path: &str) -> Result<(), Undone> {
        files::create_dir(self.gate, IMPORT, self.name(path)).await
    }

    /// A folder and those that it lies in, as far as they are missing.
    pub(super) async fn create_dir_all(&self, path: &str) -> Result<(), Undone> {
        self.make_parents(path).await?;
        match self.create_dir(path).await {
            Err(Undone::Code(error)) if error.0 == FsError::Exist && self.is_folder(path) => Ok(()),
            made => made,
        }
    }

    fn is_folder(&self, path: &str) -> bool {
        let itself = format!("{}/.", below_root(path));
        self.root.resolve(&itself, Follow::Yes).is_ok()
    }

    pub(super) async fn unlink(&self, path: &str) -> Result<(), Undone> {
        files::unlink(self.gate, IMPORT, self.name(path)).await
    }

    pub(super) async fn remove_dir(&self, path: &str) -> Result<(), Undone> {
        files::remove_dir(self.gate, IMPORT, self.name(path)).await
    }

    pub(super) async fn rename(&self, path: &str, to: &str) -> Result<(), Undone> {
        files::rename(self.gate, IMPORT, self.name(path), self.name(to)).await
    }

    pub(super) async fn link(&self, path: &str, to: &str) -> Result<(), Undone> {
        files::link(self.gate, IMPORT, self.name(path), self.name(to)).await
    }

    pub(super) async fn symlink(&self, path: &str, target: &str) -> Result<(), Undone> {
        files::symlink(self.gate, IMPORT, target, self.name(path)).await
    }

    pub(super) async fn read_link(&self, path: &str) -> Result<String, Undone> {
        files::read_link(self.gate, IMPORT, self.name(path)).await
    }

    pub(super) async fn set_attributes(&self, path: &str, to: SetAttributes) -> Result<(), Undone> {
        let at = self.at(path, Follow::Yes);
        files::one(
            self.gate,
            (IMPORT, FsVerb::Write),
            at,
            |target, permit, _| target.set_attributes(to, permit),
        )
        .await
    }

    /// Sets the times of the last access and of the last change, in milliseconds since 1970.
    pub(super) async fn set_times(
        &self,
        path: &str,
        accessed: u64,
        modified: u64,
    ) -> Result<(), Undone> {
        let times = SetTimes {
            accessed: SetTime::To(timestamp(accessed)),
            modified: SetTime::To(timestamp(modified)),
        };
        let at = self.at(path, Follow::Yes);
        files::set_times(self.gate, IMPORT, at, Ok(times)).await
    }

    /// Cuts or extends a file.
    pub(super) async fn truncate(&self, path: &str, length: u64) -> Result<(), Undone> {
        let file = self.open(path, WRITE).await?;
        self.set_len(&file, length).await
    }

    fn name<'p>(&'p self, path: &'p str) -> At<'p> {
        At::name(&self.root, below_root(path))
    }
}
