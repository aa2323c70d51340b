//! Opening a log for writing: alone, on a file that is what it seems, after the last intact record.

use crate::chain::Chain;
use crate::disk::file_sink::{FileSink, HEAD, NEXT, WRITE};
use crate::disk::folder::{self, FileId, Folder};
use crate::disk::set::{Files, leaves_traces, read_head};
use crate::error::OpenError;
use crate::head::Tip;
use crate::key::{PublicKey, SigningKey};
use crate::lines::{Line, Lines};
use crate::problem::{Problem, VerifyError};
use crate::record::Record;
use crate::scan::{Scanned, Start, scan};
use crate::sink::Sink as _;
use crate::verify::{head_of_another, opening_key};
use rustix::fs::{FlockOperation, IFlags, OFlags, Stat};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Seek as _};
use std::path::Path;

const LOG: &str = "log file";

/// A log that is ready to be written.
pub(crate) struct Opened {
    pub(crate) sink: FileSink,
    pub(crate) chain: Chain,
    /// The records to begin with: operation and resource.
    pub(crate) notes: Vec<(&'static str, String)>,
}

pub(crate) fn open(path: &Path, key: SigningKey, rotate_bytes: u64) -> Result<Opened, OpenError> {
    if path.file_name().is_none() {
        return Err(OpenError::NoFileName);
    }
    let folder = Folder::of(path).map_err(OpenError::at("open the log's folder"))?;
    let file = open_or_create(&folder)?;
    lock(&file)?;
    let id = check_file(&folder, &file)?;
    remove_leftovers(&folder)?;
    let mended = mend_rotation(&folder, id)?;
    check_links(&file)?;
    let aside = count_aside(&folder)?;
    let head = read_head(&folder)?;
    let scanned = check_content(&folder, &file, head, aside, key.public_key())?;
    if scanned.torn_bytes > 0 {
        file.set_len(scanned.file_bytes)
            .map_err(OpenError::at("cut the log's torn tail"))?;
        file.sync_data()
            .map_err(OpenError::at("cut the log's torn tail"))?;
    }
    folder
        .sync()
        .map_err(OpenError::at("make the log's name durable"))?;
    let notes = notes(&scanned, &key.public_key(), mended);
    let mut sink = FileSink {
        folder,
        key,
        rotate_bytes,
        file,
        id,
        written: scanned.file_bytes,
        aside_bytes: scanned.bytes.saturating_sub(scanned.file_bytes),
        aside,
        buffer: Vec::new(),
    };
    let chain = scanned.chain;
    if head.is_none() && scanned.records > 0 {
        // A writer was killed before its first head. No second record may follow on a first one without a head: a kill
        // right now would leave what a removed head leaves.
        sink.flush(chain.next_seq(), chain.prev().0)?;
    }
    Ok(Opened { sink, chain, notes })
}

/// Opens the file, or makes it. Between the two somebody may make or remove it: then once more, but not for ever.
fn open_or_create(folder: &Folder) -> Result<File, OpenError> {
    let mut last = Errno::NOENT;
    for _ in 0..8 {
        match folder.open(folder.name(), WRITE | OFlags::NOFOLLOW | OFlags::CLOEXEC) {
            Ok(file) => return Ok(file),
            // A log that lost its file is not begun anew beside its head: that would hide the loss.
            Err(Errno::NOENT) if leaves_traces(folder) => {
                return Err(in_file(folder.name(), Problem::CurrentFileMissing));
            }
            Err(Errno::NOENT) => {}
            Err(Errno::LOOP) => return Err(OpenError::Link { what: LOG }),
            Err(Errno::ISDIR | Errno::NXIO) => return Err(OpenError::NotRegular { what: LOG }),
            Err(error) => return Err(OpenError::at("open the log")(error)),
        }
        match folder.create(folder.name(), WRITE) {
            Ok(file) => return Ok(file),
            Err(error @ Errno::EXIST) => last = error,
            Err(error) => return Err(OpenError::at("make the log")(error)),
        }
    }
    Err(OpenError::at("make the log")(last))
}

fn lock(file: &File) -> Result<(), OpenError> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(()),
        Err(Errno::WOULDBLOCK) => Err(OpenError::Locked),
        Err(error) => Err(OpenError::at("lock the log")(error)),
    }
}

