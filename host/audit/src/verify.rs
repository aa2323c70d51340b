//! Offline verification: reads a log's set once, in constant memory, and believes nothing that it does not prove.
//!
//! What is proven: every record up to the head's is there, in order and unchanged since it was flushed, and the head was
//! signed by the stated key. Records after the head's (written, but not flushed when the writer was killed) are proven
//! to be an intact chain and no more: whoever can write the file can cut them off or add to them, and the report says how
//! many they are. What nobody can prove from the files alone: that the key is the right one (pin it), and that log and
//! head were not both set back to an earlier state (keep a copy of the head elsewhere).

use crate::disk::{Files, Folder, read_head};
use crate::key::PublicKey;
pub use crate::problem::{Problem, VerifyError};
use crate::record::Record;
use crate::scan::{Scanned, Start, scan};
use serde::Serialize;
use std::path::Path;

/// What a verification is held against.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// The key that the log must have been signed with; without it, the log's own word is taken.
    pub public_key: Option<PublicKey>,
}

/// What a verified log holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Intact records, over all files.
    pub records: u64,
    /// Of these, the ones up to the head's: signed.
    pub signed_records: u64,
    /// Of these, the ones after the head's: an intact chain, but not signed. They were written and not flushed.
    pub unsigned_records: u64,
    /// Bytes of an unfinished line at the end, 0 if there is none. It is cut when the log is next opened.
    pub torn_bytes: u64,
    /// Bytes of all intact records.
    pub bytes: u64,
    /// Files of the set, the current one included.
    pub files: u32,
    /// The key that the log names and its head is signed with; none in an empty log.
    pub public_key: Option<String>,
    /// Whether the key was compared with one that the caller trusts.
    pub pinned: bool,
    /// Whether the last record says that the writer closed the log: false while it runs, and after a kill.
    pub closed: bool,
    /// Time of the first record.
    pub first_time: Option<String>,
    /// Time of the last intact record.
    pub last_time: Option<String>,
    /// Hash of the last intact record: written down elsewhere, it pins the log as it is now.
    pub last_hash: Option<String>,
}

/// Verifies the log at `path` with all its older files and its head.
///
/// May run beside the log's writer: it then reports some state that the log has had since the call.
///
/// # Errors
/// The first thing that is wrong, or that the files cannot be read.
pub fn verify(path: &Path, options: &VerifyOptions) -> Result<Report, VerifyError> {
    verify_each(path, options, |_record| ())
}

/// As [`verify`], and hands every record to `each` once it is proven to follow the one before. What `each` saw stands
/// only if the whole is `Ok`.
///
/// # Errors
/// As [`verify`].
pub fn verify_each(
    path: &Path,
    options: &VerifyOptions,
    mut each: impl FnMut(&Record),
) -> Result<Report, VerifyError> {
    let folder = Folder::of(path)
        .map_err(|error| VerifyError::of_the_set(Problem::at("open the log's folder")(error)))?;
    // Before the records: a writer beside us only ever moves on, so the log is at least as long as this head.
    let head = read_head(&folder)?;
    let (mut first, mut last) = (None, None);
    let scanned = scan(&mut Files::new(&folder), Start::GENESIS, head, |record| {
        each(record);
        first.get_or_insert_with(|| record.clone());
        last = Some(record.clone());
    })?;
    let public_key = first.as_ref().map(opening_key).transpose()?;
    check_key(&scanned, public_key, options)?;
    let signed_records = scanned.head.map_or(0, |(tip, _)| tip.seq.saturating_add(1));
    Ok(Report {
        records: scanned.records,
        signed_records,
        unsigned_records: scanned.records.saturating_sub(signed_records),
        torn_bytes: scanned.torn_bytes,
        bytes: scanned.bytes,
        files: scanned.files,
        public_key: public_key.map(|key| key.to_string()),
        pinned: options.public_key.is_some(),
        closed: scanned.torn_bytes == 0
            && last
                .as_ref()
                .is_some_and(|record| record.operation == "log.close"),
        first_time: first.map(|record| record.time),
        last_time: last.as_ref().map(|record| record.time.clone()),
        last_hash: last.map(|record| record.hash),
    })
}

/// The public key in a log's first record.
pub(crate) fn opening_key(record: &Record) -> Result<PublicKey, VerifyError> {
    let not_opened = || VerifyError::of_the_set(Problem::NotOpened);
    if record.operation != "log.open" || record.seq != 0 {
        return Err(not_opened());
    }
    record.resource.parse().map_err(|_no_key| not_opened())
}

fn check_key(
    scanned: &Scanned,
    log: Option<PublicKey>,
    options: &VerifyOptions,
) -> Result<(), VerifyError> {
    if let (Some((_, head)), Some(log)) = (scanned.head, log)
        && head != log
    {
        return Err(head_of_another(head, log));
    }
    let Some(pinned) = options.public_key else {
        return Ok(());
    };
    if let Some(found) = log.filter(|found| *found != pinned) {
        let (pinned, found) = (pinned.to_string(), found.to_string());
        return Err(VerifyError::of_the_set(Problem::OtherKey { pinned, found }));
    }
    match scanned.head {
        Some(_) => Ok(()),
        None => Err(VerifyError::of_the_set(Problem::Unsigned)),
    }
}

pub(crate) fn head_of_another(head: PublicKey, log: PublicKey) -> VerifyError {
    VerifyError::of_the_set(Problem::HeadKey {
        head: head.to_string(),
        log: log.to_string(),
    })
}
