//! Modules that lie in folders that were granted to the guest, outside of its program.
//!
//! By which rules one finds another is for whoever knows the language ([`crate::Search`]). Each look at a file that this takes is
//! the guest's own use of its files, as if it had asked `wasi:filesystem` itself: decided about under the path that it leads
//! to, one by one, metered and recorded. What the guest may not see is not there.

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
use crate::module_loading::{NOT_FOUND, lost};
use crate::program::{Lies, ModuleFormat, NoModule, Quest, Question, Reply, Step, Unread};
use crate::view::View;

/// What a search came to.
enum Found {
    Path(String),
    Format(Option<ModuleFormat>),
}

/// The folders that were granted, for one search.
struct Granted<'a> {
    gate: &'a Gate,
    import: &'static str,
    folders: Vec<DirHandle>,
}

/// What a failure tells the guest that it did not ask for by itself; the end of the guest is passed on.
fn told<T>(result: Result<T, Undone>) -> Result<Result<T, FsError>, Stop> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Undone::Code(error)) => Ok(Err(error.0)),
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

    async fn kind(&self, path: &str) -> Result<Lies, Stop> {
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

    async fn read(&self, path: &str, most: u64) -> Result<Result<Vec<u8>, Unread>, Stop> {
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

/// How much is read at once where so much was read before: most modules are short.
fn chunk_size(read: usize) -> usize {
    if read == 0 {
        16 << 10
    } else {
        MAX_TRANSFER_BYTES
    }
}

fn not_loaded(path: &str, error: Unread) -> NoModule {
    NoModule {
        code: match error {
            Unread::Missing => NOT_FOUND,
            Unread::Denied => "EACCES",
            Unread::TooLong { .. } | Unread::Failed => "ERR_TOLLGATE_UNREADABLE",
        },
        message: format!("Cannot load '{path}': {error}"),
    }
}

impl<'v> View<'v> {
    /// The folders that were granted; none where there are none, so that nothing has to be looked for in them.
    fn granted(&self, import: &'static str) -> Option<Granted<'v>> {
        let folders = self.given.tree.preopens();
        (!folders.is_empty()).then(|| Granted {
            gate: self.gate,
            import,
            folders: folders.into_iter().map(|(_, folder)| folder).collect(),
        })
    }

    /// Looks for something in the folders that were granted. None where there are none, or no rules to look by.
    async fn searched(
        &mut self,
        import: &'static str,
        quest: Quest<'_>,
    ) -> Result<Option<Result<Found, NoModule>>, Stop> {
        let program = self.given.program.as_ref();
        let Some(mut search) = program.and_then(|program| program.search(quest)) else {
            return Ok(None);
        };
        if self.granted(import).is_none() {
            return Ok(None);
        }
        loop {
            let question = match search.step() {
                Ok(Step::Asks(question)) => question,
                Ok(Step::Leads(path)) => return Ok(Some(Ok(Found::Path(path)))),
                Ok(Step::Reads(format)) => return Ok(Some(Ok(Found::Format(format)))),
                Err(error) => return Ok(Some(Err(error))),
            };
            let reply = self.replied(import, question).await?;
            search.answer(reply);
            // A path of many folders must not keep others from their turn.
            tokio::task::yield_now().await;
        }
    }

    async fn replied(&mut self, import: &'static str, question: Question) -> Result<Reply, Stop> {
        let granted = self.granted(import);
        let (path, most) = match question {
            Question::Kind(path) => {
                let lies = match granted {
                    Some(granted) => granted.kind(&path).await?,
                    None => Lies::Nothing,
                };
                return Ok(Reply::Kind(lies));
            }
            Question::Package { path, most } => (path, most),
        };
        let read = match granted {
            Some(granted) => granted.read(&path, most).await?,
            None => Err(Unread::Missing),
        };
        // A folder within the program belongs to the program's package, unless it has one of its own.
        if !matches!(read, Err(Unread::Missing | Unread::Denied)) || !self.may_be_of_program(&path)
        {
            return Ok(Reply::Package(read));
        }
        let file = path.clone();
        let of_program = self
            .of_program(import, &path, false, move |program, permit| {
                let bytes = program.read(&file, most, permit)?;
                let length = bytes.len() as u64;
                Ok((bytes, length))
            })
            .await?;
        Ok(Reply::Package(of_program.or(read)))
    }

    pub(crate) fn may_be_of_program(&self, path: &str) -> bool {
        let program = self.given.program.as_ref();
        program.is_none_or(|program| program.may_hold(path))
    }

    /// Where a specifier leads in the folders that were granted.
    pub(crate) async fn resolved_beyond(
        &mut self,
        import: &'static str,
        quest: Quest<'_>,
    ) -> Result<Option<Result<String, NoModule>>, Stop> {
        Ok(match self.searched(import, quest).await? {
            Some(Ok(Found::Path(path))) => Some(Ok(path)),
            Some(Err(error)) => Some(Err(error)),
            Some(Ok(Found::Format(_))) | None => None,
        })
    }

    /// How the text of a file in a folder that was granted is read; none where it is no module.
    pub(crate) async fn formatted_beyond(
        &mut self,
        import: &'static str,
        path: &str,
        most: u64,
    ) -> Result<Option<ModuleFormat>, Stop> {
        let format = match self.searched(import, Quest::Format { path }).await? {
            Some(Ok(Found::Format(format))) => format,
            Some(Ok(Found::Path(_)) | Err(_)) | None => return Ok(None),
        };
        let (Some(granted), None) = (self.granted(import), format) else {
            return Ok(format);
        };
        let text = granted.read(path, most).await?;
        let program = self.given.program.as_ref();
        Ok(program.and_then(|program| Some(program.detect(&text.ok()?))))
    }

    /// The text of a file in a folder that was granted, as the engine is to read it.
    pub(crate) async fn loaded_beyond(
        &mut self,
        import: &'static str,
        path: &str,
        most: u64,
    ) -> Result<Result<String, NoModule>, Stop> {
        let (Some(granted), Some(program)) = (self.granted(import), &self.given.program) else {
            return Ok(Err(not_loaded(path, Unread::Missing)));
        };
        let bytes = match granted.read(path, most).await? {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(not_loaded(path, error))),
        };
        if !program.is_slow(path) {
            return Ok(program.readable(path, bytes, None));
        }
        let program = std::sync::Arc::clone(program);
        let quest = Quest::Format { path };
        let format = match self.searched(import, quest).await? {
            Some(Ok(Found::Format(format))) => format,
            Some(Err(error)) => return Ok(Err(error)),
            Some(Ok(Found::Path(_))) | None => None,
        };
        let path = path.to_owned();
        let made = tokio::task::spawn_blocking(move || program.readable(&path, bytes, format));
        Ok(made.await.unwrap_or_else(|_panicked| Err(lost())))
    }
}
