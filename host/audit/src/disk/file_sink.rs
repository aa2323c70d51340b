//! The file that a log is written to.
//!
//! A flush writes what is buffered, makes it durable, and only then replaces the head. Before each, the file is looked
//! at: it must be the one that stands at the log's place, and as long as what was written. Whoever moves, deletes,
//! replaces, truncates or extends it underneath the writer ends the log.
//!
//! Putting a file aside takes two steps, each whole or not at all: FILE gets a second name, the next free number; then
//! a new file, made and locked under a hidden name, takes the place of FILE. There is always a FILE, always locked. A
//! kill between the steps leaves one file with two names, which readers take for FILE and the next writer mends.

use crate::chain::Link;
use crate::disk::folder::{FileId, Folder};
use crate::error::Failure;
use crate::head::{self, Tip};
use crate::key::SigningKey;
use crate::sink::Sink;
use rustix::fs::{FlockOperation, OFlags};
use std::fs::File;
use std::io::Write as _;

/// How the current file is opened: whatever happens to it, what is written goes to its end.
pub(crate) const WRITE: OFlags = OFlags::RDWR.union(OFlags::APPEND).union(OFlags::NONBLOCK);

/// What the next file and the next head are for, while they are under their hidden names.
pub(crate) const NEXT: &str = "next";
pub(crate) const HEAD: &str = "head";

/// Bytes that are written at once.
const BUFFER_BYTES: usize = 1024 * 1024;

pub(crate) struct FileSink {
    pub(crate) folder: Folder,
    pub(crate) key: SigningKey,
    pub(crate) rotate_bytes: u64,
    pub(crate) file: File,
    pub(crate) id: FileId,
    /// Bytes written to the file.
    pub(crate) written: u64,
    /// Bytes of the files put aside.
    pub(crate) aside_bytes: u64,
    /// How many files are put aside.
    pub(crate) aside: u32,
    pub(crate) buffer: Vec<u8>,
}

impl Sink for FileSink {
    fn append(&mut self, line: &[u8]) -> Result<(), Failure> {
        let size = self.written.saturating_add(length(&self.buffer));
        if size > 0 && size.saturating_add(length(line)) > self.rotate_bytes {
            self.rotate()?;
        }
        self.buffer.extend_from_slice(line);
        if self.buffer.len() >= BUFFER_BYTES {
            self.write_out()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self, next_seq: u64, hash: [u8; 32]) -> Result<(), Failure> {
        self.make_durable()?;
        let bytes = self.aside_bytes.saturating_add(self.written);
        let tip = Tip {
            seq: next_seq.saturating_sub(1),
            hash: Link(hash),
            bytes,
            rotated: self.aside,
        };
        self.replace_head(&head::encode(&tip, &self.key))
    }
}

impl FileSink {
    fn write_out(&mut self) -> Result<(), Failure> {
        self.file
            .write_all(&self.buffer)
            .map_err(Failure::at("write the log"))?;
        self.written = self.written.saturating_add(length(&self.buffer));
        self.buffer.clear();
        Ok(())
    }

    fn make_durable(&mut self) -> Result<(), Failure> {
        self.write_out()?;
        self.check()?;
        self.file.sync_data().map_err(Failure::at("flush the log"))
    }

    /// Is the file still ours?
    fn check(&self) -> Result<(), Failure> {
        let there = self
            .folder
            .id(self.folder.name())
            .map_err(Failure::at("look at the log"))?;
        if there != Some(self.id) {
            return Err(Failure::Replaced);
        }
        let found = self
            .file
            .metadata()
            .map_err(Failure::at("look at the log"))?
            .len();
        if found != self.written {
            return Err(Failure::Resized {
                expected: self.written,
                found,
            });
        }
        Ok(())
    }

    fn replace_head(&self, content: &[u8]) -> Result<(), Failure> {
        const STEP: &str = "write the log's head";
        let hidden = self.folder.hidden(HEAD);
        let mut file = self
            .folder
            .create_hidden(&hidden, OFlags::WRONLY)
            .map_err(Failure::at(STEP))?;
        file.write_all(content).map_err(Failure::at(STEP))?;
        // Without this a power cut could leave an empty head in the place of the old one.
        file.sync_all().map_err(Failure::at(STEP))?;
        self.folder
            .replace(&hidden, &self.folder.head())
            .map_err(Failure::at(STEP))
    }

    fn rotate(&mut self) -> Result<(), Failure> {
        const STEP: &str = "begin another log file";
        self.make_durable()?;
        let number = self.aside.checked_add(1).ok_or(Failure::TooManyFiles)?;
        let (current, aside, hidden) = (
            self.folder.name(),
            self.folder.aside(number),
            self.folder.hidden(NEXT),
        );
        let next = self
            .folder
            .create_hidden(&hidden, WRITE)
            .map_err(Failure::at(STEP))?;
        rustix::fs::flock(&next, FlockOperation::NonBlockingLockExclusive)
            .map_err(Failure::at(STEP))?;
        self.folder
            .link(current, &aside)
            .map_err(Failure::at("put a full log file aside"))?;
        if self.folder.id(&aside).map_err(Failure::at(STEP))? != Some(self.id) {
            return Err(Failure::Replaced);
        }
        self.folder
            .replace(&hidden, current)
            .map_err(Failure::at(STEP))?;
        self.folder.sync().map_err(Failure::at(STEP))?;
        self.id = FileId::of(&rustix::fs::fstat(&next).map_err(Failure::at(STEP))?);
        self.file = next;
        self.aside = number;
        self.aside_bytes = self.aside_bytes.saturating_add(self.written);
        self.written = 0;
        Ok(())
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
