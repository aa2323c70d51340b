//! Reading a log's records in order, without proving anything: for showing them.

use crate::chain;
use crate::disk::{Files, Folder, Input};
use crate::lines::{Line, Lines};
use crate::problem::{Problem, VerifyError};
use crate::record::{MAX_LINE_BYTES, Record};
use std::path::Path;

/// The records of a log, oldest file first. A line that is no record is an error in its place, and reading goes on with
/// the next line; a file that cannot be read ends it.
pub struct Records {
    files: Files,
    current: Option<(String, u64, Lines<Input>)>,
    torn_bytes: u64,
    ended: bool,
}

impl Records {
    /// Opens the log at `path` with all its older files.
    ///
    /// # Errors
    /// The folder cannot be opened. That there is no log is the first item's error.
    pub fn open(path: &Path) -> Result<Records, VerifyError> {
        let folder = Folder::of(path);
        let folder = folder.map_err(|error| {
            VerifyError::of_the_set(Problem::at("open the log's folder")(error))
        })?;
        Ok(Records {
            files: Files::new(&folder),
            current: None,
            torn_bytes: 0,
            ended: false,
        })
    }

    /// Bytes of an unfinished line at the end of the log, once reading has come there.
    #[must_use]
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    fn advance(&mut self) -> Result<Option<Record>, VerifyError> {
        loop {
            let Some((name, number, lines)) = &mut self.current else {
                let Some(file) = self.files.next()? else {
                    return Ok(None);
                };
                self.current = Some((file.name, 0, Lines::new(file.input)));
                continue;
            };
            *number += 1;
            let at = |problem| VerifyError {
                file: Some(name.clone()),
                line: Some(*number),
                problem,
            };
            match lines
                .next()
                .map_err(|error| at(Problem::at("read the log")(error)))?
            {
                None => self.current = None,
                Some(Line::Whole(line)) => {
                    return chain::parse(line)
                        .map(|(record, _)| Some(record))
                        .map_err(at);
                }
                Some(Line::TooLong) => {
                    return Err(at(Problem::LineTooLong {
                        limit: MAX_LINE_BYTES,
                    }));
                }
                Some(Line::Torn(bytes)) => self.torn_bytes = bytes,
            }
        }
    }
}

impl Iterator for Records {
    type Item = Result<Record, VerifyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.advance().transpose();
        self.ended = match &item {
            None => true,
            // Without a line the trouble is not with one line alone.
            Some(Err(error)) => error.line.is_none() || matches!(error.problem, Problem::Io { .. }),
            Some(Ok(_)) => false,
        };
        item
    }
}
