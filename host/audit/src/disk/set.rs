//! The files of a log, for reading.

use crate::disk::folder::{FileId, Folder};
use crate::head::{self, HeadError, MAX_HEAD_BYTES, Tip};
use crate::key::PublicKey;
use crate::problem::{Problem, VerifyError};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};

/// One file of a set.
pub(crate) struct LogFile {
    /// Its name, for messages.
    pub(crate) name: String,
    pub(crate) input: Input,
}

/// A file of a log, open for reading and for nothing else.
pub(crate) struct Input(File);

impl io::Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// The files of a set, oldest first, the current one last.
pub(crate) struct Files {
    folder: Folder,
    number: u32,
    /// The current file, where the caller holds it open already: what is checked is then what is written to.
    current: Option<File>,
    ended: bool,
}

impl Files {
    /// All files.
    pub(crate) fn new(folder: &Folder) -> Files {
        Files {
            folder: folder.clone(),
            number: 1,
            current: None,
            ended: false,
        }
    }

    /// The files after the first `skipped`, the last of them being `current`.
    pub(crate) fn after(folder: &Folder, skipped: u32, current: File) -> Files {
        let number = skipped.saturating_add(1);
        Files {
            folder: folder.clone(),
            number,
            current: Some(current),
            ended: false,
        }
    }

    /// The next file, or none after the current one.
    ///
    /// A writer beside us may put the current file aside at any moment. So a number that is not there says that the
    /// current file is next only if it is still not there once the current file is open.
    pub(crate) fn next(&mut self) -> Result<Option<LogFile>, VerifyError> {
        if self.ended {
            return Ok(None);
        }
        let current = self.folder.name().to_owned();
        let aside = self.folder.aside(self.number);
        if let Some(file) = self.take_aside(&aside, &current)? {
            return Ok(Some(file));
        }
        let opened = match self.current.take() {
            Some(file) => file,
            None => self.read(&current)?.ok_or_else(|| self.no_current())?,
        };
        if let Some(file) = self.take_aside(&aside, &current)? {
            return Ok(Some(file));
        }
        self.ended = true;
        Ok(Some(LogFile {
            name: shown(&current),
            input: Input(opened),
        }))
    }

    /// The file with the next number, unless it is the current one under its second name: then a writer was killed (or
    /// is) between giving it that name and beginning another file.
    fn take_aside(
        &mut self,
        aside: &OsStr,
        current: &OsStr,
    ) -> Result<Option<LogFile>, VerifyError> {
        let Some(file) = self.read(aside)? else {
            return Ok(None);
        };
        let unreadable = |error: Errno| in_file(aside, Problem::at("read the file's state")(error));
        let id = FileId::of(&rustix::fs::fstat(&file).map_err(unreadable)?);
        if self.folder.id(current).map_err(unreadable)? == Some(id) {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        Ok(Some(LogFile {
            name: shown(aside),
            input: Input(file),
        }))
    }

    fn read(&self, name: &OsStr) -> Result<Option<File>, VerifyError> {
        self.folder
            .read(name)
            .map_err(|error| in_file(name, no_regular_file(error)))
    }

    fn no_current(&self) -> VerifyError {
        let problem = if leaves_traces(&self.folder) {
            Problem::CurrentFileMissing
        } else {
            Problem::NotFound
        };
        in_file(self.folder.name(), problem)
    }
}

/// Whether there was a log of this name: something of it is there, whatever became of its current file.
pub(crate) fn leaves_traces(folder: &Folder) -> bool {
    let is_there = |name: &OsStr| !matches!(folder.id(name), Ok(None));
    is_there(&folder.head()) || is_there(&folder.aside(1))
}

/// The head of a log and the key that signed it; none if there is no head file. Its signature holds.
pub(crate) fn read_head(folder: &Folder) -> Result<Option<(Tip, PublicKey)>, VerifyError> {
    let name = folder.head();
    let at = |problem| in_file(&name, problem);
    let Some(file) = folder
        .read(&name)
        .map_err(|error| at(no_regular_file(error)))?
    else {
        return Ok(None);
    };
    let mut content = Vec::new();
    file.take(MAX_HEAD_BYTES)
        .read_to_end(&mut content)
        .map_err(|error| at(Problem::at("read the head")(error)))?;
    let head = head::decode(&content).map_err(|error| match error {
        HeadError::Unreadable(why) => at(Problem::HeadUnreadable { why }),
        HeadError::Signature => at(Problem::HeadSignature),
    })?;
    Ok(Some(head))
}

fn no_regular_file(error: io::Error) -> Problem {
    let is_link = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
    if is_link || error.kind() == io::ErrorKind::InvalidInput {
        Problem::NotRegular
    } else {
        Problem::at("open the file")(error)
    }
}

fn in_file(name: &OsStr, problem: Problem) -> VerifyError {
    VerifyError::in_file(&shown(name), problem)
}

fn shown(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}
