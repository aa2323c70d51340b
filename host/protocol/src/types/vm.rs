//! The messages of the extension `tollgate.vm/1`, from the interface `vm` of `wit/sidecar`, and their bytes: the payload of
//! an [`ExtEnvelope`](crate::types::ExtEnvelope).

use super::extension;
use crate::error::DecodeError;
use crate::types::ExtEnvelope;
use crate::wire::{Reader, Sink, Wire, least_of};

include!(concat!(env!("OUT_DIR"), "/vm.rs"));

/// What the extension is called.
pub const NAMESPACE: &str = "tollgate.vm/1";

impl VmCommand {
    /// The request that says it.
    #[must_use]
    pub fn envelope(&self) -> ExtEnvelope {
        extension::envelope(NAMESPACE, self)
    }

    /// Reads it from a request.
    ///
    /// # Errors
    ///
    /// The payload is none.
    pub fn open(of: &ExtEnvelope) -> Result<Self, DecodeError> {
        extension::open(of)
    }
}

impl VmReply {
    /// The answer that says it.
    #[must_use]
    pub fn envelope(&self) -> ExtEnvelope {
        extension::envelope(NAMESPACE, self)
    }

    /// Reads it from an answer.
    ///
    /// # Errors
    ///
    /// The payload is none.
    pub fn open(of: &ExtEnvelope) -> Result<Self, DecodeError> {
        extension::open(of)
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
