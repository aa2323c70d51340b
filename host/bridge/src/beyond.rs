//! Modules beyond the program's own files: in folders that were granted to the guest.
//!
//! By which rules one finds another is for whoever knows the language ([`crate::Search`]): its questions about files are
//! answered here, as the guest's own uses of them ([`crate::granted`]).

use std::sync::Arc;

use tollgate_engine::Stop;

use crate::granted::Granted;
use crate::module_loading::{NOT_FOUND, lost};
use crate::program::{Lies, ModuleFormat, NoModule, Quest, Question, Reply, Step, Unread};
use crate::view::View;

/// What a search came to.
enum Found {
    Path(String),
    Format(Option<ModuleFormat>),
}

pub(crate) fn not_loaded(path: &str, error: Unread) -> NoModule {
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
    pub(crate) fn granted(&self, import: &'static str) -> Option<Granted<'v>> {
        let folders = self.given.preopens();
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
        let program = Arc::clone(program);
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
