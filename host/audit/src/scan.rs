//! One pass over the files of a log, from a known place on: the chain, and what its head says.

use crate::chain::{Chain, Link};
use crate::disk::{Files, LogFile};
use crate::head::Tip;
use crate::key::PublicKey;
use crate::lines::{Line, Lines};
use crate::problem::{Problem, VerifyError};
use crate::record::{MAX_LINE_BYTES, Record};

/// Where a pass begins: at the beginning of a file, after what is known of the files before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub(crate) chain: Chain,
    /// Bytes of the files before.
    pub(crate) bytes: u64,
    /// Number of the files before.
    pub(crate) files: u32,
}

impl Start {
    pub(crate) const GENESIS: Start = Start {
        chain: Chain::EMPTY,
        bytes: 0,
        files: 0,
    };
}

/// What a pass found to be intact.
#[derive(Debug)]
pub(crate) struct Scanned {
    pub(crate) chain: Chain,
    /// Records of the whole log.
    pub(crate) records: u64,
    /// Bytes of the whole log, without a torn tail.
    pub(crate) bytes: u64,
    /// Bytes of the last file, without a torn tail.
    pub(crate) file_bytes: u64,
    pub(crate) torn_bytes: u64,
    pub(crate) files: u32,
    pub(crate) head: Option<(Tip, PublicKey)>,
}

/// Checks every record from `start` to the end, and the head against them.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn scan(
    files: &mut Files,
    start: Start,
    head: Option<(Tip, PublicKey)>,
    mut each: impl FnMut(&Record),
) -> Result<Scanned, VerifyError> {
    let mut pass = Scanned {
        chain: start.chain,
        records: start.chain.next_seq(),
        bytes: start.bytes,
        file_bytes: 0,
        torn_bytes: 0,
        files: start.files,
        head,
    };
    while let Some(file) = files.next()? {
        if pass.torn_bytes > 0 {
            return Err(VerifyError::in_file(&file.name, Problem::TornInside));
        }
        pass.read(file, &mut each)?;
    }
    pass.check_end()?;
    Ok(pass)
}

impl Scanned {
    fn read(&mut self, file: LogFile, each: &mut impl FnMut(&Record)) -> Result<(), VerifyError> {
        let LogFile { name, input } = file;
        self.files = self.files.saturating_add(1);
        self.file_bytes = 0;
        let mut lines = Lines::new(input);
        let mut number = 0;
        loop {
            let at = |problem| VerifyError {
                file: Some(name.clone()),
                line: Some(number + 1),
                problem,
            };
            let line = lines
                .next()
                .map_err(|error| at(Problem::at("read the log")(error)))?;
            match line {
                None => return Ok(()),
                Some(Line::Whole(line)) => each(&self.follow(line).map_err(at)?),
                Some(Line::TooLong) => {
                    return Err(at(Problem::LineTooLong {
                        limit: MAX_LINE_BYTES,
                    }));
                }
                Some(Line::Torn(bytes)) => self.torn_bytes = bytes,
            }
            number += 1;
        }
    }

    fn follow(&mut self, line: &[u8]) -> Result<Record, Problem> {
        let record = self.chain.follow(line)?;
        let length = u64::try_from(line.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        self.records = self.records.saturating_add(1);
        self.bytes = self.bytes.saturating_add(length);
        self.file_bytes = self.file_bytes.saturating_add(length);
        match self.head {
            Some((tip, _)) if tip.seq == record.seq => self.check_tip(&tip)?,
            Some(_) | None => {}
        }
        Ok(record)
    }

    /// The record just read is the one that the head names.
    fn check_tip(&self, tip: &Tip) -> Result<(), Problem> {
        let found: Link = *self.chain.prev();
        if found != tip.hash {
            let (expected, found) = (tip.hash.to_hex(), found.to_hex());
            return Err(Problem::Replaced {
                seq: tip.seq,
                expected,
                found,
            });
        }
        if self.bytes != tip.bytes {
            return Err(Problem::Offset {
                seq: tip.seq,
                expected: tip.bytes,
                found: self.bytes,
            });
        }
        Ok(())
    }

    fn check_end(&self) -> Result<(), VerifyError> {
        let problem = match self.head {
            Some((tip, _)) if tip.seq >= self.records => Problem::Truncated {
                head: tip.seq,
                last: self.records.checked_sub(1),
            },
            // The head is written right after the first record, before any guest can begin a call. So there is one
            // place only where it may be missing: a log of that record alone, whose writer was killed in between.
            None if self.records > 1 || self.files > 1 => Problem::HeadMissing,
            Some(_) | None => return Ok(()),
        };
        Err(VerifyError::of_the_set(problem))
    }
}
