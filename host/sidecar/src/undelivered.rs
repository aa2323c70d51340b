//! What waits for a client, and what does not reach it.

use tollgate_protocol::FrameError;

/// Bytes of frames that wait for a client. One frame may be larger than this, and then waits alone.
pub(crate) const WAITING_BYTES: u32 = 32 << 20;

/// The client is gone, and hears nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client is gone")]
pub(crate) struct Gone;

/// Why a question was not asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unasked {
    /// It does not fit a frame.
    #[error(transparent)]
    Frame(FrameError),
    /// The client is gone.
    #[error("the client is gone")]
    Gone,
}
