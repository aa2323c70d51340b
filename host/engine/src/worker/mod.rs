//! Compiling in a process of its own.
//!
//! A thread that compiles can be neither stopped nor kept to an amount of memory, and denial of service while compiling
//! is outside the engine's security policy. So a component is compiled by another process of the same program, under
//! the system's own limits, which can be killed. It is the only process that the host ever starts: it gets no
//! environment, no file and no socket, and ends when whoever started it does.
//!
//! The program of a worker must call [`run_if_worker`] first thing in `main`. A program that does is its own worker;
//! another one names a program that does ([`Worker::program`]).
#![expect(
    clippy::disallowed_methods,
    reason = "this folder is the compile worker, the one process that the host starts, and what happens inside it"
)]

mod child;
mod parent;
mod program;
mod wire;

use std::sync::atomic::Ordering;

use program::{ARGUMENT, IS_WORKER};

pub(crate) use parent::compile;
pub(crate) use program::THREADS;
pub use program::Worker;

/// Becomes a compile worker, and never returns, if this process was started as one; otherwise notes that this program
/// can be.
///
/// Call it first thing in `main`: what comes before it is done in every worker too.
pub fn run_if_worker() {
    let mut arguments = std::env::args_os().skip(1);
    let is_worker =
        arguments.next().is_some_and(|first| first == ARGUMENT) && arguments.next().is_none();
    if is_worker {
        std::process::exit(child::serve());
    }
    IS_WORKER.store(true, Ordering::Relaxed);
}
