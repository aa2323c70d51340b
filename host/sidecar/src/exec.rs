//! The extension `tollgate.exec/1`: programs of a VM that are handed JSON and answer with JSON.

use std::sync::Arc;

use serde_json::{Map, Value};
use tollgate_plugins::exec::{Request, carry_out, parse};
use tollgate_protocol::exec::{ExecCommand, ExecReply, ProgramRan, RunProgramCommand};
use tollgate_protocol::types::{ExtEnvelope, ResponsePayload};

use crate::answer::Answer;
use crate::process::Guests;
use crate::rejection::Rejection;
use crate::vm::Vm;

impl Vm {
    /// Answers a command of the extension, once its program is over. Nothing of it waits for the VM's other requests, so that
    /// its time is its own, nor do they wait for it.
    pub(crate) async fn exec(self: Arc<Self>, asked: ExtEnvelope) -> Answer {
        let answered = tokio::spawn(async move {
            let answer = self.executed(&asked).await;
            self.warn().await;
            answer.map(ResponsePayload::ExtEnvelope)
        });
        let answered = answered.await;
        let ends = |_cut_off| Err(Rejection::state("the sidecar is about to end"));
        answered.unwrap_or_else(ends).into()
    }

    async fn executed(self: &Arc<Self>, asked: &ExtEnvelope) -> Result<ExtEnvelope, Rejection> {
        let command = ExecCommand::open(asked).map_err(|error| {
            Rejection::state(format!("the payload is no exec-command: {error}"))
        })?;
        let ExecCommand::RunProgramCommand(RunProgramCommand { prefixes, request }) = command;
        let guests = Guests {
            vm: Arc::clone(self),
            folders: prefixes,
        };
        let read = parse(request.as_bytes()).and_then(Request::read);
        drop(request);
        let answer = match read {
            Ok(request) => carry_out(&guests, request).await,
            Err(error) => Err(error),
        };
        let (name, value) = match answer {
            Ok(value) => ("ok", value),
            Err(error) => ("error", error.to_json()),
        };
        let answer = Value::Object(Map::from_iter([(name.to_owned(), value)]));
        let reply = ExecReply::ProgramRan(ProgramRan {
            answer: answer.to_string(),
        });
        Ok(reply.envelope())
    }
}
