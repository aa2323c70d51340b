//! The tamper-evident audit log of Tollgate: records, hash chain, writer, sinks, verification.
//!
//! Whoever lets a guest do something first [reserves its record](Run::begin), then acts, then
//! [fills it](Pending::finish). A cancelled call is recorded too, since dropping the reservation fills it; and once
//! records cannot be written any more, nothing begins.
//!
//! ```
//! use tollgate_audit::verify::{VerifyOptions, verify};
//! use tollgate_audit::{Decision, Entry, Log, LogOptions, RunIdentity, RunLimits, SigningKey};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! let key = SigningKey::load_or_create(&folder.path().join("audit.key"))?;
//! let public_key = key.public_key();
//! let path = folder.path().join("audit.jsonl");
//! let log = Log::file(&path, key, LogOptions::default())?;
//!
//! let component = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".to_owned();
//! let identity = RunIdentity { run: "run-1".to_owned(), vm: None, process: None, component };
//! let run = log.run(identity, RunLimits::default());
//! runtime.block_on(async {
//!     let entry = Entry {
//!         import: "wasi:filesystem/types@0.2#[method]descriptor.read",
//!         operation: "fs.read",
//!         resource: "/data/names.txt",
//!         decision: Decision::Allow,
//!         rule: "flag:0",
//!         high_rate: true,
//!     };
//!     let pending = run.begin(entry).await?;
//!     // … the effect takes place …
//!     pending.finish("ok", 4096, 0);
//!     run.end().await
//! })?;
//! let summary = log.close()?;
//! assert_eq!(summary.total(Decision::Allow).bytes_in, 4096);
//!
//! let report = verify(&path, &VerifyOptions { public_key: Some(public_key) })?;
//! assert_eq!((report.records, report.unsigned_records, report.torn_bytes), (3, 0, 0));
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! - No effect without a place in the ring; at most 4,096 effects of all guests of a log lack a flushed record, however
//!   calls are coalesced, and with [`Flush::Each`] none. *Flushed* is written, made durable, and named by the head.
//! - Coalescing loses no count and no byte.
//! - A `kill -9` at any moment leaves an intact prefix that holds everything flushed, with a tail of intact unsigned
//!   records and of one torn line at most; both are told apart from truncation and tampering.
//! - What a guest says stays text within one field of one line, whatever it contains, and of bounded length.
//! - One guest's limits (bytes, records per second, calls at once) make itself wait or end, and nobody else.
//!
//! # Files
//!
//! A log named FILE is `FILE.1`, `FILE.2`, … (full files, oldest first), `FILE` (the current one, locked by its writer)
//! and `FILE.head`. A [record](Record) is one JSON object on one line, its keys always all and in the order of the
//! struct. Its `hash` is the SHA-256 of the line as written, without the line end and without `,"hash":"…"`; its `prev` is
//! the hash of the record before, over all files. Numbers (`seq`) begin with 0 and have no gap.
//!
//! The log writes records of its own, with scope `log`, rule `log:0` and no run: `log.open` (the first of all, with the
//! public key as resource), `log.resume` (opened again), `log.recover` (what a kill left: how many records were unsigned,
//! how many torn bytes were cut, whether a rotation was taken back) and `log.close` (the writer ended by itself, with how
//! many calls were unfinished). `log.limit` is a run's: its bytes were used up.
//!
//! The head is one JSON object on one line: `v`, `seq` and `hash` of the last flushed record, `bytes` of the set up to its
//! end, `rotated` (the number of full files before it), `public_key` and `signature`, an ed25519 signature over the six
//! lines `tollgate audit head 1`, `seq=…`, `hash=…`, `bytes=…`, `rotated=…` and `public_key=…`, each with its line end. It may be missing in one case only: the log consists of its first record, or of less.

mod cause;
mod chain;
mod clock;
mod disk;
mod encode;
mod entry;
mod error;
mod escape;
mod handle;
mod head;
mod hex;
mod key;
mod lines;
mod lock;
mod log;
mod options;
mod pace;
mod pending;
mod problem;
mod record;
mod run;
mod scan;
mod shared;
mod sink;
mod span;
mod state;
mod summary;
mod writer;

pub mod read;
pub mod stats;
pub mod verify;

pub use cause::IoCause;
pub use entry::Entry;
pub use error::{AuditError, Failure, OpenError};
pub use escape::printable;
pub use key::{ParseKeyError, PublicKey, SigningKey};
pub use log::Log;
pub use options::{Detail, Flush, LogOptions};
pub use pending::Pending;
pub use problem::{Problem, VerifyError};
pub use record::{Decision, FORMAT, MAX_LINE_BYTES, Record, RunIdentity, bounds};
pub use run::Run;
#[doc(hidden)]
pub use sink::Sink;
pub use state::RunLimits;
pub use summary::{ROWS_PER_DECISION, Row, Sum, Summary};
