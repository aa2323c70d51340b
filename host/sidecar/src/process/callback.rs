//! Commands that are functions of the client's: a process that asks, waits, and prints the answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tollgate::Channel;
use tollgate_policy::Operation;
use tollgate_protocol::types::{
    ExecuteRequest, HostCallbackRequest, HostCallbacksRegisteredResponse, ProcessStartedResponse,
    RegisterHostCallbacksRequest, ResponsePayload, SidecarRequestPayload,
};

use super::environment;
use super::run::Started;
use super::table::{CALLBACKS, Newcomer, Process, Stdin};
use crate::answer::Answer;
use crate::callbacks::{Command, Invocation, Kind as Asks, Printed, Wanted};
use crate::calls::NoAnswer;
use crate::fs::Leave;
use crate::rejection::Rejection;
use crate::vm::{Kind, Vm, locked};

/// Folders whose commands the client's functions may be called by.
const FOLDERS: [&str; 3] = ["/bin/", "/usr/bin/", "/usr/local/bin/"];
/// Bytes of a file that holds an input.
const INPUT_BYTES: u64 = 1 << 20;

/// The bare name of a command that may be a function's.
fn alias(command: &str) -> Option<&str> {
    let software = || {
        let (_, name) = command
            .strip_prefix("/__secure_exec/commands/")?
            .split_once('/')?;
        Some(name)
    };
    let folder = || {
        FOLDERS
            .iter()
            .find_map(|folder| command.strip_prefix(folder))
    };
    let name = match command.contains('/') {
        false => Some(command),
        true => folder().or_else(software),
    };
    name.filter(|name| !name.contains('/'))
}

impl Vm {
    /// Takes functions that the client offers, and puts a file for each of their commands where guests look for them.
    pub(crate) fn register(
        &self,
        request: RegisterHostCallbacksRequest,
    ) -> Result<ResponsePayload, Rejection> {
        let mut toolkits = locked(&self.toolkits);
        let (registration, new) = toolkits.register(request)?;
        for command in new {
            self.files.put_stub(&command)?;
        }
        let command_count = u32::try_from(toolkits.commands()).unwrap_or(u32::MAX);
        Ok(ResponsePayload::HostCallbacksRegisteredResponse(
            HostCallbacksRegisteredResponse {
                registration,
                command_count,
            },
        ))
    }

    /// What a command leads to, where it is the client's: its name as it was offered, and what it asks.
    pub(super) fn callback(&self, command: &str) -> Option<(String, Command)> {
        let name = alias(command)?;
        let found = locked(&self.toolkits).find(name)?;
        Some((name.to_owned(), found))
    }

    /// Starts the process that asks the client.
    pub(super) async fn execute_callback(
        self: &Arc<Self>,
        (name, command): (String, Command),
        request: ExecuteRequest,
        cwd: String,
    ) -> Result<Answer, Rejection> {
        self.may_spawn(&name).await?;
        environment::check_arguments(self, &request.args)?;
        let most = self.config.limits.resources.max_processes;
        let newcomer = Newcomer {
            id: request.process_id,
            governed: None,
            command: name,
            arguments: request.args,
            cwd,
            driver: CALLBACKS,
            stdin: Stdin::Ignored,
            leave: Leave::default(),
        };
        let process = self.processes.enter(newcomer, most.unwrap_or(u64::MAX))?;
        let payload = ResponsePayload::ProcessStartedResponse(ProcessStartedResponse {
            process_id: process.id.clone(),
            pid: Some(process.pid),
        });
        let (then, answered) = oneshot::channel();
        let started = Started {
            vm: Arc::clone(self),
            process: Arc::clone(&process),
            kind: Kind::Client,
            answered,
        };
        tokio::spawn(run(Arc::clone(self), process, command, started));
        Ok(Answer {
            payload,
            events: Vec::new(),
            then: Some(then),
        })
    }

    /// Makes the question, asks it, and gives what the command prints.
    async fn asked(&self, process: &Process, command: &Command) -> Printed {
        let invocation = match command.wanted(&process.command, &process.arguments, &process.cwd) {
            Wanted::Ready(invocation) => invocation,
            Wanted::File { path, then } => match self.input(path, &process.cwd).await {
                Ok(text) => then.take(&text),
                Err(rejection) => Err(rejection.message),
            },
        };
        let invocation = match invocation {
            Ok(invocation) => invocation,
            Err(why) => return Printed::failed(why),
        };
        match self.may_invoke(&invocation).await {
            Ok(true) => {}
            Ok(false) => {
                return Printed::failed(format!(
                    "EACCES: permission denied, blocked by binding.invoke policy for {}",
                    invocation.key
                ));
            }
            Err(rejection) => return Printed::failed(rejection.message),
        }
        let patience = Duration::from_millis(invocation.timeout_ms);
        let question = SidecarRequestPayload::HostCallbackRequest(HostCallbackRequest {
            invocation_id: format!("{}:{}", invocation.key, process.pid),
            callback_key: invocation.key,
            input: invocation.input.to_string(),
            timeout_ms: invocation.timeout_ms,
        });
        let Some(front) = self.events.front() else {
            return Printed::failed(NoAnswer::Gone);
        };
        Printed::of(front.calls.ask(front.scope, question, patience).await)
    }

    /// A client that answers for itself is not asked about.
    async fn may_invoke(&self, invocation: &Invocation) -> Result<bool, Rejection> {
        match invocation.kind {
            Asks::Registry => Ok(true),
            Asks::Function => {
                let name = &invocation.key;
                let operation = Operation::Tool { name };
                self.permitted("tollgate:sidecar/callbacks#host-callback", &operation)
                    .await
            }
        }
    }

    async fn input(&self, path: &str, cwd: &str) -> Result<String, Rejection> {
        let path = super::program::absolute(cwd, path);
        let bytes = self
            .files
            .read_program(&self.gate()?, &path, INPUT_BYTES)
            .await?;
        String::from_utf8(bytes)
            .map_err(|_| Rejection::state(format!("{} is no text", path.escape_debug())))
    }
}

async fn run(vm: Arc<Vm>, process: Arc<Process>, command: Command, started: Started) {
    let mut killed = process.killed.subscribe();
    let printed = tokio::select! {
        printed = vm.asked(&process, &command) => printed,
        // What ends it is there before it says so.
        _ended = killed.wait_for(Option::is_some) => {
            let signal = process.killed.borrow().map_or(1, |signal| 128 + signal.number);
            Printed { stdout: String::new(), stderr: String::new(), code: signal }
        }
    };
    let telling = started.telling().await;
    for (channel, text) in [
        (Channel::Stdout, printed.stdout),
        (Channel::Stderr, printed.stderr),
    ] {
        let _the_client_is_gone = telling.say(channel, Bytes::from(text)).await;
    }
    telling.end(printed.code).await;
}
