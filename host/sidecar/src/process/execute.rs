//! How a request to run something is answered.

use std::borrow::Cow;
use std::sync::Arc;

use tokio::sync::oneshot;
use tollgate::{Component, Grants, LiveGrants, RunOptions, StdinPipe, output_queue};
use tollgate_contract::events::LifecycleState;
use tollgate_languages::{JavaScript, PythonInTree};
use tollgate_policy::{FsVerb, Operation, Tier};
use tollgate_protocol::types::{
    ExecuteRequest, KillProcessRequest, ProcessKilledResponse, ProcessStartedResponse,
    ResponsePayload,
};

use super::environment;
use super::program::{Program, Source, absolute};
use super::run::{self, Started, Work};
use super::serve;
use super::signals::Signal;
use super::table::{Newcomer, PROGRAMS, Process, Stdin, WAITING_OUTPUT};
use crate::answer::Answer;
use crate::denial;
use crate::fs::Leave;
use crate::names::Names;
use crate::ports::OwnPorts;
use crate::rejection::Rejection;
use crate::vm::{self, Kind, Vm};

/// The first bytes of a WebAssembly program of either sort.
const MAGIC: &[u8] = b"\0asm";
/// Programs of the machine itself, by their first bytes.
const NATIVE: [(&[u8], &str); 6] = [
    (b"\x7fELF", "ELF"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"\xce\xfa\xed\xfe", "Mach-O"),
    (b"\xca\xfe\xba\xbe", "Mach-O"),
    (b"\xfe\xed\xfa\xcf", "Mach-O"),
    (b"MZ", "PE"),
];

/// Everything that a program needs to run, made before it has a place among the others.
pub(super) struct Ready {
    pub(super) component: Component,
    pub(super) grants: Grants,
    pub(super) options: RunOptions,
}

fn is_server(ready: &Ready, kind: Kind) -> bool {
    kind == Kind::WebAssembly && serve::is_server(&ready.component)
}

impl Vm {
    /// Starts a program. Whatever can be refused is refused before it has a number.
    pub(crate) async fn execute(
        self: &Arc<Self>,
        request: ExecuteRequest,
    ) -> Result<Answer, Rejection> {
        self.processes.check_free(&request.process_id)?;
        let cwd = self.directory(request.cwd.as_deref()).await?;
        if let Some(command) = request
            .command
            .as_deref()
            .and_then(|name| self.callback(name))
        {
            return self.execute_callback(command, request, cwd).await;
        }
        let program = Program::find(self, &request, &cwd).await?;
        self.may_spawn(&program.command).await?;
        environment::check_arguments(self, &program.arguments)?;
        let variables = environment::variables(self, request.env, &cwd)?;
        let tier = match (request.wasm_permission_tier, &program.source) {
            (Some(stated), _) => vm::tier(stated),
            (None, Source::File(path)) => match &request.command {
                Some(command) => self.command_tier(command),
                None => self.command_tier(path),
            },
            (None, Source::Text(_) | Source::Input | Source::Module { .. }) => Tier::Full,
        };
        let leave = Leave::default();
        let ready = self.ready(&program, tier, &cwd, &leave).await?;

        let resources = &self.config.limits.resources;
        let most = resources.max_processes.unwrap_or(u64::MAX);
        let waiting = self.config.limits.js_runtime.stdin_buffer_limit_bytes;
        let waiting = waiting.and_then(|bytes| usize::try_from(bytes).ok());
        let (pipe, input) = match waiting {
            Some(bytes) => StdinPipe::with_capacity(bytes),
            None => StdinPipe::new(),
        };
        let (queue, output) = output_queue(Some(WAITING_OUTPUT));
        let live = LiveGrants::new(&ready.grants);
        let newcomer = Newcomer {
            id: request.process_id,
            governed: Some((program.kind, tier, live.clone())),
            command: program.command,
            arguments: program.arguments,
            cwd: cwd.clone(),
            driver: PROGRAMS,
            stdin: Stdin::Pipe(pipe),
            leave,
        };
        let server_port = is_server(&ready, program.kind)
            .then(|| serve::port_of(&variables))
            .transpose()?;
        let process = self.processes.enter(newcomer, most)?;
        let work = match server_port {
            None => Work::Command,
            Some(port) => match self.listen(&process, port, tier).await {
                Ok(listener) => Work::Serve(listener),
                Err(rejection) => {
                    self.processes.abandon(&process);
                    return Err(rejection);
                }
            },
        };
        let options = ready.options.stdin_pipe(input).output(queue);
        let options = self.furnished(options, &process, &live, variables);
        let payload = ResponsePayload::ProcessStartedResponse(ProcessStartedResponse {
            process_id: process.id.clone(),
            pid: Some(process.pid),
        });
        let (then, answered) = oneshot::channel();
        let started = Started {
            vm: Arc::clone(self),
            process,
            kind: program.kind,
            answered,
        };
        let teller = self.house.teller();
        teller.lifecycle(&self.vm_id, LifecycleState::Busy);
        run::start(started, ready.component, options, work, output);
        Ok(Answer {
            payload,
            events: Vec::new(),
            then: Some(then),
        })
    }

