//! The program that a worker runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// Threads of one worker: more would each reserve memory, and gain little.
pub(crate) const THREADS: u32 = 4;

/// The one argument of a worker.
pub(super) const ARGUMENT: &str = "tollgate-compile-worker";

/// Whether this process can be started again as a worker.
pub(super) static IS_WORKER: AtomicBool = AtomicBool::new(false);

/// How a compile worker is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    pub(super) program: PathBuf,
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
