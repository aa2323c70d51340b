//! A client that acts on files: each operation resolved, decided at the VM's gate, and done on the handle that it led to.

use tollgate::bridge::files::{self, Ask, At, Undone};
use tollgate::engine::{Gate, Rate, Stop};
use tollgate_policy::{FsVerb, Operation};
use tollgate_protocol::RefusalCode;
use tollgate_vfs::{
    DirHandle, Examined, FileHandle, Follow, FsError, Hint, OpenOptions, Opened, Target,
};

use super::path::{below_root, is_reserved};
use super::{FsLimits, errno};
use crate::Rejection;
use crate::denial;

/// The function of the protocol that a client asks through.
pub(super) const IMPORT: &str = "tollgate:sidecar/control#guest-filesystem-call";

/// Bytes that a read asks for at once, at first and at most: what is read, not what is asked for, decides how much is held.
const FIRST_PIECE: u64 = 8 * 1024;
const PIECE: u64 = 256 * 1024;

const READ: OpenOptions = OpenOptions {
    read: true,
    write: false,
    create: false,
    exclusive: false,
    truncate: false,
    directory: false,
    sync: tollgate_vfs::SyncMode::None,
};

/// A client at its root. The paths of its operations are normal ones.
pub(super) struct Caller<'a> {
    pub(super) gate: &'a Gate,
    pub(super) root: DirHandle,
    pub(super) limits: &'a FsLimits,
}

/// What was read, and whether there is more of it.
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) is_all: bool,
}

