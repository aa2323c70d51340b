//! The messages of the extension `tollgate.vm/1`, from the interface `vm` of `wit/sidecar`, and their bytes: the payload of
//! an [`ExtEnvelope`](crate::types::ExtEnvelope).

use crate::error::DecodeError;
use crate::types::ExtEnvelope;
use crate::wire::{Reader, Sink, Wire, least_of};

include!(concat!(env!("OUT_DIR"), "/vm.rs"));

/// What the extension is called.
pub const NAMESPACE: &str = "tollgate.vm/1";

fn envelope(value: &impl Wire) -> ExtEnvelope {
    let mut payload = Vec::new();
    value.encode(&mut payload);
    ExtEnvelope {
        namespace: NAMESPACE.to_owned(),
        payload,
    }
}

fn open<T: Wire>(envelope: &ExtEnvelope) -> Result<T, DecodeError> {
    // Lists of what was sent take a few times its bytes: each of their items is sent.
    let most = (envelope.payload.len() as u64)
        .saturating_mul(64)
        .saturating_add(4_096);
    T::decode(&mut Reader::new(&envelope.payload, most))
}

impl VmCommand {
    /// The request that says it.
    #[must_use]
    pub fn envelope(&self) -> ExtEnvelope {
        envelope(self)
    }

    /// Reads it from a request.
    ///
    /// # Errors
    ///
    /// The payload is none.
    pub fn open(of: &ExtEnvelope) -> Result<Self, DecodeError> {
        open(of)
    }
}

impl VmReply {
    /// The answer that says it.
    #[must_use]
    pub fn envelope(&self) -> ExtEnvelope {
        envelope(self)
    }

    /// Reads it from an answer.
    ///
    /// # Errors
    ///
    /// The payload is none.
    pub fn open(of: &ExtEnvelope) -> Result<Self, DecodeError> {
        open(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_again() {
        let said = VmCommand::ForkVmCommand(ForkVmCommand {
            source: "vm-1".to_owned(),
            name: Some("second".to_owned()),
            idle_ms: None,
        });
        assert_eq!(VmCommand::open(&said.envelope()), Ok(said));
        let answered = VmReply::VmListing(VmListing {
            vms: vec![VmEntry {
                vm_id: "vm-1".to_owned(),
                name: None,
                age_ms: 5,
                programs: 2,
                attached: false,
            }],
            snapshots: Vec::new(),
        });
        assert_eq!(VmReply::open(&answered.envelope()), Ok(answered));
        let empty = ExtEnvelope {
            namespace: NAMESPACE.to_owned(),
            payload: Vec::new(),
        };
        assert!(VmCommand::open(&empty).is_err() && VmReply::open(&empty).is_err());
    }
}