    /// What every program of the VM has beside its files.
    pub(super) fn furnished(
        &self,
        options: RunOptions,
        process: &Arc<Process>,
        live: &LiveGrants,
        variables: Vec<(String, String)>,
    ) -> RunOptions {
        let ports = OwnPorts {
            table: Arc::clone(&self.ports),
            process: Arc::clone(process),
        };
        let mut options = options
            .cwd(&process.cwd)
            .process(&self.vm_id, u64::from(process.pid))
            .ports(Arc::new(ports))
            .control(&process.control)
            .signals(process.signals.clone())
            .sockets(&self.sockets)
            .live(live)
            .decider(self.prompt.decider(Some(&process.id)));
        if let Some(names) = &self.names {
            options = options.resolver(Arc::<Names>::clone(names));
        }
        for (name, value) in variables {
            options = options.variable(name, value);
        }
        options
    }

    /// Where a program begins.
    async fn directory(&self, asked: Option<&str>) -> Result<String, Rejection> {
        let Some(asked) = asked else {
            return Ok(self.cwd.clone());
        };
        let path = absolute(&self.cwd, asked);
        match self.files.find(&self.gate()?, &path).await {
            Ok(Some(mode)) if mode & 0o170_000 == 0o040_000 => Ok(path),
            Ok(Some(_)) => Err(Rejection::state(format!(
                "cwd {} is no folder",
                path.escape_debug()
            ))),
            Ok(None) => Err(Rejection::state(format!(
                "cwd {} is not in the VM: a folder of the host is reached by a mount of the plugin host_dir",
                path.escape_debug()
            ))),
            // A program may stand where it sees nothing.
            Err(_denied) => Ok(path),
        }
    }

    pub(super) async fn may_spawn(&self, command: &str) -> Result<(), Rejection> {
        let operation = Operation::ChildProcess { command };
        if self
            .permitted("tollgate:sidecar/control#execute", &operation)
            .await?
        {
            return Ok(());
        }
        let shown: String = command.chars().take(256).collect();
        Err(Rejection::kernel(
            "EACCES",
            format!(
                "permission denied, spawn '{}': {}",
                shown.escape_debug(),
                self.denial(&operation, "child_process.spawn")
            ),
        ))
    }

    /// Loads what runs the program, and gives it the files of the VM.
    pub(super) async fn ready(
        &self,
        program: &Program,
        tier: Tier,
        cwd: &str,
        leave: &Leave,
    ) -> Result<Ready, Rejection> {
        let grants = self.grants(program.kind, tier)?;
        let mut options = RunOptions::new(&grants).rooted(true);
        for (place, mount) in self.files.mounts(&self.gate()?, leave) {
            options = match tier {
                Tier::Full | Tier::ReadWrite => options.mount(place, mount),
                Tier::ReadOnly => options.mount(place, mount.read_only(true)),
                Tier::Isolated => options,
            };
        }
        let (component, options) = match program.kind {
            Kind::JavaScript => self.javascript(program, options, cwd).await,
            Kind::Python => self.python(program, options).await,
            Kind::WebAssembly | Kind::Client => self.webassembly(program, options).await,
        }?;
        Ok(Ready {
            component,
            grants,
            options,
        })
    }

    async fn javascript(
        &self,
        program: &Program,
        options: RunOptions,
        cwd: &str,
    ) -> Result<(Component, RunOptions), Rejection> {
        let component = self.house.runtimes().javascript().await?;
        let (name, in_tree) = match &program.source {
            Source::File(path) => {
                self.is_there(path).await?;
                (path.as_str(), JavaScript::in_tree(path))
            }
            Source::Text(text) => ("node", JavaScript::text_in_tree(cwd, text.clone())),
            Source::Input => {
                return Err(Rejection::state("node reads no program from its input"));
            }
            Source::Module { .. } => {
                return Err(Rejection::state("node runs no WebAssembly program"));
            }
        };
        if let Some(codes) = component.codes() {
            in_tree.keep_code(codes.begin());
        }
        let options = options.name(name).arguments(program.arguments.clone());
        Ok((component, options.program(Arc::new(in_tree))))
    }