fn check_file(folder: &Folder, file: &File) -> Result<FileId, OpenError> {
    let stat = stat(file)?;
    if !folder::is_regular(&stat) {
        return Err(OpenError::NotRegular { what: LOG });
    }
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(OpenError::Owner {
            what: LOG,
            owner: stat.st_uid,
        });
    }
    if folder::mode(&stat) & 0o022 != 0 {
        return Err(OpenError::Mode {
            what: LOG,
            mode: folder::mode(&stat),
            expected: 0o644,
        });
    }
    // File systems without such attributes say so, and have none.
    let flags = rustix::fs::ioctl_getflags(file).unwrap_or(IFlags::empty());
    if flags.intersects(IFlags::APPEND | IFlags::IMMUTABLE) {
        return Err(OpenError::AppendOnly);
    }
    // The lock may be on a file that its writer has just put aside: then that writer has the log.
    let id = FileId::of(&stat);
    if folder
        .id(folder.name())
        .map_err(OpenError::at("look at the log"))?
        != Some(id)
    {
        return Err(OpenError::Locked);
    }
    Ok(id)
}

/// Removes what a killed writer was about to put in the place of the log's file or head. We hold the lock, so no living
/// writer needs it.
fn remove_leftovers(folder: &Folder) -> Result<(), OpenError> {
    for purpose in [NEXT, HEAD] {
        folder
            .remove(&folder.hidden(purpose))
            .map_err(OpenError::at("remove what a killed writer left"))?;
    }
    Ok(())
}

/// Takes back a rotation that a kill stopped half way: the file has a number already, and is still the current one.
fn mend_rotation(folder: &Folder, current: FileId) -> Result<bool, OpenError> {
    let number = count_aside(folder)?;
    let last = folder.aside(number);
    if number == 0
        || folder
            .id(&last)
            .map_err(OpenError::at("look at older log files"))?
            != Some(current)
    {
        return Ok(false);
    }
    folder
        .remove(&last)
        .map_err(OpenError::at("mend the log's older files"))?;
    Ok(true)
}

fn check_links(file: &File) -> Result<(), OpenError> {
    if stat(file)?.st_nlink == 1 {
        Ok(())
    } else {
        Err(OpenError::HardLinked { what: LOG })
    }
}

fn stat(file: &File) -> Result<Stat, OpenError> {
    rustix::fs::fstat(file).map_err(OpenError::at("look at the log"))
}

