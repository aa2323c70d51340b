//! Files of the folders that were granted to the guest, as finding and loading a module looks at them.
//!
//! Each look is the guest's own use of its files, as if it had asked `wasi:filesystem` itself: decided about under the path
//! that it leads to, one by one, metered and recorded. What the guest may not see is not there.

use tollgate_engine::{Gate, Rate, Stop};
use tollgate_policy::FsVerb;
use tollgate_vfs::{
    DirHandle, FileHandle, FileKind, Follow, FsError, MAX_TRANSFER_BYTES, OpenOptions,
};

use crate::filesystem::Descriptor;
use crate::filesystem::objects::ask_file;
use crate::filesystem::open::open;
use crate::filesystem::pass::{Ask, Undone, pass, resolve};
use crate::filesystem::paths::At;
use crate::program::{Lies, Unread};

/// The folders that were granted, for one search.
pub(crate) struct Granted<'a> {
    pub(crate) gate: &'a Gate,
    /// The WIT function that the guest has called.
    pub(crate) import: &'static str,
    pub(crate) folders: Vec<DirHandle>,
}

/// What a failure tells the guest that it did not ask for by itself; the end of the guest is passed on.
fn told<T>(result: Result<T, Undone>) -> Result<Result<T, FsError>, Stop> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Undone::Denied(_, error) | Undone::Code(error)) => Ok(Err(error.0)),
        Err(Undone::Stop(stop)) => Err(stop),
    }
}

fn unread(error: FsError) -> Unread {
    match error {
        FsError::Access => Unread::Denied,
        FsError::Io | FsError::Quota | FsError::InsufficientMemory | FsError::Interrupted => {
            Unread::Failed
        }
        // The rest is what keeps a path from being a file that the guest may read.
        FsError::WouldBlock
        | FsError::Already
        | FsError::BadDescriptor
        | FsError::Busy
        | FsError::Deadlock
        | FsError::Exist
        | FsError::FileTooLarge
        | FsError::IllegalByteSequence
        | FsError::InProgress
        | FsError::Invalid
        | FsError::IsDirectory
        | FsError::Loop
        | FsError::TooManyLinks
        | FsError::MessageSize
        | FsError::NameTooLong
        | FsError::NoDevice
        | FsError::NoEntry
        | FsError::NoLock
        | FsError::InsufficientSpace
        | FsError::NotDirectory
        | FsError::NotEmpty
        | FsError::NotRecoverable
        | FsError::Unsupported
        | FsError::NoTty
        | FsError::NoSuchDevice
        | FsError::Overflow
        | FsError::NotPermitted
        | FsError::Pipe
        | FsError::ReadOnly
        | FsError::InvalidSeek
        | FsError::TextFileBusy
        | FsError::CrossDevice => Unread::Missing,
    }
}

impl Granted<'_> {
    /// The folder that a path lies in, of several the innermost, and the path in it. Elsewhere there is nothing to ask.
    fn place<'p>(&self, path: &'p str) -> Option<(&DirHandle, &'p str)> {
        let inside = |folder: &DirHandle| {
            let rest = path.strip_prefix(folder.path().trim_end_matches('/'))?;
            if rest.is_empty() {
                return Some(".");
            }
            rest.strip_prefix('/')
                .map(|rest| if rest.is_empty() { "." } else { rest })
        };
        let holding = self.folders.iter();
        holding
            .filter_map(|folder| Some((folder, inside(folder)?)))
            .max_by_key(|(folder, _)| folder.path().len())
    }

    /// What lies at a path.
    pub(crate) async fn kind(&self, path: &str) -> Result<Lies, Stop> {
        let Some((folder, inside)) = self.place(path) else {
            return Ok(Lies::Nothing);
        };
        let asked = (self.import, FsVerb::Stat);
        let target = match told(resolve(self.gate, folder, asked, inside, Follow::Yes).await)? {
            Ok(target) => target,
            Err(_) => return Ok(Lies::Nothing),
        };
        let own = target.path().to_owned();
        let ask = Ask {
            import: self.import,
            verb: FsVerb::Stat,
            path: &own,
            read_only: target.read_only(),
            rate: Rate::High,
        };
        let stat = pass(self.gate, ask, |permit, _| target.stat(permit)).await;
        Ok(match told(stat)?.map(|stat| stat.kind) {
            Ok(FileKind::File) => Lies::File(own),
            Ok(FileKind::Directory) => Lies::Folder,
            Ok(
                FileKind::Symlink
                | FileKind::Fifo
                | FileKind::Socket
                | FileKind::BlockDevice
                | FileKind::CharacterDevice
                | FileKind::Unknown,
            )
            | Err(_) => Lies::Nothing,
        })
    }

    /// What a file holds, at most `most` bytes.
    pub(crate) async fn read(
        &self,
        path: &str,
        most: u64,
    ) -> Result<Result<Vec<u8>, Unread>, Stop> {
        let Some((dir, inside)) = self.place(path) else {
            return Ok(Err(Unread::Missing));
        };
        let at = At {
            dir,
            path: inside,
            follow: Follow::Yes,
        };
        let options = OpenOptions {
            read: true,
            ..OpenOptions::default()
        };
        match told(open(self.gate, self.import, at, options).await)? {
            Ok(Descriptor::File(file)) => self.text(&file, most).await,
            Ok(Descriptor::Dir(_)) => Ok(Err(Unread::Missing)),
            Err(error) => Ok(Err(unread(error))),
        }
    }

    async fn text(&self, file: &FileHandle, most: u64) -> Result<Result<Vec<u8>, Unread>, Stop> {
        let mut text = Vec::new();
        let mut chunk = Vec::new();
        loop {
            // One more than may be, so that a file that is too long shows.
            let left = most.saturating_sub(text.len() as u64).saturating_add(1);
            let size = usize::try_from(left)
                .map_or(MAX_TRANSFER_BYTES, |left| left.min(chunk_size(text.len())));
            chunk.resize(size, 0);
            let ask = ask_file(self.import, FsVerb::Read, file);
            let read = pass(self.gate, ask, |permit, traffic| {
                let read = file.read_at(&mut chunk, text.len() as u64, permit)?;
                traffic.bytes_in = read as u64;
                Ok(read)
            })
            .await;
            match told(read)? {
                Ok(0) => return Ok(Ok(text)),
                Ok(read) => text.extend_from_slice(chunk.get(..read).unwrap_or_default()),
                Err(error) => return Ok(Err(unread(error))),
            }
            if text.len() as u64 > most {
                return Ok(Err(Unread::TooLong { most }));
            }
            // A long file must not keep others from their turn.
            tokio::task::yield_now().await;
        }
    }
}

/// How much is read at once where so much was read before: most modules are short, and a call moves so much at most.
fn chunk_size(read: usize) -> usize {
    read.clamp(16 << 10, MAX_TRANSFER_BYTES)
}
