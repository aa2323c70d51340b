//! Programs in the VMs of a sidecar, without a process beside it: what is asked goes as frames over a pipe in memory, and so
//! through the same dispatch, policy and gate as a client's requests.
//!
//! Each VM has a conversation of its own, so that one whose events nobody fetches holds up no other: its programs, and then its own
//! requests, wait until somebody does.

mod answered;
mod guests;
mod questions;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tollgate_client::types::{ExecuteRequest, GuestRuntimeKind};
use tollgate_client::{Client, Options, Vm};
use tollgate_contract::execution::{
    CreateJavascriptContextRequest, CreateWasmContextRequest, ExecutionEvent,
    ExecutionHandleRequest, ExecutionSignal, GuestContextHandle, GuestRequestAnswer, GuestRuntime,
    KillExecutionRequest, PollExecutionEventRequest, StartExecutionRequest, StartedExecution,
    WriteExecutionStdinRequest,
};
use tollgate_contract::{BridgeError, ErrorCode, ExecutionBridge, async_trait};

pub(super) use self::answered::ANSWER_MS;
use self::answered::{answered, not_found};
use self::guests::Guests;
pub(super) use self::guests::MOST_CONTEXTS;
pub(super) use self::questions::MOST_QUESTIONS;
use self::questions::Questions;
use crate::service::Sidecar;

/// What may be on its way to either side.
const PIPE_BYTES: usize = 256 << 10;

/// Starts programs in VMs of a sidecar in this process.
///
/// A VM is made with [`SidecarExecution::create_vm`]; its files and the functions that its guests may call are put into it by its
/// [handle](SidecarExecution::vm). A program's call of such a function is an event, and waits for its answer.
pub struct SidecarExecution {
    sidecar: Sidecar,
    token: String,
    vms: Mutex<HashMap<String, Arc<Guests>>>,
}

impl std::fmt::Debug for SidecarExecution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SidecarExecution").finish_non_exhaustive()
    }
}

impl SidecarExecution {
    /// Over this sidecar; `token` is what it was made with, and any text where it was made with none.
    #[must_use]
    pub fn new(sidecar: Sidecar, token: impl Into<String>) -> Self {
        Self {
            sidecar,
            token: token.into(),
            vms: Mutex::default(),
        }
    }

    fn vms(&self) -> MutexGuard<'_, HashMap<String, Arc<Guests>>> {
        // One VM is put in or taken out.
        self.vms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn guests(&self, vm_id: &str) -> Result<Arc<Guests>, BridgeError> {
        let vms = self.vms();
        vms.get(vm_id).cloned().ok_or_else(|| not_found("VM"))
    }

    /// Makes a VM of the JSON of a `create-vm-request`, and gives its name.
    ///
    /// # Errors
    ///
    /// What the sidecar says.
    pub async fn create_vm(&self, config: &str) -> Result<String, BridgeError> {
        let (near, far) = tokio::io::duplex(PIPE_BYTES);
        let sidecar = self.sidecar.clone();
        tokio::spawn(async move {
            let (input, output) = tokio::io::split(far);
            // How it ended the client knows.
            let _told = sidecar.serve(input, output).await;
        });
        let questions = Questions::default();
        let options = Options::default().handler(questions.clone());
        let (input, output) = tokio::io::split(near);
        let client = Client::over(input, output, options);
        let made = async {
            let connection = client
                .authenticate("tollgate execution bridge", &self.token)
                .await?;
            let session = connection.open_session().await?;
            session
                .create_vm(GuestRuntimeKind::JavaScript, config)
                .await
        };
        let vm = answered(made).await?;
        let vm_id = vm.id().to_owned();
        let guests = Guests::new(client, vm, questions);
        self.vms().insert(vm_id.clone(), Arc::new(guests));
        Ok(vm_id)
    }

    /// A VM that was made here, for all that this bridge has no method for.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn vm(&self, vm_id: &str) -> Result<Vm, BridgeError> {
        Ok(self.guests(vm_id)?.vm.clone())
    }

    /// Ends a VM with all that runs in it.
    ///
    /// # Errors
    ///
    /// There is none of this name, or the sidecar says so: then it is gone all the same.
    pub async fn dispose_vm(&self, vm_id: &str) -> Result<(), BridgeError> {
        let gone = self.vms().remove(vm_id);
        let guests = gone.ok_or_else(|| not_found("VM"))?;
        answered(guests.vm.dispose()).await
    }
}

#[async_trait]
impl ExecutionBridge for SidecarExecution {
    async fn create_javascript_context(
        &self,
        request: CreateJavascriptContextRequest,
    ) -> Result<GuestContextHandle, BridgeError> {
        let guests = self.guests(&request.vm_id)?;
        guests.context(GuestRuntime::JavaScript, request.bootstrap_module)
    }

    async fn create_wasm_context(
        &self,
        request: CreateWasmContextRequest,
    ) -> Result<GuestContextHandle, BridgeError> {
        let guests = self.guests(&request.vm_id)?;
        guests.context(GuestRuntime::WebAssembly, request.module_path)
    }

    async fn start_execution(
        &self,
        request: StartExecutionRequest,
    ) -> Result<StartedExecution, BridgeError> {
        let guests = self.guests(&request.vm_id)?;
        let asked: ExecuteRequest = guests.program(request)?;
        let execution_id = asked.process_id.clone();
        answered(guests.vm.execute(asked)).await?;
        Ok(StartedExecution { execution_id })
    }

    async fn write_stdin(&self, request: WriteExecutionStdinRequest) -> Result<(), BridgeError> {
        let guests = self.guests(&request.vm_id)?;
        let written = guests.vm.write_stdin(&request.execution_id, &request.chunk);
        answered(written).await.map(drop)
    }

    async fn close_stdin(&self, request: ExecutionHandleRequest) -> Result<(), BridgeError> {
        let guests = self.guests(&request.vm_id)?;
        answered(guests.vm.close_stdin(&request.execution_id)).await
    }

    async fn kill_execution(&self, request: KillExecutionRequest) -> Result<(), BridgeError> {
        let guests = self.guests(&request.vm_id)?;
        let signal = match request.signal {
            ExecutionSignal::Terminate => "SIGTERM",
            ExecutionSignal::Interrupt => "SIGINT",
            ExecutionSignal::Kill => "SIGKILL",
        };
        answered(guests.vm.kill(&request.execution_id, signal)).await
    }

    async fn poll_execution_event(
        &self,
        request: PollExecutionEventRequest,
    ) -> Result<Option<ExecutionEvent>, BridgeError> {
        self.guests(&request.vm_id)?.poll().await
    }

    async fn answer_guest_request(&self, request: GuestRequestAnswer) -> Result<(), BridgeError> {
        let guests = self.guests(&request.vm_id)?;
        let outcome = match request.outcome {
            Ok(json) => Ok(String::from_utf8(json)
                .map_err(|_no_text| BridgeError::new(ErrorCode::Invalid, "an answer is JSON"))?),
            Err(why) => Err(why),
        };
        guests.questions.answer(&request.call_id, outcome)
    }
}
