//! One VM: its contexts, its programs, and what happened in it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use tollgate_client::types::{EventPayload, ExecuteRequest, GuestRuntimeKind, StreamChannel};
use tollgate_client::{Client, Event, Events, Vm, command, program};
use tollgate_contract::execution::{
    ExecutionEvent, ExecutionExited, GuestContextHandle, GuestRuntime, OutputChunk,
    StartExecutionRequest,
};
use tollgate_contract::{BridgeError, ErrorCode};

use super::answered::not_found;
use super::questions::Questions;

/// Contexts of one VM.
pub(in crate::defaults) const MOST_CONTEXTS: usize = 1_024;

/// One VM.
pub(super) struct Guests {
    pub(super) vm: Vm,
    pub(super) questions: Questions,
    events: tokio::sync::Mutex<Events>,
    contexts: Mutex<Contexts>,
    /// The conversation ends with it, and with that the VM.
    _client: Client,
}

#[derive(Default)]
struct Contexts {
    all: HashMap<String, (GuestRuntime, Option<String>)>,
    last: u64,
    last_program: u64,
}

impl Guests {
    pub(super) fn new(client: Client, vm: Vm, questions: Questions) -> Self {
        Self {
            events: tokio::sync::Mutex::new(vm.events()),
            vm,
            questions,
            contexts: Mutex::default(),
            _client: client,
        }
    }

    pub(super) fn context(
        &self,
        runtime: GuestRuntime,
        module: Option<String>,
    ) -> Result<GuestContextHandle, BridgeError> {
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        if contexts.all.len() >= MOST_CONTEXTS {
            return Err(BridgeError::new(
                ErrorCode::Exhausted,
                "the VM has too many contexts",
            ));
        }
        contexts.last += 1;
        let kind = match runtime {
            GuestRuntime::JavaScript => "js",
            GuestRuntime::WebAssembly => "wasm",
        };
        let context_id = format!("{kind}-context-{}", contexts.last);
        contexts.all.insert(context_id.clone(), (runtime, module));
        Ok(GuestContextHandle {
            context_id,
            runtime,
        })
    }

    /// What the sidecar is asked for to start a program.
    pub(super) fn program(
        &self,
        request: StartExecutionRequest,
    ) -> Result<ExecuteRequest, BridgeError> {
        let (runtime, module, number) = {
            let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
            let found = contexts.all.get(&request.context_id).cloned();
            let (runtime, module) = found.ok_or_else(|| not_found("context"))?;
            contexts.last_program += 1;
            (runtime, module, contexts.last_program)
        };
        let id = format!("exec-{number}");
        let mut argv = request.argv.into_iter();
        let mut first = |what| {
            let invalid = || BridgeError::new(ErrorCode::Invalid, format!("{what} is missing"));
            argv.next().ok_or_else(invalid)
        };
        let mut asked = match (runtime, module) {
            (GuestRuntime::WebAssembly, Some(path)) => {
                program(&id, GuestRuntimeKind::WebAssembly, &path)
            }
            (GuestRuntime::WebAssembly, None) => {
                program(&id, GuestRuntimeKind::WebAssembly, &first("the program")?)
            }
            (GuestRuntime::JavaScript, None) => {
                program(&id, GuestRuntimeKind::JavaScript, &first("the program")?)
            }
            (GuestRuntime::JavaScript, Some(before)) => {
                let main = first("the program")?;
                let arguments: Vec<String> = argv.by_ref().collect();
                command(&id, "node", &["-e", &after(&before, main, arguments)])
            }
        };
        asked.args.extend(argv);
        asked.env = request.env;
        asked.cwd = Some(request.cwd);
        Ok(asked)
    }

    /// The next thing that happened, where something has. What a program asks for comes first: it waits.
    pub(super) async fn poll(&self) -> Result<Option<ExecutionEvent>, BridgeError> {
        if let Some(asked) = self.questions.next() {
            return Ok(Some(ExecutionEvent::GuestRequest(asked)));
        }
        let mut events = self.events.lock().await;
        while let Some(next) = events.next().now_or_never() {
            match next {
                None => return Err(not_found("VM any more")),
                Some(Event::Lost(_)) => {
                    return Err(BridgeError::new(
                        ErrorCode::Exhausted,
                        "events were lost before they were asked for",
                    ));
                }
                Some(Event::Told(payload)) => {
                    if let Some(event) = self.told(payload) {
                        return Ok(Some(event));
                    }
                }
            }
        }
        Ok(None)
    }

    fn told(&self, payload: EventPayload) -> Option<ExecutionEvent> {
        let vm_id = self.vm.id().to_owned();
        match payload {
            EventPayload::ProcessOutputEvent(output) => {
                let chunk = OutputChunk {
                    vm_id,
                    execution_id: output.process_id,
                    chunk: output.chunk,
                };
                Some(match output.channel {
                    StreamChannel::Stdout => ExecutionEvent::Stdout(chunk),
                    StreamChannel::Stderr => ExecutionEvent::Stderr(chunk),
                })
            }
            EventPayload::ProcessExitedEvent(exited) => {
                Some(ExecutionEvent::Exited(ExecutionExited {
                    vm_id,
                    execution_id: exited.process_id,
                    exit_code: exited.exit_code,
                }))
            }
            EventPayload::VmLifecycleEvent(_)
            | EventPayload::StructuredEvent(_)
            | EventPayload::ExtEnvelope(_) => None,
        }
    }
}

/// A program that loads one module before the other. The second one finds its arguments as if it were alone.
fn after(before: &str, main: String, arguments: Vec<String>) -> String {
    let before = serde_json::Value::from(before);
    let argv: serde_json::Value = std::iter::once(main).chain(arguments).collect();
    format!(
        "const argv = {argv}; process.argv.splice(1, Infinity, ...argv); import({before}).then(() => import(argv[0]));"
    )
}
