//! The numbers of the protocol.

/// What each frame begins with, after its kind.
pub const SCHEMA_NAME: &str = "secure-exec-sidecar";

/// The version in each frame, and the one that a client authenticates with. The protocol is called version 1; its number
/// on the wire is this.
pub const SCHEMA_VERSION: u16 = 7;

/// The version of the bridge contract that a client authenticates with: that of `bridge-contract.json`.
pub const BRIDGE_VERSION: u32 = 1;

/// How many bytes a body may have where nobody says otherwise. It is what clients expect.
pub const DEFAULT_MAX_FRAME_BYTES: u32 = 16 << 20;

/// How many times its own size a frame may come to in memory. A text of no letters is one byte in a frame and 24 here, so
/// that a frame of nothing else would be 24 times its size; what is sent in earnest is not twice.
pub(crate) const GROWTH: u64 = 8;

/// What a frame may come to in memory however small the limit of its bytes is: with few bytes, growth is no danger.
pub(crate) const LEAST_DECODED_BYTES: u64 = 1 << 20;

/// What one frame may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLimits {
    /// Bytes of a body, that is, without the four of its length. In both directions.
    pub body_bytes: u32,
    /// Bytes of memory that the lists of one frame may take once it is read.
    pub decoded_bytes: u64,
}

impl FrameLimits {
    /// Those of a sidecar that takes bodies of so many bytes.
    #[must_use]
    pub const fn of(body_bytes: u32) -> Self {
        let grown = (body_bytes as u64).saturating_mul(GROWTH);
        let decoded_bytes = if grown > LEAST_DECODED_BYTES {
            grown
        } else {
            LEAST_DECODED_BYTES
        };
        Self {
            body_bytes,
            decoded_bytes,
        }
    }
}

impl Default for FrameLimits {
    fn default() -> Self {
        Self::of(DEFAULT_MAX_FRAME_BYTES)
    }
}
