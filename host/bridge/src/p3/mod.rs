//! The host side of WASI 0.3, over the same gate, files and capabilities as that of 0.2.
//!
//! What differs is how a call waits. Functions that are asynchronous in the WIT get at the store step by step, so that
//! several are under way at once: each takes out what it needs, lets the store go, and passes the gate. Streams are
//! produced and consumed in small polls, over the same gated streams as those of 0.2.
//!
//! The functions name themselves `…@0.3#…` in the log, so that it says through which release a guest acted.

mod clocks;
mod environment;
mod exit;
mod filesystem;
mod linker;
mod random;
mod stdio;
mod streams;

pub(crate) use linker::add_to_linker;
