//! The messages of the extension `tollgate.exec/1`, from the interface `exec` of `wit/sidecar`, and their bytes: the payload of
//! an [`ExtEnvelope`](crate::types::ExtEnvelope).

use super::extension;
use crate::error::DecodeError;
use crate::types::ExtEnvelope;
use crate::wire::{Reader, Sink, Wire, least_of};

include!(concat!(env!("OUT_DIR"), "/exec.rs"));

/// What the extension is called.
pub const NAMESPACE: &str = "tollgate.exec/1";

impl ExecCommand {
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

impl ExecReply {
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
        for prefixes in [None, Some(Vec::new()), Some(vec!["/tools".to_owned()])] {
            let said = ExecCommand::RunProgramCommand(RunProgramCommand {
                prefixes,
                request: "{}".to_owned(),
            });
            assert_eq!(ExecCommand::open(&said.envelope()), Ok(said));
        }
        let answered = ExecReply::ProgramRan(ProgramRan {
            answer: r#"{"ok":1}"#.to_owned(),
        });
        assert_eq!(ExecReply::open(&answered.envelope()), Ok(answered));
        let empty = ExtEnvelope {
            namespace: NAMESPACE.to_owned(),
            payload: Vec::new(),
        };
        assert!(ExecCommand::open(&empty).is_err() && ExecReply::open(&empty).is_err());
    }
}
