//! One call of every operation of every interface that the host links, one line each.
//!
//! What stands beneath `/work` is made by whoever runs it: the files `read-me` and `write-me`, and in `denied` what a
//! policy without grants for it has to keep: `file`, `link`, `empty`, `remove`. A file whose reading is denied can be
//! opened for writing and one whose writing is denied for reading, so that also the operations on open files meet a
//! policy that denies them.

mod files;
mod network;
mod opened;
mod plain;

pub use files::folders;
pub use network::{http, lookup, tcp, udp};
pub use opened::files;
pub use plain::{clocks, environment, random, streams};
