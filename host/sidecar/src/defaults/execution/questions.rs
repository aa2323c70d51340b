//! What programs ask their host for, until somebody answers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tollgate_client::types::{HostCallbackRequest, OwnershipScope};
use tollgate_client::{Answering, Handler};
use tollgate_contract::BridgeError;
use tollgate_contract::execution::GuestKernelCall;

use super::answered::not_found;

/// Questions of one VM that wait.
pub(in crate::defaults) const MOST_QUESTIONS: usize = 1_024;

type Outcome = Result<String, String>;

#[derive(Default)]
struct Waiting {
    last: u64,
    /// Those that nobody has fetched yet.
    fetched: VecDeque<GuestKernelCall>,
    answers: HashMap<String, oneshot::Sender<Outcome>>,
}

/// The questions of one VM. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Questions(Arc<Mutex<Waiting>>);

/// A question, which is forgotten when whoever asked does not wait any more.
struct Open {
    questions: Questions,
    call_id: String,
}

impl Questions {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // One question is put in or taken out.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next one that nobody has fetched.
    pub(super) fn next(&self) -> Option<GuestKernelCall> {
        self.waiting().fetched.pop_front()
    }

    /// Answers one.
    pub(super) fn answer(&self, call_id: &str, outcome: Outcome) -> Result<(), BridgeError> {
        let asked = self.waiting().answers.remove(call_id);
        let asked = asked.ok_or_else(|| not_found("call that waits"))?;
        asked
            .send(outcome)
            .map_err(|_gone| not_found("call that waits"))
    }

    fn ask(
        &self,
        vm_id: String,
        call: HostCallbackRequest,
    ) -> Result<(Open, oneshot::Receiver<Outcome>), String> {
        let mut waiting = self.waiting();
        if waiting.answers.len() >= MOST_QUESTIONS {
            return Err("too many calls wait already".to_owned());
        }
        waiting.last += 1;
        let call_id = format!("call-{}", waiting.last);
        let (answer, answered) = oneshot::channel();
        waiting.answers.insert(call_id.clone(), answer);
        waiting.fetched.push_back(GuestKernelCall {
            vm_id,
            // A callback does not tell.
            execution_id: String::new(),
            operation: call.callback_key,
            payload: call.input.into_bytes(),
            call_id: call_id.clone(),
        });
        let open = Open {
            questions: self.clone(),
            call_id,
        };
        Ok((open, answered))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut waiting = self.questions.waiting();
        waiting.answers.remove(&self.call_id);
        waiting.fetched.retain(|call| call.call_id != self.call_id);
    }
}

impl Handler for Questions {
    fn host_callback(
        &self,
        scope: OwnershipScope,
        call: HostCallbackRequest,
    ) -> Answering<Outcome> {
        let vm_id = match scope {
            OwnershipScope::VmOwnership(owner) => owner.vm_id,
            OwnershipScope::SessionOwnership(_) | OwnershipScope::ConnectionOwnership(_) => {
                String::new()
            }
        };
        let asked = self.ask(vm_id, call);
        Box::pin(async move {
            let (_open, answered) = asked?;
            answered
                .await
                .unwrap_or_else(|_| Err("nobody answers".to_owned()))
        })
    }
}
