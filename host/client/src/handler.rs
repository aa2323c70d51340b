//! What answers the questions of a sidecar.

use std::future::Future;
use std::pin::Pin;

use tollgate_protocol::types::{
    ExtEnvelope, HostCallbackRequest, JsBridgeCallRequest, JsonUtf8, OwnershipScope,
};

/// An answer that is being made.
pub type Answering<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Answers the questions of a sidecar: calls of the functions that were offered with
/// [`Vm::register_host_callbacks`](crate::Vm::register_host_callbacks), and uses of mounts that the embedder serves.
///
/// Questions are answered beside each other and beside the client's own requests, up to
/// [`Limits::answering`](crate::Limits) at once; over [`Limits::questions`](crate::Limits) they are answered with an
/// error at once. The sidecar waits only so long, and what comes later is ignored. A handler that panics answers with an
/// error. When the conversation ends, what is being answered is dropped.
///
/// What is not implemented is answered with an error.
pub trait Handler: Send + Sync + 'static {
    /// A guest of `scope` calls a function. What it gives is JSON; an error is for people, and the guest sees it.
    fn host_callback(
        &self,
        scope: OwnershipScope,
        call: HostCallbackRequest,
    ) -> Answering<Result<JsonUtf8, String>> {
        drop((scope, call));
        Box::pin(async { Err(NOBODY.to_owned()) })
    }

    /// A guest of `scope` uses a mount of the embedder's. The guest sees the errno that the text of an error speaks of
    /// (`ENOENT: …`), and `EIO` where it speaks of none.
    fn js_bridge(
        &self,
        scope: OwnershipScope,
        call: JsBridgeCallRequest,
    ) -> Answering<Result<Option<JsonUtf8>, String>> {
        drop((scope, call));
        Box::pin(async { Err(NOBODY.to_owned()) })
    }

    /// An extension asks. What it gives goes back in the same namespace; an extension has no form for errors, so that
    /// where nobody answers nothing goes back: a payload without bytes.
    fn ext(&self, scope: OwnershipScope, asked: ExtEnvelope) -> Answering<Vec<u8>> {
        drop((scope, asked));
        Box::pin(async { Vec::new() })
    }
}

/// What is said where nobody answers.
pub(crate) const NOBODY: &str = "the client serves no such calls";

/// A [`Handler`] of host callbacks alone, made of a function.
pub struct OnHostCallback<F>(pub F);

impl<F, A> Handler for OnHostCallback<F>
where
    F: Fn(OwnershipScope, HostCallbackRequest) -> A + Send + Sync + 'static,
    A: Future<Output = Result<JsonUtf8, String>> + Send + 'static,
{
    fn host_callback(
        &self,
        scope: OwnershipScope,
        call: HostCallbackRequest,
    ) -> Answering<Result<JsonUtf8, String>> {
        Box::pin((self.0)(scope, call))
    }
}
