//! The client's functions, which the guests of a VM call as commands.
//!
//! A client offers a **toolkit**: functions with a schema of their input each, and names of commands ([`toolkit`]). A command
//! with its arguments becomes a question to the client ([`call`], [`flags`]), and the answer what the command prints
//! ([`answer`]).

mod answer;
mod call;
mod flags;
mod toolkit;

pub(crate) use self::answer::Printed;
pub(crate) use self::call::{Invocation, Kind, Wanted};
pub(crate) use self::toolkit::{
    Command, DESCRIPTION_BYTES, MOST_ALIASES, NAME_BYTES, SCHEMA_LEVELS, Toolkits,
};
