//! Both ways to a sidecar, whatever they are made of.

use std::future::Future;
use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

/// Both ways to a sidecar.
pub(crate) struct Peer {
    pub(crate) reader: Box<dyn AsyncRead + Send + Unpin>,
    pub(crate) writer: Box<dyn AsyncWrite + Send + Unpin>,
    /// The process, where the client started one.
    pub(crate) started: Option<Box<dyn Started>>,
}

/// A process that the client started. What becomes of it when this is dropped was said when it was started.
pub(crate) trait Started: Send + Sync {
    /// Waits for its end, and gives its exit code; none where a signal ended it.
    fn ended(&mut self) -> Pin<Box<dyn Future<Output = io::Result<Option<i32>>> + Send + '_>>;
}

impl Peer {
    pub(crate) fn over(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        Self {
            reader: Box::new(reader),
            writer: Box::new(writer),
            started: None,
        }
    }
}
