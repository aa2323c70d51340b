//! Speaking to the person who called the command: tables, lines, questions.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this folder is where the command prints and asks; the rest of it hands over what to print"
)]

pub(crate) mod ask;
pub(crate) mod input;
pub(crate) mod panic;
pub(crate) mod table;
