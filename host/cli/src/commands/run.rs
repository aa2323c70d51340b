//! `tollgate run`: from flags to records.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tollgate_audit::{Log, RunIdentity, RunLimits};
use tollgate_bridge::{Attached, Guest, Input};
use tollgate_capability::http::{Client, Trust};
use tollgate_engine::code::CodeUse;
use tollgate_engine::{
    Ended, Entry, Gate, Profile, RunError, RunLanguage, RunLanguageWithFuel, RunP3, RunP3WithFuel,
    RunProfile, RunWithFuel, Surface, Usage,
};
use tollgate_policy::{Effective, ScopeSet};
use tollgate_sidecar::Sidecar;
use tollgate_vfs::{Mount, Tree, TreeBuilder};

use super::code::{Code, Loader, Ready};
use super::own::own_folders;
use super::program::{InSource, Runtime};
use super::{control, log, program, release};
use crate::args::Run;
use crate::exit::Failure;
use crate::host::folders::{self, Bases};
use crate::host::signals::Signals;
use crate::host::{environment, files, identity};
use crate::policy;
use crate::report::Report;
use crate::terminal::{ask, table};

pub(crate) fn run(mut args: Run, ceiling: Option<&Path>) -> Result<u8, Failure> {
    release::check_flag(args.wasi_p3)?;
    let permissive = permissive(args.permissive.as_deref())?;
    let component = program::take_input(&mut args)?;
    let (path, arguments) = args.program()?;
    let language = program::language(&args, &path);
    let loaded = policy::load(
        &args.grants,
        ceiling,
        args.log.audit.as_deref(),
        permissive,
        language.is_some(),
    )?;
    let entry = match &args.invoke {
        Some(text) => Entry::Invoke(
            text.parse()
                .map_err(|error| Failure::Run(RunError::Invoke(error)))?,
        ),
        None => Entry::Command,
    };
    let file = path.display().to_string();
    let policy = Arc::new(loaded.effective);
    let trust = Trust::new(files::authorities(&policy, &loaded.bases)?);
    let place = log::Place::new(
        &policy.audit(),
        args.log.audit_key.as_deref(),
        &loaded.bases,
    )?;
    let tree = tree(&policy, &loaded.bases, &place)?;
    let (code, program) = match language {
        None => {
            let component = match component {
                Some(component) => component,
                None => files::component(&path)?,
            };
            (Code::bytes(component), None)
        }
        Some(language) => {
            program::check_flags(&args)?;
            let own = own_folders(&place);
            let found = program::find(language, &args, &path, &policy, &loaded.bases, &own)?;
            let code = match &found.runtime {
                Runtime::Within(bytes, digest) => Code::Within(bytes, *digest),
                Runtime::Beside(runner) => Code::Runner(runner.clone()),
            };
            (code, Some(found))
        }
    };
    let log = place.open()?;
    Prepared {
        args: &args,
        path,
        arguments,
        file,
        policy,
        http: Client::new(trust.clone()),
        trust,
        entry,
        log,
        program,
        sidecar: OnceLock::new(),
    }
    .start(code, tree)
}

fn permissive(text: Option<&str>) -> Result<ScopeSet, Failure> {
    let Some(text) = text else {
        return Ok(ScopeSet::NONE);
    };
    let scopes: ScopeSet = text
        .parse()
        .map_err(|error| Failure::Usage(format!("--permissive: {error}")))?;
    table::warn(&format!(
        "what the policy denies in {scopes} is let through and recorded as would-deny"
    ));
    Ok(scopes)
}

fn tree(policy: &Effective, bases: &Bases, log: &log::Place) -> Result<Tree, Failure> {
    let own = own_folders(log);
    let handles = usize::try_from(policy.limits().handles).unwrap_or(usize::MAX);
    let mut builder = TreeBuilder::new().max_open_handles(handles);
    for mount in policy.mounts() {
        let folder = folders::open(mount, policy, bases)?;
        folders::check_own(mount, &folder, &own, bases)?;
        let mounted = Mount::host(folder.dir, folder.read_only)?;
        builder = builder.mount(&mount.guest_name, &mount.guest_path, mounted)?;
    }
    Ok(builder.build())
}

