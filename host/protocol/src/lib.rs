//! The sidecar protocol: its messages, their bytes, and frames of them. Nothing here knows a connection, or reads or writes
//! anything.
//!
//! The messages ([`types`]) and their codec are generated from `wit/sidecar` when this crate is built, with the
//! documentation that stands there. What a message means is said there; here is how it travels:
//!
//! - A **frame** is a length of four bytes, big-endian, and as many bytes of a [`ProtocolFrame`](types::ProtocolFrame) in
//!   BARE. [`encode`] makes one, [`decode`] reads the bytes after the length, and a [`FrameDecoder`] finds frames in what
//!   arrives piece by piece.
//! - **Nothing that a frame declares is allocated before it is there.** A length over [`FrameLimits::body_bytes`] is
//!   refused when its four bytes have come. A list grows with the items that were really read, and what a frame comes to
//!   in memory has an end of its own, [`FrameLimits::decoded_bytes`].
//! - **Every failure is an [`FrameError`]**, with a variant for each thing that can be wrong. None of them holds a byte of
//!   what was sent, so that it can be logged as it is.
//! - Bytes after the value are ignored, as are the spare bits of numbers that are longer than they need be; a boolean and
//!   the byte before what may be absent are true for all but zero. That is how peers read, so that is what they send.
//!
//! A program that reads frames from a stream hands over what it reads, and takes frames until there is none:
//!
//! ```
//! use std::io::Read;
//! use tollgate_protocol::types::{ConnectionOwnership, OwnershipScope, ProtocolFrame, RequestPayload};
//! use tollgate_protocol::{FrameDecoder, FrameLimits, Side, encode, request};
//!
//! let ownership = OwnershipScope::ConnectionOwnership(ConnectionOwnership { connection_id: "conn-1".into() });
//! let sent = request(7, ownership, RequestPayload::GetProcessSnapshotRequest);
//! let limits = FrameLimits::default();
//! let bytes = encode(&sent.into(), limits)?;
//!
//! let mut stream = bytes.as_slice();
//! let mut decoder = FrameDecoder::new(Side::Client, limits);
//! let mut piece = [0; 16];
//! let frame = loop {
//!     if let Some(frame) = decoder.frame()? {
//!         break frame;
//!     }
//!     match stream.read(&mut piece)? {
//!         0 => decoder.finish()?,
//!         read => decoder.push(piece.get(..read).unwrap_or_default()),
//!     }
//! };
//! assert!(matches!(frame, ProtocolFrame::RequestFrame(request) if request.request_id == 7));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answers;
mod calls;
mod error;
mod fixed;
mod frame;
mod limits;
mod refusal;
mod stream;
pub mod types;
pub mod wire;

pub use answers::{Asked, Response, event, request, sidecar_request};
pub use error::{DecodeError, DecodeFault, FrameError, FrameKind, Side};
pub use fixed::FIXED;
pub use frame::{decode, encode};
pub use limits::{
    BRIDGE_VERSION, DEFAULT_MAX_FRAME_BYTES, FrameLimits, SCHEMA_NAME, SCHEMA_VERSION,
};
pub use refusal::RefusalCode;
pub use stream::FrameDecoder;
pub use types::{exec, vm};
