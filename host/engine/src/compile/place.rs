//! Where components are compiled.

use crate::worker::Worker;

/// Where components are compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compiling {
    /// In a process of its own, under limits of time and memory.
    Worker(Worker),
    /// In this process: a component that takes long takes a thread for as long, and memory without a limit but the
    /// static caps. For components that are trusted this far, and for tests.
    InProcess,
    /// Nowhere: only what is in the cache is run.
    Missing,
}

impl Default for Compiling {
    /// This program as its own worker, if it can be one.
    fn default() -> Self {
        Worker::this_program().map_or(Self::Missing, Self::Worker)
    }
}
