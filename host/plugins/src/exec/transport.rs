//! The transport over folders of the host.

use std::sync::Arc;

use cap_std::fs::Dir;
use serde_json::Value;
use tollgate::engine::{Gate, Rate, Traffic, Verdict};
use tollgate::policy::{Decision, LimitKey, Operation, Stdio};
use tollgate::vfs::Mount;
use tollgate::{Component, Grants, Host, QueuedOutput, Refused, RunControl, RunOptions, Standing};
use tollgate_languages::{JavaScript, Python, PythonStart, Start};

use super::carry::carry_out;
use super::error::{Code, Error, Unspawned};
use super::folder::{BadPrefix, Found, PLACE, Place, Prefix, places};
use super::ground::{Ground, Order, Running, Unfound, Unstarted};
use super::language::Language;
use super::request::{KIND, Request};
use crate::runtimes::{PythonRunner, Runtimes};

/// What the records call the function that a request comes by.
const IMPORT: &str = "tollgate:plugins/exec#run-program-v1";
/// Who asks, in the log.
const WHO: &str = "exec";

/// What a program that is ended is ended with.
const KILL: &str = "SIGKILL";

/// Runs programs for requests. Clones are the same.
///
/// Each call has a part of the log, which says what was looked for and what came of it, and each program a run of its own,
/// with its own part, under the grants that the transport was made with. See the [module](super) for the rest.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    host: Host,
    /// What programs may do.
    grants: Grants,
    /// Under which they are looked for.
    finding: Grants,
    prefixes: Vec<Prefix>,
    mounts: Vec<(String, Mount)>,
    runtimes: Arc<Runtimes>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

/// Makes a [`Transport`].
pub struct Builder {
    host: Host,
    grants: Grants,
    prefixes: Vec<(String, Dir)>,
    mounts: Vec<(String, Mount)>,
    python: Option<PythonRunner>,
    runtimes: Option<Arc<Runtimes>>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl Builder {
    /// Lets programs beneath a folder be run. `name` is what requests call it, name by name, as `/opt/tools`: `/a` does not
    /// allow `/ab`. `dir` is what it is.
    #[must_use]
    pub fn prefix(mut self, name: impl Into<String>, dir: Dir) -> Self {
        self.prefixes.push((name.into(), dir));
        self
    }

    /// Mounts something in the tree of every program, as [`RunOptions::mount`].
    #[must_use]
    pub fn mount(mut self, place: impl Into<String>, mount: Mount) -> Self {
        self.mounts.push((place.into(), mount));
        self
    }

    /// What runs programs in Python. Without it they are not started.
    #[must_use]
    pub fn python(mut self, runner: PythonRunner) -> Self {
        self.python = Some(runner);
        self
    }

    /// What programs run in, where others of the same host share it. Its runner of Python counts then.
    #[must_use]
    pub fn runtimes(mut self, runtimes: Arc<Runtimes>) -> Self {
        self.runtimes = Some(runtimes);
        self
    }

    /// Makes the transport.
    ///
    /// # Errors
    ///
    /// The name of a folder is none.
    pub fn build(self) -> Result<Transport, BadPrefix> {
        let prefixes = self.prefixes.into_iter();
        let prefixes = prefixes
            .map(|(name, dir)| Prefix::new(&name, dir))
            .collect::<Result<_, _>>()?;
        let made = || Arc::new(Runtimes::new(self.host.clone(), self.python));
        let runtimes = self.runtimes.unwrap_or_else(made);
        Ok(Transport(Arc::new(Inner {
            grants: timed(&self.grants.with_program()),
            finding: self.grants.finding_programs(),
            prefixes,
            mounts: self.mounts,
            runtimes,
            host: self.host,
        })))
    }
}

/// Each request has a time of its own, so that the defaults of other runs, which have none, are not meant for it. What the
/// policy or the ceiling states holds.
fn timed(grants: &Grants) -> Grants {
    const ORIGIN: &str = "the time of the request";
    let grants = grants.limit_unless_stated(LimitKey::Wall, u64::MAX, ORIGIN);
    grants.limit_unless_stated(LimitKey::Cpu, u64::MAX, ORIGIN)
}

impl Transport {
    /// Begins a transport whose programs may do what `grants` say, and that has no folder yet.
    #[must_use]
    pub fn builder(host: &Host, grants: &Grants) -> Builder {
        Builder {
            host: host.clone(),
            grants: grants.clone(),
            prefixes: Vec::new(),
            mounts: Vec::new(),
            python: None,
            runtimes: None,
        }
    }

