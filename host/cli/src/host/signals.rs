//! Signals that end a run.

use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Failure;

/// Waits for the first signal that asks the command to end.
pub(crate) async fn end() -> Failure {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without handlers the signals end the process by themselves.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Failure::Interrupted,
        _ = terminate.recv() => Failure::Terminated,
    }
}