impl Caller<'_> {
    pub(super) fn at<'p>(&'p self, path: &'p str, follow: Follow) -> At<'p> {
        At {
            dir: &self.root,
            path: below_root(path),
            follow,
        }
    }

    /// At most `most` bytes of a file, from an offset on.
    pub(super) async fn content(
        &self,
        path: &str,
        offset: u64,
        most: u64,
    ) -> Result<Content, Undone> {
        let file = self.open_to_read(path).await?;
        self.content_of(&file, offset, most).await
    }

    pub(super) async fn open_to_read(&self, path: &str) -> Result<FileHandle, Undone> {
        self.open(path, READ).await
    }

    /// The same of a file that is open.
    pub(super) async fn content_of(
        &self,
        file: &FileHandle,
        offset: u64,
        most: u64,
    ) -> Result<Content, Undone> {
        let mut content = Content {
            bytes: Vec::new(),
            is_all: false,
        };
        loop {
            let held = content.bytes.len() as u64;
            // One byte beyond the end tells whether there is more.
            let left = most.saturating_sub(held).max(1);
            let wanted = left.min(held.clamp(FIRST_PIECE, PIECE));
            let mut piece = vec![0; usize::try_from(wanted).unwrap_or(1)];
            let at = offset.saturating_add(held);
            let read = self.piece(file, &mut piece, at).await?;
            if read == 0 {
                content.is_all = true;
                return Ok(content);
            }
            if held >= most {
                return Ok(content);
            }
            piece.truncate(read);
            content.bytes.append(&mut piece);
        }
    }

    async fn piece(
        &self,
        file: &FileHandle,
        piece: &mut [u8],
        offset: u64,
    ) -> Result<usize, Undone> {
        let ask = ask(FsVerb::Read, file);
        files::pass(self.gate, ask, |permit, traffic| {
            let read = file.read_at(piece, offset, permit)?;
            traffic.bytes_in = read as u64;
            Ok(read)
        })
        .await
    }

    /// Writes all of it, from the beginning of the file on.
    pub(super) async fn write(&self, file: &FileHandle, bytes: &[u8]) -> Result<(), Undone> {
        let mut written = 0;
        while let Some(rest) = bytes.get(written..)
            && !rest.is_empty()
        {
            written += files::pass(self.gate, ask(FsVerb::Write, file), |permit, traffic| {
                let moved = file.write_at(rest, written as u64, permit)?;
                traffic.bytes_out = moved as u64;
                if moved == 0 {
                    return Err(FsError::Io);
                }
                Ok(moved)
            })
            .await?;
        }
        Ok(())
    }

    /// Cuts or extends a file. A length that the VM could never hold is refused, though it would take no room.
    pub(super) async fn set_len(&self, file: &FileHandle, length: u64) -> Result<(), Undone> {
        let most = self.limits.filesystem_bytes;
        files::pass(self.gate, ask(FsVerb::Write, file), |permit, _| {
            if length > most {
                return Err(FsError::InsufficientSpace);
            }
            file.set_len(length, permit)
        })
        .await
    }

    /// Opens a file, for reading alone or for writing alone.
    pub(super) async fn open(
        &self,
        path: &str,
        options: OpenOptions,
    ) -> Result<FileHandle, Undone> {
        let verb = options.verbs().next().unwrap_or(FsVerb::Stat);
        let at = self.at(path, Follow::Yes);
        files::one(
            self.gate,
            (IMPORT, verb),
            at,
            |target, permit, _| match target.open(options, permit)? {
                Opened::File(file) => Ok(file),
                Opened::Dir(_) => Err(FsError::IsDirectory),
            },
        )
        .await
    }

    pub(super) async fn examine(&self, path: &str, follow: Follow) -> Result<Examined, Undone> {
        let at = self.at(path, follow);
        files::one(
            self.gate,
            (IMPORT, FsVerb::Stat),
            at,
            |target, permit, _| target.examine(permit),
        )
        .await
    }

    /// The names in a folder, in the order of their bytes. Those that are no text are left out: they can be said to nobody.
    pub(super) async fn names(&self, path: &str) -> Result<Vec<String>, Undone> {
        let at = self.at(path, Follow::Yes);
        let most = self.limits.readdir_entries;
        let list = |target: Target, permit, _: &mut _| {
            let mut listing = target.read_dir(permit)?;
            let mut names = Vec::new();
            loop {
                match listing.next_entry() {
                    Ok(None) => return Ok(names),
                    Ok(Some(_)) if names.len() as u64 >= most => {
                        return Err(FsError::InsufficientMemory);
                    }
                    Ok(Some(entry)) => names.push(entry.name),
                    Err(FsError::IllegalByteSequence) => {}
                    Err(error) => return Err(error),
                }
            }
        };
        let mut names = files::one(self.gate, (IMPORT, FsVerb::Readdir), at, list).await?;
        names.sort_unstable();
        if path == "/" {
            names.retain(|name| !is_reserved(name));
        }
        Ok(names)
    }

    /// Where a path leads, if there is anything.
    pub(super) async fn real_path(&self, path: &str) -> Result<String, Undone> {
        let at = self.at(path, Follow::Yes);
        files::one(
            self.gate,
            (IMPORT, FsVerb::Read),
            at,
            |target, permit, _| {
                drop(permit);
                match target.exists_hint() {
                    Hint::Missing => Err(FsError::NoEntry),
                    Hint::Present | Hint::Unknown => Ok(target.path().to_owned()),
                }
            },
        )
        .await
    }

    /// What came to nothing, as a client is told: `call` is what Node calls the operation, `path` what was asked for.
    pub(super) fn refused(&self, undone: Undone, call: &str, path: &str) -> Rejection {
        match undone {
            Undone::Denied(verb, _) => self.denied(verb, path),
            Undone::Code(error) => errno::kernel(error.0, call, path),
            Undone::Stop(stop) => stopped(&stop),
        }
    }

    fn denied(&self, verb: FsVerb, path: &str) -> Rejection {
        let operation = Operation::Fs { verb, path };
        let why = denial::why(self.gate, &operation, &format!("fs.{verb}"));
        Rejection::kernel(
            "EACCES",
            format_args!("permission denied, {verb} '{path}': {why}"),
        )
    }
}

fn ask(verb: FsVerb, file: &FileHandle) -> Ask<'_> {
    Ask {
        import: IMPORT,
        verb,
        path: file.path(),
        read_only: file.read_only(),
        rate: Rate::High,
    }
}

/// Nothing more is done once nothing more can be recorded.
fn stopped(stop: &Stop) -> Rejection {
    Rejection::new(RefusalCode::IoError, stop.to_string())
}
