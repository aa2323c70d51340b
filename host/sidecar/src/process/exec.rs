//! Programs of a VM that answer requests in JSON: found by the rules of the exec transport, and run as processes.

use std::sync::Arc;

use tollgate::{Component, LiveGrants, QueuedOutput, RunOptions};
use tollgate_contract::events::LifecycleState;
use tollgate_plugins::exec::{Ground, Language, Order, Running, Unfound, Unspawned, Unstarted};
use tollgate_protocol::RefusalCode;

use super::environment;
use super::program::{Program, Source};
use super::run::{Telling, code_of};
use super::signals::Signal;
use super::table::{Newcomer, PROGRAMS, Process, Stdin};
use crate::fs::{Leave, NotTaken, Taken};
use crate::rejection::Rejection;
use crate::vm::{Kind, Vm};

/// A VM, as the exec transport sees it.
pub(crate) struct Guests {
    pub(crate) vm: Arc<Vm>,
    /// The folders that programs may lie in; none stated: anywhere.
    pub(crate) folders: Option<Vec<String>>,
}

/// What lies where a program may lie.
pub(crate) enum Found {
    /// A program.
    Program {
        kind: Kind,
        source: Source,
        path: String,
    },
    /// What is longer than any program: told where it would be loaded.
    TooLong { path: String },
}

impl Found {
    fn path(&self) -> &str {
        match self {
            Self::Program { path, .. } | Self::TooLong { path } => path,
        }
    }
}

/// A program that has a place among the others.
pub(crate) struct Ready {
    kind: Kind,
    process: Arc<Process>,
    component: Component,
    options: RunOptions,
}

impl From<NotTaken> for Unfound {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::Denied => Self::NotAllowed,
            NotTaken::Missing => Self::Missing,
            NotTaken::NoProgram => Self::NotExecutable,
        }
    }
}

/// Why a program that was found is not ready.
fn unready(kind: Kind, why: &Rejection) -> Unspawned {
    match why.code {
        RefusalCode::ExecutionError => match kind {
            Kind::JavaScript | Kind::Python => Unspawned::Runtime,
            Kind::WebAssembly | Kind::Client => Unspawned::Invalid,
        },
        RefusalCode::InvalidState
        | RefusalCode::Unauthorized
        | RefusalCode::ProtocolVersionMismatch
        | RefusalCode::BridgeVersionMismatch
        | RefusalCode::Conflict
        | RefusalCode::Unsupported
        | RefusalCode::FrameTooLarge
        | RefusalCode::KernelError
        | RefusalCode::PluginError
        | RefusalCode::BridgeError
        | RefusalCode::IoError
        | RefusalCode::UnsupportedDirection
        | RefusalCode::UnknownExtension => Unspawned::Refused,
    }
}

impl Guests {
    async fn located(&self, path: &str) -> Result<Found, Unfound> {
        let vm = &self.vm;
        let gate = vm.gate().map_err(|_over| Unfound::NotAllowed)?;
        let most = vm.config.limits.wasm.max_module_file_bytes;
        let folders = self.folders.as_deref();
        let taken = vm
            .files
            .take_program(&gate, path, folders, most.unwrap_or(u64::MAX))
            .await?;
        let (kind, source, path) = match taken {
            Taken::Source { language, .. } if !language.is_built_in() => {
                return Err(Unfound::LeftOut(language));
            }
            Taken::Source { language, path } => {
                let kind = match language {
                    Language::JavaScript => Kind::JavaScript,
                    Language::Python => Kind::Python,
                };
                (kind, Source::File(path.clone()), path)
            }
            Taken::WebAssembly { path, bytes } => {
                let module = Source::Module {
                    path: path.clone(),
                    bytes,
                };
                (Kind::WebAssembly, module, path)
            }
            Taken::TooLong { path } => return Ok(Found::TooLong { path }),
        };
        Ok(Found::Program { kind, source, path })
    }

    async fn loaded(&self, found: Found, order: Order) -> Result<Ready, Unspawned> {
        let vm = &self.vm;
        let Found::Program { kind, source, path } = found else {
            return Err(Unspawned::TooLarge);
        };
        environment::check_arguments(vm, &order.argv).map_err(|_many| Unspawned::Refused)?;
        let variables = environment::variables(vm, order.env, &vm.cwd);
        let variables = variables.map_err(|_unfit| Unspawned::Refused)?;
        let program = Program {
            kind,
            source,
            command: path,
            arguments: order.argv,
        };
        let tier = vm.command_tier(&program.command);
        let leave = Leave::default();
        let ready = vm.ready(&program, tier, &vm.cwd, &leave).await;
        let ready = ready.map_err(|why| unready(kind, &why))?;
        let most = vm.config.limits.resources.max_processes.unwrap_or(u64::MAX);
        let live = LiveGrants::new(&ready.grants);
        let newcomer = Newcomer {
            id: vm.processes.own_name(),
            governed: Some((kind, tier, live.clone())),
            command: program.command,
            arguments: program.arguments,
            cwd: vm.cwd.clone(),
            driver: PROGRAMS,
            stdin: Stdin::Ignored,
            leave,
        };
        let process = vm.processes.enter(newcomer, most);
        let process = process.map_err(|_full| Unspawned::Full)?;
        let options = ready.options.stdin(order.stdin);
        let options = vm.furnished(options, &process, &live, variables);
        Ok(Ready {
            kind,
            process,
            component: ready.component,
            options,
        })
    }
}

impl Ground for Guests {
    type Found = Found;
    type Ready = Ready;

    async fn find(&self, path: &str) -> Result<Found, Unfound> {
        let found = self.located(path).await?;
        let may = self.vm.may_spawn(found.path()).await;
        may.map_err(|_denied| Unfound::NotAllowed)?;
        Ok(found)
    }

    async fn load(&self, found: Found, order: Order) -> Result<Ready, Unstarted> {
        let loaded = self.loaded(found, order).await;
        loaded.map_err(Unstarted::Failed)
    }

    fn start(&self, ready: Ready, output: QueuedOutput) -> Running<'_> {
        let Ready {
            kind,
            process,
            component,
            options,
        } = ready;
        let teller = self.vm.house.teller();
        teller.lifecycle(&self.vm.vm_id, LifecycleState::Busy);
        let telling = Telling::untold(&self.vm, &process);
        let options = options.output(output);
        Running {
            end: Box::new(move || process.signal(Signal::KILL)),
            outcome: Box::pin(async move {
                let outcome = component.command(options).await;
                telling.end(code_of(kind, &outcome)).await;
                outcome
            }),
        }
    }
}
