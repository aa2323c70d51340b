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
    clippy::disallowed_types,
    reason = "this folder is the compile worker, the one process that the host starts, and what happens inside it"
)]

mod child;
mod parent;
mod wire;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use parent::compile;

/// The one argument of a worker.
const ARGUMENT: &str = "tollgate-compile-worker";

/// Whether this process can be started again as a worker.
static IS_WORKER: AtomicBool = AtomicBool::new(false);

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

/// How a compile worker is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    program: PathBuf,
}

impl Worker {
    /// This program, if it called [`run_if_worker`].
    #[must_use]
    pub fn this_program() -> Option<Self> {
        if !IS_WORKER.load(Ordering::Relaxed) {
            return None;
        }
        // Not the file's name: a program that was replaced while it runs would be another version's worker.
        let own = PathBuf::from("/proc/self/exe");
        let program = if cfg!(target_os = "linux") {
            Some(own)
        } else {
            std::env::current_exe().ok()
        };
        program.map(|program| Self { program })
    }

    /// Another program, whose `main` calls [`run_if_worker`]. It has to be of this very version of Tollgate: what it
    /// makes is refused otherwise.
    #[must_use]
    pub fn program(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
        }
    }
}
