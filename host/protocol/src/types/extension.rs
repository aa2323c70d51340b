//! How a message of an extension of ours lies in an envelope.

use crate::error::DecodeError;
use crate::types::ExtEnvelope;
use crate::wire::{Reader, Wire};

pub(super) fn envelope(namespace: &str, value: &impl Wire) -> ExtEnvelope {
    let mut payload = Vec::new();
    value.encode(&mut payload);
    ExtEnvelope {
        namespace: namespace.to_owned(),
        payload,
    }
}

pub(super) fn open<T: Wire>(envelope: &ExtEnvelope) -> Result<T, DecodeError> {
    // Lists of what was sent take a few times its bytes: each of their items is sent.
    let most = (envelope.payload.len() as u64)
        .saturating_mul(64)
        .saturating_add(4_096);
    T::decode(&mut Reader::new(&envelope.payload, most))
}
