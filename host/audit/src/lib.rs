//! The tamper-evident audit log of Tollgate: records, hash chain, writer, sinks, verification.

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
