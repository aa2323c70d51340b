//! The client's functions, which the guests of a VM call as commands.

use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{RegisterHostCallbacksRequest, ResponsePayload};

use crate::rejection::Rejection;
use crate::vm::Vm;

impl Vm {
    /// Takes functions that a client offers.
    pub(crate) fn register(
        &self,
        _request: RegisterHostCallbacksRequest,
    ) -> Result<ResponsePayload, Rejection> {
        Err(Rejection::new(RefusalCode::Unsupported, "not yet"))
    }
}