/// What a run used: of its limits, and of what earlier runs of its program left.
#[derive(Default)]
struct Used {
    limits: Usage,
    code: Option<CodeUse>,
}

/// A run before its component is looked at.
struct Prepared<'a> {
    args: &'a Run,
    path: PathBuf,
    arguments: Vec<String>,
    file: String,
    policy: Arc<Effective>,
    http: Client,
    trust: Trust,
    entry: Entry,
    log: Log,
    /// What is run, where it is no component itself.
    program: Option<InSource>,
    /// What serves the run's own VMs, where its component can ask for some.
    sidecar: OnceLock<Sidecar>,
}

impl Prepared<'_> {
    fn start(self, code: Code, tree: Tree) -> Result<u8, Failure> {
        let run = identity::run()?;
        let component = code.digest().to_string();
        let identity = RunIdentity {
            run: run.clone(),
            vm: None,
            process: None,
            component: component.clone(),
        };
        let limits = self.policy.limits();
        let rate = u32::try_from(limits.audit_rate).unwrap_or(u32::MAX);
        let audit = self.log.run(
            identity,
            RunLimits {
                bytes: limits.audit,
                records_per_second: rate,
            },
        );
        let gate = Gate::new(Arc::clone(&self.policy), audit, ask::decider());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            // For what stands beside the guest, which runs on this thread.
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| Failure::Host(format!("the runtime cannot start: {error}")))?;
        let signals = {
            let _runtime = runtime.enter();
            Signals::install()?
        };
        let (report, log, form) = (
            self.args.report.is_some(),
            self.log.clone(),
            self.args.report,
        );
        let (result, used) = runtime.block_on(self.recorded(code, tree, gate, signals));
        runtime.shutdown_background();
        let closed = log.close();
        if report && let Some(form) = form {
            let summary = closed.clone().unwrap_or_default();
            let (ended, code) = match &result {
                Ok(code) => (format!("exit code {code}"), *code),
                Err(failure) => (
                    failure
                        .to_string()
                        .lines()
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    failure.code(),
                ),
            };
            Report {
                component: &component,
                run: &run,
                summary: &summary,
                usage: used.limits,
                code_used: used.code,
                limits: &limits,
                ended,
                code,
            }
            .print(form);
        }
        let code = result?;
        closed?;
        Ok(code)
    }

    /// The run between its first record and its last.
    async fn recorded(
        self,
        code: Code,
        tree: Tree,
        gate: Gate,
        mut signals: Signals,
    ) -> (Result<u8, Failure>, Used) {
        if let Err(stop) = gate.note("run.start", &self.file_name(), "ok").await {
            return (Err(Failure::Host(stop.to_string())), Used::default());
        }
        let (result, usage) = tokio::select! {
            biased;
            ended = self.execute(code, tree, &gate) => ended,
            failure = signals.end() => (Err(failure), Usage::default()),
        };
        if let Some(sidecar) = self.sidecar.get() {
            // The guest is gone, and its VMs go with it.
            sidecar.end().await;
        }
        gate.settled().await;
        let outcome = match &result {
            Ok(_) => "ok",
            Err(failure) => failure.outcome(),
        };
        let code = result.as_ref().map_or_else(Failure::code, |code| *code);
        // A log that has failed has ended the run already, and says so when it is closed.
        if let Some(program) = &self.program {
            let _told_when_closed = gate.note("run.program", &program.digest(), "ok").await;
        }
        let _told_when_closed = gate
            .note("run.end", &format!("exit-code={code}"), outcome)
            .await;
        let _told_when_closed = gate.audit().end().await;
        let code = self.program.as_ref().and_then(InSource::code_used);
        let limits = usage;
        (result, Used { limits, code })
    }

    /// The file's name without its folder: a record holds no host path.
    fn file_name(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Fuel slows every loop, so only a run that is limited by it is compiled for it. WASI 0.3 opens more of the engine
    /// to a guest, so only a run that asks for it gets it.
    async fn execute(&self, code: Code, tree: Tree, gate: &Gate) -> (Result<u8, Failure>, Usage) {
        // Its engine knows nothing of WASI 0.3.
        if code.has_deep_stack() && !self.args.wasi_p3 {
            return match gate.limits().fuel {
                None => self.execute_as::<RunLanguage>(code, tree, gate).await,
                Some(_) => {
                    self.execute_as::<RunLanguageWithFuel>(code, tree, gate)
                        .await
                }
            };
        }
        match (self.args.wasi_p3, gate.limits().fuel) {
            (false, None) => self.execute_as::<RunProfile>(code, tree, gate).await,
            (false, Some(_)) => self.execute_as::<RunWithFuel>(code, tree, gate).await,
            (true, None) => self.execute_as::<RunP3>(code, tree, gate).await,
            (true, Some(_)) => self.execute_as::<RunP3WithFuel>(code, tree, gate).await,
        }
    }

    async fn execute_as<P: Profile>(
        &self,
        code: Code,
        tree: Tree,
        gate: &Gate,
    ) -> (Result<u8, Failure>, Usage) {
        let loader = Loader {
            file: self.file.clone(),
            policy: Arc::clone(&self.policy),
        };
        let Ready {
            engine,
            loaded,
            surface,
            cache,
        } = match loader.load::<P>(code).await {
            Ok(ready) => ready,
            Err(failure) => return (Err(failure), Usage::default()),
        };
        if let (Some(program), Some(cache)) = (&self.program, cache) {
            program.keep_code(&engine, &loaded, cache);
        }
        let guest = match self.attached(&surface) {
            Ok(attached) => self.guest(tree, gate, attached),
            Err(failure) => return (Err(failure), Usage::default()),
        };
        let (ended, usage) = engine.run(&loaded, guest, &self.entry).await;
        if let Some(program) = &self.program {
            program.settle().await;
        }
        // The process ends with this run. What was compiled, and the engine, hold nothing that anybody waits for, and the
        // system gives their memory back faster than they do.
        std::mem::forget((loaded, engine));
        let result = match ended {
            Ok(Ended::Exit(code)) => Ok(code),
            Ok(Ended::Returned(values)) => print_values(&values),
            Err(error) => Err(failure(error, gate)),
        };
        (result, usage)
    }

    /// What the guest has beside what every run has: a sidecar, if it can ask for one.
    fn attached(&self, surface: &Surface) -> Result<Attached, Failure> {
        let attached = Attached::default();
        if control::is_asked_for(surface) {
            let sidecar = control::sidecar(&self.policy, &self.log, &self.trust)?;
            sidecar.attach_to(&attached);
            self.sidecar.get_or_init(|| sidecar);
        }
        Ok(attached)
    }

    fn guest(&self, tree: Tree, gate: &Gate, attached: Attached) -> Guest {
        let name = match &self.program {
            Some(program) => program.name.clone(),
            None => self.file_name(),
        };
        let variables = self.policy.environment(environment::variables());
        let mut guest = Guest::builder(gate.clone())
            .arguments(std::iter::once(name).chain(self.arguments.iter().cloned()))
            .environment(
                variables
                    .into_iter()
                    .map(|variable| (variable.name, variable.value.into_inner())),
            )
            .tree(tree)
            .stdin(Input::Inherit)
            .attached(attached)
            .http(self.http.clone());
        if let Some(program) = &self.program {
            guest = guest.program(Arc::clone(&program.program));
        }
        guest.build()
    }
}

/// What a run ended with that did not end by itself: where a limit ended it, with the place that its program told last,
/// which is a guest's text.
fn failure(error: RunError, gate: &Gate) -> Failure {
    match (&error, gate.seen()) {
        (RunError::Limit(_), Some(place)) => {
            let place = table::text(&place.to_string());
            Failure::RunAt { error, place }
        }
        _ => error.into(),
    }
}

fn print_values(values: &[String]) -> Result<u8, Failure> {
    table::to_stdout(|out| values.iter().try_for_each(|value| writeln!(out, "{value}")))?;
    Ok(0)
}
