//! Frames in what arrives piece by piece.

use crate::error::{FrameError, Side};
use crate::frame::{PREFIX, decode};
use crate::limits::FrameLimits;
use crate::types::ProtocolFrame;

/// Room that is kept from one frame to the next: more was made for a large one, and is given back.
const KEPT: usize = 64 << 10;

/// Finds frames in a stream of bytes. It keeps what was handed over and is no whole frame yet, and nothing else: no length
/// that is declared makes it take memory.
///
/// Hand over what was read, then take frames until there is none. All of its state is here, so that whoever waits for
/// bytes in between may stop waiting at any time. After an error there are no more frames: where the next one begins is
/// not known.
#[derive(Debug)]
pub struct FrameDecoder {
    from: Side,
    limits: FrameLimits,
    bytes: Vec<u8>,
    /// How many of them belong to frames that were taken.
    done: usize,
    failed: Option<FrameError>,
}

impl FrameDecoder {
    /// For what comes from that side.
    #[must_use]
    pub const fn new(from: Side, limits: FrameLimits) -> Self {
        Self {
            from,
            limits,
            bytes: Vec::new(),
            done: 0,
            failed: None,
        }
    }

    /// What holds from the next frame on: a side may announce other limits than the ones that a conversation begins with.
    pub const fn set_limits(&mut self, limits: FrameLimits) {
        self.limits = limits;
    }

    /// Hands over what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        if self.done > 0 {
            self.bytes.drain(..self.done);
            self.done = 0;
            self.bytes.shrink_to(KEPT);
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame; none where more bytes are needed for it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and from then on the same.
    pub fn frame(&mut self) -> Result<Option<ProtocolFrame>, FrameError> {
        match self.read() {
            Ok(None) => Ok(None),
            Ok(Some((frame, bytes))) => {
                self.done += bytes;
                Ok(Some(frame))
            }
            Err(error) => {
                self.failed = Some(error);
                self.bytes = Vec::new();
                self.done = 0;
                Err(error)
            }
        }
    }

    /// Bytes that were handed over and belong to no frame that was taken.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.bytes.len().saturating_sub(self.done)
    }

    /// Says that no more bytes will come. They may end between frames, and within the four bytes of a length.
    ///
    /// # Errors
    ///
    /// [`FrameError::EndsInBody`], or what was wrong with a frame before. A whole frame that nobody took is not looked at.
    pub fn finish(&self) -> Result<(), FrameError> {
        match self.begun()? {
            Some((length, body)) if body.len() < length as usize => Err(FrameError::EndsInBody {
                length,
                came: body.len(),
            }),
            _ => Ok(()),
        }
    }

    /// The next frame, and how many bytes it has with its length.
    fn read(&self) -> Result<Option<(ProtocolFrame, usize)>, FrameError> {
        let Some((length, rest)) = self.begun()? else {
            return Ok(None);
        };
        let length = length as usize;
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        let frame = decode(body, self.from, self.limits)?;
        Ok(Some((frame, PREFIX + length)))
    }

    /// The length of the next frame, as soon as it is there, and what follows it.
    fn begun(&self) -> Result<Option<(u32, &[u8])>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let left = self.bytes.get(self.done..).unwrap_or_default();
        let Some((prefix, rest)) = left.split_first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*prefix);
        if length > self.limits.body_bytes {
            return Err(FrameError::TooLarge {
                length: u64::from(length),
                limit: self.limits.body_bytes,
            });
        }
        Ok(Some((length, rest)))
    }
}
