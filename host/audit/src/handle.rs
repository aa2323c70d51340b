//! What keeps a log alive: its clones, its runs, and their calls.

use crate::lock::lock;
use crate::options::{Detail, Flush, LogOptions};
use crate::shared::Shared;
use crate::sink::Recent;
use crate::state::RunState;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// An open log. The last one to be dropped closes it.
pub(crate) struct Handle {
    pub(crate) shared: Arc<Shared>,
    pub(crate) options: LogOptions,
    pub(crate) thread: Mutex<Option<JoinHandle<()>>>,
    pub(crate) recent: Option<Arc<Mutex<Recent>>>,
}

impl Handle {
    pub(crate) fn shut(&self) {
        // Held while the writer ends, so that a second caller returns no sooner than the first.
        let mut thread = lock(&self.thread);
        if let Some(thread) = thread.take() {
            self.shared.begin_closing();
            // A writer that panicked has left its failure behind.
            let _reported = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shut();
    }
}

/// A run of an open log. When the last one is dropped, the run is over.
pub(crate) struct RunHandle {
    pub(crate) log: Arc<Handle>,
    pub(crate) state: Arc<RunState>,
}

impl RunHandle {
    pub(crate) fn shared(&self) -> &Shared {
        &self.log.shared
    }

    pub(crate) fn flushes_each(&self) -> bool {
        self.log.options.flush == Flush::Each
    }

    /// Whether calls may be merged: not where each has to be flushed by itself.
    pub(crate) fn coalesces(&self) -> bool {
        self.log.options.detail == Detail::Coalesced && !self.flushes_each()
    }
}

impl Drop for RunHandle {
    /// No call can be pending here, so what is in the spans is all that was left to write.
    fn drop(&mut self) {
        let mut left = Vec::new();
        self.state.close_spans(&mut left);
        for raw in left {
            self.log.shared.push(raw, None);
        }
        self.state.leave();
    }
}
