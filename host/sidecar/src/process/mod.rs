//! The programs of a VM.

mod callback;
mod command;
mod environment;
mod exec;
mod execute;
mod program;
mod run;
mod serve;
mod signals;
mod table;

pub(crate) use self::exec::Guests;
pub(crate) use self::table::{LISTED_MS, MOST_LISTED, Process, Processes, WAITING_OUTPUT};
