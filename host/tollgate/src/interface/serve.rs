//! One call of an embedder's function: decide, reserve, do, file.

use std::pin::Pin;
use std::sync::Arc;

use tollgate_engine::{Traffic, Verdict};
use tollgate_policy::Permit;

use super::calling::Calling;
use super::typed::Typed;

/// What a handler is given for a call that the policy let pass.
#[derive(Debug)]
pub struct Admitted<'a> {
    /// Proof of that, for what acts: the capabilities of the host take one by value.
    pub permit: Permit,
    /// For the handler to say what it moved, as the guest sees it.
    pub traffic: &'a mut Traffic,
    /// Who calls.
    pub calling: Calling,
}

impl Admitted<'_> {
    /// What the run was given with [`RunOptions::state`](crate::RunOptions::state), if it is an `S`.
    #[must_use]
    pub fn state<S: Send + Sync + 'static>(&self) -> Option<Arc<S>> {
        self.calling.state()
    }
}

/// What a handler gives: results, or why it has none. Written as `Box::pin(async move { … })`.
pub type Handling<'a, R> = Pin<Box<dyn Future<Output = Result<R, Failed<R>>> + Send + 'a>>;

/// Why a call came to nothing.
#[derive(Debug)]
pub enum Failed<R> {
    /// The interface's own error, which the guest is answered with.
    Answer {
        /// Its name in WIT, for the record.
        case: &'static str,
        /// What the guest gets.
        results: R,
    },
    /// The guest ends, with this text as the reason of a trap. It is recorded nowhere, but is part of the outcome.
    End(String),
}

impl<R> Failed<R> {
    /// Answers with the interface's own error.
    pub fn answer(case: &'static str, results: R) -> Self {
        Self::Answer { case, results }
    }

    /// Ends the guest.
    pub fn end(reason: impl Into<String>) -> Self {
        Self::End(reason.into())
    }
}

/// Passes one call through the gate. When it is dropped halfway, its record says so.
pub(super) async fn serve<P, R, H>(
    function: &Typed<P, R, H>,
    calling: Calling,
    parameters: P,
) -> wasmtime::Result<R>
where
    P: Send + Sync + 'static,
    R: Send + Sync + 'static,
    H: for<'a> Fn(Admitted<'a>, P) -> Handling<'a, R> + Send + Sync + 'static,
{
    let operation = function.ask.operation(&parameters);
    let (scope, _) = function.ask.asks();
    let gate = calling.gate.clone();
    if operation.scope() != scope {
        gate.refuse(&function.import, &operation, "host:scope", "trap")
            .await?;
        let import = &function.import;
        let asked = operation.scope();
        wasmtime::bail!("`{import}` asks in scope {asked}, and was told to ask in {scope}");
    }
    let verdict = gate
        .enter(&function.import, &operation, function.ask.rate())
        .await?;
    let mut traffic = Traffic::default();
    match verdict {
        Verdict::Denied(call) => {
            let Some(denial) = &function.denial else {
                call.finish("trap", traffic).await?;
                let (import, operation) = (&function.import, operation.name());
                wasmtime::bail!(
                    "the policy denies {operation}, and `{import}` has no error to say so"
                );
            };
            let results = (denial.answer)(&parameters);
            call.finish(denial.case, traffic).await?;
            Ok(results)
        }
        Verdict::Permitted(permit, call) => {
            let admitted = Admitted {
                permit,
                traffic: &mut traffic,
                calling,
            };
            let (case, results) = match (function.handler)(admitted, parameters).await {
                Ok(results) => ("ok", Ok(results)),
                Err(Failed::Answer { case, results }) => (case, Ok(results)),
                Err(Failed::End(reason)) => ("trap", Err(wasmtime::Error::msg(reason))),
            };
            call.finish(case, traffic).await?;
            results
        }
    }
}