fn count_aside(folder: &Folder) -> Result<u32, OpenError> {
    let there = |number: u32| {
        folder
            .id(&folder.aside(number))
            .map_err(OpenError::at("look at older log files"))
    };
    let mut count: u32 = 0;
    while count < u32::MAX && there(count + 1)?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Checks the file that the head's record stands in and all after it: whole, to the last record.
fn check_content(
    folder: &Folder,
    file: &File,
    head: Option<(Tip, PublicKey)>,
    aside: u32,
    key: PublicKey,
) -> Result<Scanned, OpenError> {
    let skipped = head.map_or(0, |(tip, _)| tip.rotated.min(aside));
    let start = start_after(folder, skipped)?;
    let mut current = file.try_clone().map_err(OpenError::at("read the log"))?;
    current.rewind().map_err(OpenError::at("read the log"))?;
    let mut first = None;
    let scanned = scan(
        &mut Files::after(folder, skipped, current),
        start,
        head,
        |record| {
            first.get_or_insert_with(|| record.clone());
        },
    )?;
    let first = if skipped == 0 {
        first
    } else {
        first_record(folder)?
    };
    let Some(first) = first else {
        return Ok(scanned);
    };
    let log = opening_key(&first)?;
    if let Some((_, signer)) = head.filter(|(_, signer)| *signer != log) {
        return Err(head_of_another(signer, log).into());
    }
    if log != key {
        return Err(OpenError::OtherKey {
            expected: key.to_string(),
            found: log.to_string(),
        });
    }
    Ok(scanned)
}

/// What is known after the first `skipped` files, without reading them through: the last record of the last one, and
/// their sizes. That they are intact is for `verify` to say; that the head's record ends where it should is checked.
fn start_after(folder: &Folder, skipped: u32) -> Result<Start, OpenError> {
    if skipped == 0 {
        return Ok(Start::GENESIS);
    }
    let mut bytes: u64 = 0;
    for number in 1..=skipped {
        let stat = folder
            .stat(&folder.aside(number))
            .map_err(OpenError::at("look at older log files"))?;
        bytes =
            bytes.saturating_add(stat.map_or(0, |stat| u64::try_from(stat.st_size).unwrap_or(0)));
    }
    let name = folder.aside(skipped);
    let mut last = None;
    let mut lines = lines_of(folder, &name, LastPart)?;
    while let Some(line) = lines
        .next()
        .map_err(OpenError::at("read an older log file"))?
    {
        match line {
            Line::Whole(line) => {
                last = Some(
                    crate::chain::parse(line)
                        .ok()
                        .and_then(|(record, _)| end_of(&record)),
                )
            }
            Line::TooLong => last = Some(None),
            Line::Torn(_) => return Err(in_file(&name, Problem::TornInside)),
        }
    }
    let why = || {
        in_file(
            &name,
            Problem::NotARecord {
                why: "the last line".to_owned(),
            },
        )
    };
    let chain = last.flatten().ok_or_else(why)?;
    Ok(Start {
        chain,
        bytes,
        files: skipped,
    })
}

fn end_of(record: &Record) -> Option<Chain> {
    let hash = crate::chain::Link::from_hex(&record.hash)?;
    Some(Chain::resumed(record.seq.checked_add(1)?, hash))
}

fn first_record(folder: &Folder) -> Result<Option<Record>, OpenError> {
    let name = folder.aside(1);
    let mut lines = lines_of(folder, &name, WholeFile)?;
    match lines
        .next()
        .map_err(OpenError::at("read an older log file"))?
    {
        Some(Line::Whole(line)) => {
            let (record, _) =
                crate::chain::parse(line).map_err(|problem| in_file(&name, problem))?;
            Ok(Some(record))
        }
        Some(Line::TooLong | Line::Torn(_)) | None => Err(in_file(&name, Problem::NotOpened)),
    }
}

/// How much of a file is wanted.
enum Part {
    WholeFile,
    /// From somewhere before the last line on: the first piece may be the end of another line.
    LastPart,
}
use Part::{LastPart, WholeFile};

fn lines_of(folder: &Folder, name: &OsStr, part: Part) -> Result<Lines<File>, OpenError> {
    const STEP: &str = "read an older log file";
    let file = folder.read(name).map_err(OpenError::at(STEP))?;
    let mut file =
        file.ok_or_else(|| OpenError::at(STEP)(io::Error::from(io::ErrorKind::NotFound)))?;
    match part {
        WholeFile => {}
        LastPart => {
            let bound = u64::try_from(crate::record::MAX_LINE_BYTES)
                .unwrap_or(u64::MAX)
                .saturating_add(1);
            let size = file.metadata().map_err(OpenError::at(STEP))?.len();
            file.seek(io::SeekFrom::Start(size.saturating_sub(bound)))
                .map_err(OpenError::at(STEP))?;
        }
    }
    Ok(Lines::new(file))
}

fn in_file(name: &OsStr, problem: Problem) -> OpenError {
    VerifyError::in_file(&name.to_string_lossy(), problem).into()
}

/// The records that say how the writer found the log.
fn notes(scanned: &Scanned, key: &PublicKey, mended: bool) -> Vec<(&'static str, String)> {
    let signed = scanned.head.map_or(0, |(tip, _)| tip.seq.saturating_add(1));
    let unsigned = scanned.records.saturating_sub(signed);
    let mut notes = Vec::new();
    notes.push(if scanned.records == 0 {
        ("log.open", key.to_string())
    } else {
        ("log.resume", format!("records={}", scanned.records))
    });
    if unsigned > 0 || scanned.torn_bytes > 0 || mended {
        let text = format!(
            "unsigned={unsigned} torn={} rotation={mended}",
            scanned.torn_bytes
        );
        notes.push(("log.recover", text));
    }
    notes
}
