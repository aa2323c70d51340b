//! Signals that end a run.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Failure;

/// The handlers. They stand before the guest does anything: a signal that came earlier would end the process by
/// itself, with the log left open.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Installs the handlers, within a runtime.
    pub(crate) fn install() -> Result<Self, Failure> {
        let failed =
            |error: io::Error| Failure::Host(format!("signals cannot be received: {error}"));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    /// Waits for a signal that asks the command to end.
    pub(crate) async fn end(&mut self) -> Failure {
        tokio::select! {
            _ = self.interrupt.recv() => Failure::Interrupted,
            _ = self.terminate.recv() => Failure::Terminated,
        }
    }
}
