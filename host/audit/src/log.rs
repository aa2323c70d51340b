//! A log: one ring, one writer, any number of runs.

use crate::chain::Chain;
use crate::disk;
use crate::error::{AuditError, Failure, OpenError};
use crate::handle::Handle;
use crate::key::SigningKey;
use crate::lock::lock;
use crate::options::LogOptions;
use crate::record::{Record, RunIdentity};
use crate::run::Run;
use crate::shared::Shared;
use crate::sink::{Memory, Recent, Sink};
use crate::state::RunLimits;
use crate::summary::Summary;
use crate::writer::Writer;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// An open log. Clones are the same log; it is closed by [`close`](Log::close), or when the last clone and the last of
/// its runs and their calls are dropped, which then blocks as `close` does and tells nobody what went wrong.
#[derive(Clone)]
pub struct Log(Arc<Handle>);

impl Log {
    /// A log in memory, for runs whose log nobody keeps: the account of everything, and the last records.
    ///
    /// Where the system gives no thread, a log that has failed.
    #[must_use]
    pub fn memory(options: LogOptions) -> Log {
        let (sink, recent) = Memory::new(options.recent_records);
        Log::start(
            Box::new(sink),
            Chain::EMPTY,
            &[("log.open", "memory".to_owned())],
            options,
            Some(recent),
        )
        .unwrap_or_else(|failure| Log::failed(failure, options))
    }

    /// Opens or makes the log at `path`, to be signed with `key`. The file is locked until the log is closed.
    ///
    /// A log that is there already is checked (its current file as a whole, and that it holds what its head says) and
    /// continued: a torn tail is cut, and a record (`log.recover`) says so. The set of a log is `path` and
    /// `path.1`, `path.2`, … (oldest first) with the signed head in `path.head`.
    ///
    /// # Errors
    /// See [`OpenError`]; nothing is changed then, but for a torn tail that may be cut already.
    pub fn file(path: &Path, key: SigningKey, options: LogOptions) -> Result<Log, OpenError> {
        let opened = disk::open(path, key, options.rotate_bytes)?;
        Ok(Log::start(
            Box::new(opened.sink),
            opened.chain,
            &opened.notes,
            options,
            None,
        )?)
    }

    /// A log on a sink of the caller's: for tests that need a disk to fail at a chosen byte.
    ///
    /// # Errors
    /// The sink refused the first record, or the system gives no thread.
    #[doc(hidden)]
    pub fn with_sink(sink: Box<dyn Sink>, options: LogOptions) -> Result<Log, Failure> {
        Log::start(
            sink,
            Chain::EMPTY,
            &[("log.open", "sink".to_owned())],
            options,
            None,
        )
    }

    fn start(
        sink: Box<dyn Sink>,
        chain: Chain,
        notes: &[(&'static str, String)],
        options: LogOptions,
        recent: Option<Arc<Mutex<Recent>>>,
    ) -> Result<Log, Failure> {
        let shared = Arc::new(Shared::new());
        let mut writer = Writer::new(Arc::clone(&shared), sink, chain);
        // Before anybody can begin a call, so that a log that cannot be written is found out here. One by one, so that
        // there is a head before there is a second record.
        for (operation, resource) in notes {
            writer.note(operation, resource)?;
            writer.flush()?;
        }
        let thread = thread::Builder::new()
            .name("tollgate-audit".to_owned())
            .spawn(move || writer.run());
        let thread = thread.map_err(|_no_thread| Failure::NoWriter)?;
        Ok(Log(Arc::new(Handle {
            shared,
            options,
            thread: Mutex::new(Some(thread)),
            recent,
        })))
    }

    fn failed(failure: Failure, options: LogOptions) -> Log {
        let shared = Arc::new(Shared::new());
        shared.end(Some(failure));
        Log(Arc::new(Handle {
            shared,
            options,
            thread: Mutex::new(None),
            recent: None,
        }))
    }

    /// A run's door to this log.
    #[must_use]
    pub fn run(&self, identity: RunIdentity, limits: RunLimits) -> Run {
        Run::new(Arc::clone(&self.0), identity, limits)
    }

    /// Closes the log for all its runs: what has finished is flushed, nothing begins any more, and the file's lock is
    /// given up. Blocks for as long as the disk takes. A log closed twice answers the same twice.
    ///
    /// Calls that are still pending are not waited for: the last record, `log.close`, counts them.
    ///
    /// # Errors
    /// [`AuditError::Failed`] if the writer has failed at any time.
    pub fn close(self) -> Result<Summary, AuditError> {
        self.0.shut();
        match self.0.shared.failure() {
            Some(failure) => Err(AuditError::Failed(failure)),
            None => Ok(self.summary()),
        }
    }

    /// What was asked and decided, as far as it is written: a run's calls are in it after [`Run::end`].
    #[must_use]
    pub fn summary(&self) -> Summary {
        lock(&self.0.shared.account).summary()
    }

    /// The last records of a memory log, oldest first; empty for a log in a file.
    #[must_use]
    pub fn recent(&self) -> Vec<Record> {
        let Some(recent) = &self.0.recent else {
            return Vec::new();
        };
        lock(recent)
            .lines()
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()
    }

    /// How the log is kept.
    #[must_use]
    pub fn options(&self) -> LogOptions {
        self.0.options
    }

    /// Why the log has failed, if it has.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.0.shared.failure()
    }
}
