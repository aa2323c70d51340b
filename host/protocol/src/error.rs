//! What can be wrong with bytes. Nothing here holds a byte of what was sent.

use std::fmt;

use thiserror::Error;

use crate::limits::{SCHEMA_NAME, SCHEMA_VERSION};

/// Who sent a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Whoever started the sidecar, or connected to it.
    Client,
    /// The sidecar.
    Sidecar,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Sidecar => "sidecar",
        })
    }
}

/// The five kinds of frames, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// A client's question.
    Request,
    /// The sidecar's answer.
    Response,
    /// What the sidecar tells without being asked.
    Event,
    /// The sidecar's question.
    SidecarRequest,
    /// The client's answer.
    SidecarResponse,
}

impl FrameKind {
    /// Every kind, by its number.
    pub const ALL: [Self; 5] = [
        Self::Request,
        Self::Response,
        Self::Event,
        Self::SidecarRequest,
        Self::SidecarResponse,
    ];

    /// Who sends such frames.
    #[must_use]
    pub const fn sent_by(self) -> Side {
        match self {
            Self::Request | Self::SidecarResponse => Side::Client,
            Self::Response | Self::Event | Self::SidecarRequest => Side::Sidecar,
        }
    }

    /// Whether such frames have a number that ties answer and question together.
    #[must_use]
    pub const fn has_request_id(self) -> bool {
        !matches!(self, Self::Event)
    }
}

impl fmt::Display for FrameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Event => "event",
            Self::SidecarRequest => "sidecar request",
            Self::SidecarResponse => "sidecar response",
        })
    }
}

/// Bytes that are no value of the type that was to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("at byte {at}: {fault}")]
pub struct DecodeError {
    /// How many bytes of the body were read before.
    pub at: usize,
    /// What is wrong there.
    pub fault: DecodeFault,
}

/// What is wrong with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeFault {
    /// They end before the value does, or before what a length or count says must follow.
    #[error("the bytes end before the value does")]
    UnexpectedEnd,
    /// A number of variable length does not end, or is more than 64 bits.
    #[error("a number does not fit 64 bits")]
    NumberTooLong,
    /// A case that the type does not have.
    #[error("{of} has no case {tag}")]
    UnknownTag {
        /// The type, by the name that it has in `wit/sidecar`.
        of: &'static str,
        /// The number that was sent.
        tag: u64,
    },
    /// A text that is no UTF-8.
    #[error("a text is not UTF-8")]
    InvalidUtf8,
    /// The value takes more memory than one frame may.
    #[error("the value takes more memory than {limit} bytes")]
    TooMuch {
        /// How much it may take, in bytes.
        limit: u64,
    },
}

/// Bytes that are no frame, or no frame that may come from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// A length that is over the limit, or a message that would be.
    #[error("a frame of {length} bytes, where {limit} are the most")]
    TooLarge {
        /// How many bytes the body has, or would have.
        length: u64,
        /// How many it may have.
        limit: u32,
    },
    /// The bytes end within a body. Between frames, and within a length, they may.
    #[error("the stream ends {came} bytes into a frame of {length}")]
    EndsInBody {
        /// How many bytes the body should have.
        length: u32,
        /// How many of them came.
        came: usize,
    },
    /// The body is no frame.
    #[error("a frame cannot be read: {0}")]
    Body(#[from] DecodeError),
    /// The frame is of a protocol with another name.
    #[error("a frame of another protocol than {SCHEMA_NAME}")]
    SchemaName,
    /// The frame is of another version of the protocol.
    #[error("a frame of version {0} of the protocol, where {SCHEMA_VERSION} is spoken")]
    SchemaVersion(u16),
    /// Its number is the one that nobody may use.
    #[error("a {0} with the number 0")]
    RequestIdZero(FrameKind),
    /// It is of a kind that only the other side sends.
    #[error("a {kind} from a {from}")]
    WrongSide {
        /// Its kind.
        kind: FrameKind,
        /// Who sent it.
        from: Side,
    },
}