    /// Runs the program of a request, and gives the JSON that it wrote. When this returns, the program is gone. Dropping the
    /// future ends it too.
    ///
    /// # Errors
    ///
    /// Every [`Code`].
    pub async fn call(&self, request: Value) -> Result<Value, Error> {
        let request = Request::read(request)?;
        let path = request.program_path.clone();
        let standing = Standing {
            name: KIND.to_owned(),
            who: WHO.to_owned(),
            vm: None,
            begins: "exec.call",
            ends: "exec.end",
        };
        let principal = self.0.host.principal(&self.0.finding, standing).await;
        // Nothing is run that cannot be recorded.
        let principal =
            principal.map_err(|refused| Error::spawn(&path, Unspawned::from(&refused)))?;
        let ground = Folders {
            own: &self.0,
            gate: principal.gate().clone(),
        };
        let answer = carry_out(&ground, request).await;
        let (how, outcome) = match &answer {
            Ok(_) => ("ok", "ok"),
            Err(error) => (error.code().as_str(), word(error.code())),
        };
        principal.end(how, outcome).await;
        answer
    }
}

/// The outcome of a call, in the words of the log.
fn word(code: Code) -> &'static str {
    match code {
        Code::ProgramNotAllowed | Code::StdinWriteFailed => "refused",
        Code::Timeout | Code::StdoutTooLarge | Code::StderrTooLarge => "limit",
        Code::RequestInvalid
        | Code::ProgramMissing
        | Code::ProgramNotExecutable
        | Code::SpawnFailed
        | Code::StdinTooLarge
        | Code::Failed
        | Code::StdoutInvalidJson => "failed",
    }
}

/// The folders, for one call.
struct Folders<'a> {
    own: &'a Inner,
    gate: Gate,
}

/// A program that is loaded.
struct Ready {
    component: Component,
    options: RunOptions,
}