    async fn python(
        &self,
        program: &Program,
        options: RunOptions,
    ) -> Result<(Component, RunOptions), Rejection> {
        let component = self.house.runtimes().python().await?;
        let in_tree = match &program.source {
            Source::File(path) => {
                self.is_there(path).await?;
                PythonInTree::File(path.clone())
            }
            Source::Text(text) => PythonInTree::Text(text.clone()),
            Source::Input => PythonInTree::Input,
            Source::Module { .. } => {
                return Err(Rejection::state("python3 runs no WebAssembly program"));
            }
        };
        let arguments = in_tree.arguments(program.arguments.clone());
        Ok((component, options.name("python3").arguments(arguments)))
    }

    async fn webassembly(
        &self,
        program: &Program,
        options: RunOptions,
    ) -> Result<(Component, RunOptions), Rejection> {
        let (path, bytes) = match &program.source {
            Source::File(path) => (path, Cow::Owned(self.module(path).await?)),
            Source::Module { path, bytes } => (path, Cow::Borrowed(bytes.as_slice())),
            Source::Text(_) | Source::Input => {
                return Err(Rejection::state(
                    "a WebAssembly program lies in a file of the VM",
                ));
            }
        };
        let loaded = self.house.runtimes().program(bytes).await;
        let component = loaded.map_err(|error| {
            Rejection::execution(format!(
                "failed to compile the WebAssembly program {}: {error}",
                path.escape_debug()
            ))
        })?;
        let options = options.name(path).arguments(program.arguments.clone());
        Ok((component, options))
    }

    /// Refuses a program that is not there, with the place where programs come from.
    async fn is_there(&self, path: &str) -> Result<(), Rejection> {
        let gate = self.gate()?;
        let reading = Operation::Fs {
            verb: FsVerb::Read,
            path,
        };
        if !gate.permits(&reading) {
            return Err(Rejection::kernel(
                "EACCES",
                format!(
                    "permission denied, open '{}': {}",
                    path.escape_debug(),
                    denial::why(&gate, &reading, "fs.read")
                ),
            ));
        }
        match self.files.find(&gate, path).await? {
            Some(_) => Ok(()),
            None => Err(Rejection::kernel(
                "ENOENT",
                format!(
                    "no such file or directory, open '{}' (programs lie in the VM: a folder of the host is reached by a mount of the plugin host_dir)",
                    path.escape_debug()
                ),
            )),
        }
    }

    /// The bytes of a WebAssembly program.
    async fn module(&self, path: &str) -> Result<Vec<u8>, Rejection> {
        let shown = path.escape_debug();
        let most = self.config.limits.wasm.max_module_file_bytes;
        let read = self
            .files
            .read_program(&self.gate()?, path, most.unwrap_or(u64::MAX))
            .await;
        let bytes = read.map_err(|rejection| {
            Rejection::execution(format!(
                "the WebAssembly program {shown} cannot be read: {} (programs lie in the VM: a folder of the host is reached by a mount of the plugin host_dir)",
                rejection.message
            ))
        })?;
        if bytes.starts_with(MAGIC) {
            return Ok(bytes);
        }
        let native = NATIVE.iter().find(|(magic, _)| bytes.starts_with(magic));
        Err(Rejection::execution(match native {
            Some((_, format)) => format!(
                "ERR_NATIVE_BINARY_NOT_SUPPORTED: {shown} is a native program ({format}), and only WebAssembly, JavaScript and Python run"
            ),
            None => format!(
                "failed to compile the WebAssembly program {shown}: its first bytes are not the \\0asm of WebAssembly"
            ),
        }))
    }

    /// Sends a signal to a program. What becomes of it is told by its exit.
    pub(crate) async fn kill(
        &self,
        request: KillProcessRequest,
    ) -> Result<ResponsePayload, Rejection> {
        let signal = Signal::parse(&request.signal)?;
        let process = self.processes.find(&request.process_id)?;
        let gate = self.gate()?;
        let what = format!("{} {}", signal.name, process.pid);
        // A log that has failed has ended the program already.
        let _told_where_it_is_asked = gate.note("process.kill", &what, "ok").await;
        process.signal(signal);
        let fields = [
            ("process", request.process_id.as_str()),
            ("signal", signal.name),
        ];
        let teller = self.house.teller();
        teller.event(&self.vm_id, "security.process.kill", &fields);
        Ok(ResponsePayload::ProcessKilledResponse(
            ProcessKilledResponse {
                process_id: request.process_id,
            },
        ))
    }
}
