//! A program's file, taken for what is started: opened once, so that what was looked at is what runs.

use tollgate::bridge::files::Undone;
use tollgate::engine::Gate;
use tollgate_plugins::exec::{Language, MAGIC};
use tollgate_vfs::FsError;

use super::Filesystem;
use super::answer::normal;
use super::caller::Caller;

/// What lies at a program's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// A component or module.
    WebAssembly {
        /// Where it lies, links followed.
        path: String,
        bytes: Vec<u8>,
    },
    /// A source, which its program's own run reads.
    Source {
        language: Language,
        /// Where it lies, links followed.
        path: String,
    },
    /// Something that is longer than any program.
    TooLong {
        /// Where it lies, links followed.
        path: String,
    },
}

/// Why there is nothing to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// The policy denies it, or it lies in none of the folders that it may lie in.
    Denied,
    /// There is nothing.
    Missing,
    /// It is no program.
    NoProgram,
}

impl From<Undone> for NotTaken {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Denied(..) | Undone::Stop(_) => Self::Denied,
            Undone::Code(error) => {
                let is_missing = matches!(
                    error.0,
                    FsError::NoEntry | FsError::NotDirectory | FsError::Loop | FsError::NameTooLong
                );
                if is_missing {
                    Self::Missing
                } else {
                    Self::NoProgram
                }
            }
        }
    }
}

impl Filesystem {
    /// Takes the program at an absolute path, if it lies in one of `folders`; anywhere, where none are stated. What has more
    /// than `most` bytes is none.
    ///
    /// # Errors
    ///
    /// There is no such program for this client.
    pub(crate) async fn take_program(
        &self,
        gate: &Gate,
        path: &str,
        folders: Option<&[String]>,
        most: u64,
    ) -> Result<Taken, NotTaken> {
        // What a name undoes is not what it would undo where a link is on the way.
        if !path.starts_with('/') || path.split('/').any(|name| name == "..") {
            return Err(NotTaken::Denied);
        }
        let caller = self.caller(gate).map_err(|_nothing| NotTaken::Denied)?;
        let place = normal(path, "open").map_err(|_no_path| NotTaken::Missing)?;
        if folders.is_some_and(<[String]>::is_empty) {
            return Err(NotTaken::Denied);
        }
        let file = caller.open_to_read(&place).await;
        if file.is_err() && !caller.may_lie(&place, folders).await {
            // Nothing is said of what lies elsewhere.
            return Err(NotTaken::Denied);
        }
        let file = file?;
        let own = file.path().to_owned();
        if !caller.may_lie(&own, folders).await {
            return Err(NotTaken::Denied);
        }
        if path.ends_with('/') {
            return Err(NotTaken::Missing);
        }
        if let Some(language) = Language::of(&own) {
            return Ok(Taken::Source {
                language,
                path: own,
            });
        }
        let first = caller.content_of(&file, 0, MAGIC.len() as u64).await?;
        if first.bytes != MAGIC {
            return Err(NotTaken::NoProgram);
        }
        let content = caller.content_of(&file, 0, most).await?;
        if !content.is_all {
            return Ok(Taken::TooLong { path: own });
        }
        Ok(Taken::WebAssembly {
            path: own,
            bytes: content.bytes,
        })
    }
}

impl Caller<'_> {
    /// Whether a path, links followed, lies in one of `folders`, theirs followed too.
    async fn may_lie(&self, own: &str, folders: Option<&[String]>) -> bool {
        let Some(folders) = folders else {
            return true;
        };
        for folder in folders {
            if !folder.starts_with('/') {
                continue;
            }
            let Ok(folder) = normal(folder, "realpath") else {
                continue;
            };
            // One that is not there, or not to be seen, holds nothing.
            let Ok(real) = self.real_path(&folder).await else {
                continue;
            };
            let beneath = own.strip_prefix(real.trim_end_matches('/'));
            if beneath.is_some_and(|rest| rest.starts_with('/')) {
                return true;
            }
        }
        false
    }
}