impl Folders<'_> {
    /// What lies at one of the places that a path may mean, if the policy lets it be loaded.
    async fn look(&self, place: Place) -> Result<Found, Unfound> {
        let shown = format!("{PLACE}/{}", place.path);
        let operation = Operation::Program { path: &shown };
        let entered = self.gate.enter(IMPORT, &operation, Rate::High).await;
        let (permit, call) = match entered {
            Ok(Verdict::Permitted(permit, call)) => (permit, call),
            Ok(Verdict::Denied(call)) => {
                // A log that has failed has denied it already.
                let _told_by_the_log = call.finish("not-allowed", Traffic::default()).await;
                return Err(Unfound::NotAllowed);
            }
            Err(_stopped) => return Err(Unfound::NotAllowed),
        };
        // A file may lie on a disk that is slow.
        let looked = tokio::task::spawn_blocking(move || place.look(permit)).await;
        let looked = looked.unwrap_or(Err(Unfound::Missing));
        let looked = looked.and_then(|found| self.may_load(found));
        let mut traffic = Traffic::default();
        let outcome = match &looked {
            Ok(Found::WebAssembly { bytes, .. } | Found::Source { bytes, .. }) => {
                traffic.bytes_in = bytes.len() as u64;
                "ok"
            }
            Ok(Found::TooLong) => "too-long",
            Err(Unfound::NotAllowed) => "not-allowed",
            Err(Unfound::Missing) => "missing",
            Err(Unfound::NotExecutable | Unfound::LeftOut(_)) => "not-executable",
        };
        match call.finish(outcome, traffic).await {
            Ok(()) => looked,
            Err(_stopped) => Err(Unfound::NotAllowed),
        }
    }

    /// A source is loaded by its own run, which the operator's ceiling may forbid by saying nothing.
    fn may_load(&self, found: Found) -> Result<Found, Unfound> {
        let Found::Source { entry, .. } = &found else {
            return Ok(found);
        };
        let operation = Operation::Program { path: entry };
        match self.own.grants.policy().decide(&operation) {
            Decision::Deny(_) => Err(Unfound::NotAllowed),
            Decision::Allow(..) | Decision::WouldDeny(..) | Decision::Ask(..) => Ok(found),
        }
    }

    fn options(&self, order: Order) -> RunOptions {
        let Order { argv, env, stdin } = order;
        let mut options = RunOptions::new(&self.own.grants)
            .arguments(argv)
            .stdin(stdin);
        for (name, value) in env {
            options = options.variable(name, value);
        }
        for (place, mount) in &self.own.mounts {
            options = options.mount(place, mount.clone());
        }
        options
    }

    async fn loaded(&self, found: Found, order: Order) -> Result<Ready, Unspawned> {
        let runtimes = &self.own.runtimes;
        let options = self.options(order);
        Ok(match found {
            Found::TooLong => return Err(Unspawned::TooLarge),
            Found::WebAssembly { name, bytes } => Ready {
                component: runtimes.program(bytes.into()).await?,
                options: options.name(name),
            },
            Found::Source {
                language: Language::JavaScript,
                folder,
                entry,
                bytes,
            } => {
                let component = runtimes.javascript().await?;
                let start = Start::File(entry.clone());
                let program = JavaScript::new(folder, PLACE, start).read_before(bytes);
                if let Some(codes) = component.codes() {
                    program.keep_code(codes.begin());
                }
                Ready {
                    component,
                    options: options.name(entry).program(Arc::new(program)),
                }
            }
            Found::Source {
                language: Language::Python,
                folder,
                entry,
                bytes,
            } => {
                let component = runtimes.python().await?;
                let start = PythonStart::File(entry.clone());
                let program = Python::new(folder, PLACE, start).read_before(bytes);
                Ready {
                    component,
                    options: options.name(entry).program(Arc::new(program)),
                }
            }
        })
    }
}

impl Ground for Folders<'_> {
    type Found = Found;
    type Ready = Ready;

    async fn find(&self, path: &str) -> Result<Found, Unfound> {
        let mut known = Unfound::NotAllowed;
        for place in places(&self.own.prefixes, path) {
            match self.look(place).await {
                Ok(found) => return Ok(found),
                // Of several folders that may mean it, one that has it not says less than one that lets it be known.
                Err(Unfound::NotAllowed) => {}
                Err(Unfound::Missing) if known != Unfound::NotAllowed => {}
                Err(why) => known = why,
            }
        }
        Err(known)
    }

    async fn load(&self, found: Found, order: Order) -> Result<Ready, Unstarted> {
        let loaded = self.loaded(found, order).await;
        let ready = loaded.map_err(Unstarted::Failed)?;
        let input = Operation::Stdio {
            stream: Stdio::Stdin,
        };
        if !self.gate.permits(&input) {
            return Err(Unstarted::StdinDenied);
        }
        Ok(ready)
    }

    fn start(&self, ready: Ready, output: QueuedOutput) -> Running<'_> {
        let control = RunControl::new();
        let options = ready.options.output(output).control(&control);
        let component = ready.component;
        Running {
            end: Box::new(move || control.kill(KILL)),
            outcome: Box::pin(async move {
                let outcome: Result<_, Refused> = component.command(options).await;
                outcome
            }),
        }
    }
}
