//! One frame and its bytes.

use crate::error::{DecodeError, FrameError, FrameKind, Side};
use crate::limits::{FrameLimits, SCHEMA_NAME, SCHEMA_VERSION};
use crate::types::{ProtocolFrame, ProtocolSchema};
use crate::wire::{Reader, Wire, size};

/// How many bytes the length has.
pub(crate) const PREFIX: usize = 4;

/// A frame as bytes: its length, big-endian, and its body.
///
/// # Errors
///
/// [`FrameError::TooLarge`] for a body over the limit, before any of it is written. Who has to answer can then answer
/// with [`RefusalCode::FrameTooLarge`](crate::RefusalCode::FrameTooLarge).
pub fn encode(frame: &ProtocolFrame, limits: FrameLimits) -> Result<Vec<u8>, FrameError> {
    let size = size(frame);
    let too_large = FrameError::TooLarge {
        length: size,
        limit: limits.body_bytes,
    };
    let length = match u32::try_from(size) {
        Ok(length) if length <= limits.body_bytes => length,
        _ => return Err(too_large),
    };
    let mut bytes = Vec::with_capacity(PREFIX + length as usize);
    bytes.extend(length.to_be_bytes());
    frame.encode(&mut bytes);
    Ok(bytes)
}

/// The frame whose body, without its length, is `body`. Bytes after it are ignored.
///
/// What makes a frame unfit is looked at in the order in which it stands there, so that a frame of another protocol is
/// called that, and nothing of a frame is read that its side may not send.
///
/// # Errors
///
/// Everything but [`FrameError::EndsInBody`].
pub fn decode(body: &[u8], from: Side, limits: FrameLimits) -> Result<ProtocolFrame, FrameError> {
    if body.len() as u64 > u64::from(limits.body_bytes) {
        return Err(FrameError::TooLarge {
            length: body.len() as u64,
            limit: limits.body_bytes,
        });
    }
    let mut head = Reader::new(body, limits.decoded_bytes);
    let kind = kind(&mut head)?;
    ProtocolSchema::decode(&mut head)?.check()?;
    if kind.sent_by() != from {
        return Err(FrameError::WrongSide { kind, from });
    }
    if kind.has_request_id() && i64::decode(&mut head)? == 0 {
        return Err(FrameError::RequestIdZero(kind));
    }
    let mut reader = Reader::new(body, limits.decoded_bytes);
    Ok(ProtocolFrame::decode(&mut reader)?)
}

fn kind(reader: &mut Reader<'_>) -> Result<FrameKind, DecodeError> {
    let tag = reader.tag()?;
    let number = usize::try_from(tag).ok();
    number
        .and_then(|number| FrameKind::ALL.get(number))
        .copied()
        .ok_or_else(|| reader.unknown("protocol-frame", tag))
}

impl ProtocolSchema {
    /// The one that this crate speaks.
    #[must_use]
    pub fn current() -> Self {
        Self {
            name: SCHEMA_NAME.to_owned(),
            version: SCHEMA_VERSION,
        }
    }

    /// Whether it is that one.
    ///
    /// # Errors
    ///
    /// Whether name or version differs; the name first.
    pub fn check(&self) -> Result<(), FrameError> {
        if self.name != SCHEMA_NAME {
            return Err(FrameError::SchemaName);
        }
        if self.version != SCHEMA_VERSION {
            return Err(FrameError::SchemaVersion(self.version));
        }
        Ok(())
    }
}

impl ProtocolFrame {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> FrameKind {
        match self {
            Self::RequestFrame(_) => FrameKind::Request,
            Self::ResponseFrame(_) => FrameKind::Response,
            Self::EventFrame(_) => FrameKind::Event,
            Self::SidecarRequestFrame(_) => FrameKind::SidecarRequest,
            Self::SidecarResponseFrame(_) => FrameKind::SidecarResponse,
        }
    }

    /// How many bytes its body has.
    #[must_use]
    pub fn body_bytes(&self) -> u64 {
        size(self)
    }
}
