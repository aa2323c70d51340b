//! Programs in Python: their files are collected by the runner, and componentize-py makes the component.
//!
//! Nothing of the program is run by a Python of this machine. It is parsed and compiled in the runner, which is a guest here;
//! pip takes wheels alone, which it unpacks; and componentize-py evaluates what is in the component in an engine of its own.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tollgate_audit::{Log, LogOptions, RunIdentity, RunLimits};
use tollgate_bridge::{Captured, Guest, Output, Program as _};
use tollgate_build::World;
use tollgate_capability::program::Folder;
use tollgate_engine::{Digest, Ended, Entry, Gate, RunLanguage};
use tollgate_languages::{COLLECT, Collecting, PYTHON, PYTHON_BUILD, Reads, python_kit};
use tollgate_policy::{Effective, LimitRow, Permit, ScopeSet, Unit};

use super::parts::{Made, Missing, Policy, Wanted, aside, begin};
use crate::args::{Build, Grants};
use crate::commands::build_log::Reading;
use crate::commands::code::{Code, Loader, Ready};
use crate::commands::program::python_runner;
use crate::exit::Failure;
use crate::host::tool::{self, ToolError};
use crate::host::watch::{Seen, times};
use crate::host::work::Work;
use crate::host::{files, identity, wit};
use crate::policy;
use crate::terminal::table;

/// How long pip, and how long componentize-py, may take.
const TOOL_SECONDS: u64 = 600;

/// The numbers of a build that nobody can state.
pub(crate) const FIXED: &[LimitRow] = &[LimitRow::fixed(
    "build-tool-time",
    Unit::Time,
    TOOL_SECONDS * 1_000,
    "Time that one tool of a build of a Python program may take: pip, componentize-py.",
    "a hundred times what componentize-py takes; downloads over a slow line are done",
)];

/// What the run that collects may: no program of a reasonable size comes near, and none takes the machine.
const COLLECTING: &str = "memory=2GiB,output=256MiB,wall=10m,cpu=10m";

/// What the runner says of a program that it has collected, in the first line.
#[derive(Deserialize)]
struct Report {
    files: usize,
    missing: Vec<ReportedMissing>,
}

#[derive(Deserialize)]
struct ReportedMissing {
    from: String,
    reason: String,
}

/// What was installed for a program, kept for as long as what it asks for is the same.
#[derive(Default)]
pub(super) struct Packages(Option<Installed>);

struct Installed {
    asked: Vec<Vec<u8>>,
    /// The folder is in it.
    _work: Work,
    folder: PathBuf,
}

/// The component of the program, with all of its files and packages.
pub(super) async fn make(
    args: &Build,
    wanted: &Wanted,
    policy: &Policy,
    packages: &mut Packages,
    seen: &mut Seen,
) -> Result<Made, Failure> {
    let runner = Code::Runner(python_runner()?);
    let mut asked = times(&args.requirements);
    // Where nothing comes of it, this counts too.
    seen.extend(asked.clone());
    if let Wanted::Own { wit, .. } = wanted {
        // The tool reads it by itself; what is wrong with it is said before anything takes long.
        asked.extend(wit::read(wit)?.seen);
    }
    let installed = packages.install(&args.requirements).await?;
    let (found, reading) = aside(|| begin(args, &PYTHON, runner.digest(), policy))?;
    let reading = Arc::new(Mutex::new(reading));
    let program = Arc::new(Collecting::new(
        found.folder,
        &found.root,
        found.entry,
        installed,
        Aside(Arc::clone(&reading)),
    ));
    let progress = table::progress("collecting the program");
    let collected = collect(Arc::clone(&program), runner).await;
    progress.finish();
    let outcome = collected.as_ref().map_or("failed", |_| "ok");
    let digest = Digest::from_hash(program.digest()).to_string();
    let (looked_at, recorded) = aside(|| lock(&reading).end(&digest, outcome));
    asked.extend(looked_at);
    *seen = asked;
    // What could not be recorded has kept the rest from being read.
    recorded?;
    let (report, packed) = collected?;
    let progress = table::progress("building");
    let component = assemble(wanted, &packed).await;
    progress.finish();
    let missing = report.missing.into_iter().map(|missing| Missing {
        from: missing.from,
        reason: missing.reason,
    });
    Ok(Made {
        component: component?,
        count: report.files,
        missing: missing.collect(),
    })
}

fn lock(reading: &Mutex<Reading>) -> MutexGuard<'_, Reading> {
    reading.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The log of a build, for a run that polls.
struct Aside(Arc<Mutex<Reading>>);

impl Reads for Aside {
    fn enter(&mut self, path: &str) -> Option<Permit> {
        aside(|| lock(&self.0).enter(path))
    }

    fn leave(&mut self, outcome: &'static str, bytes: u64) {
        aside(|| lock(&self.0).leave(outcome, bytes));
    }
}

impl Packages {
    /// Has pip install what the files ask for, into a folder of its own. None where there are no files.
    async fn install(&mut self, requirements: &[PathBuf]) -> Result<Option<Folder>, Failure> {
        if requirements.is_empty() {
            return Ok(None);
        }
        let asked: Vec<Vec<u8>> = requirements
            .iter()
            .map(|file| files::requirements(file))
            .collect::<Result<_, _>>()?;
        if self.0.as_ref().is_none_or(|kept| kept.asked != asked) {
            let progress = table::progress("installing packages");
            let installed = install(requirements).await;
            progress.finish();
            let (work, folder) = installed?;
            self.0 = Some(Installed {
                asked,
                _work: work,
                folder,
            });
        }
        let folder = self.0.as_ref().map(|kept| kept.folder.as_path());
        folder.map(files::folder).transpose()
    }
}

async fn install(requirements: &[PathBuf]) -> Result<(Work, PathBuf), Failure> {
    let work = Work::new()?;
    let folder = work.folder("packages")?;
    let mut words: Vec<OsString> = vec!["install".into(), "--target".into(), folder.clone().into()];
    for file in requirements {
        words.extend(["-r".into(), files::real(file)?.into()]);
    }
    tool(&work, words).await?;
    Ok((work, folder))
}

/// Has componentize-py make the component of a packed program.
async fn assemble(wanted: &Wanted, packed: &[u8]) -> Result<Vec<u8>, Failure> {
    let work = Work::new()?;
    let program = work.write("program", packed)?;
    let made = work.path("made.wasm");
    let mut words: Vec<OsString> = vec!["component".into(), "--program".into(), program.into()];
    match wanted {
        Wanted::Ours(world) => words.extend(["--world".into(), name(*world).into()]),
        Wanted::Own { wit, name } => words.extend([
            "--wit".into(),
            files::real(wit)?.into(),
            "--world".into(),
            name.into(),
        ]),
    }
    words.extend(["--output".into(), made.clone().into()]);
    tool(&work, words).await?;
    files::component(&made)
}

fn name(world: World) -> &'static str {
    match world {
        World::Command => "command",
        World::Http => "http",
        World::Plugin => "plugin",
    }
}

/// Runs the program that builds, which this binary carries with all that it needs.
async fn tool(work: &Work, words: Vec<OsString>) -> Result<(), Failure> {
    for (path, content) in python_kit() {
        work.write(&format!("kit/{path}"), content)?;
    }
    let build = work.path(&format!("kit/{PYTHON_BUILD}"));
    // Isolated: neither variables of Python nor what lies in a folder can put code of others in the way of the library's.
    let mut arguments: Vec<OsString> = ["-I", "-S", "-B"].map(OsString::from).to_vec();
    arguments.extend([build.into(), "--watched".into()]);
    arguments.extend(words);
    let empty = work.folder("empty")?;
    tool::run(
        "python3",
        arguments,
        &empty,
        Duration::from_secs(TOOL_SECONDS),
    )
    .await
    .map_err(|error| match error {
        ToolError::Said(said) => {
            Failure::Build(said.strip_prefix("python: ").unwrap_or(&said).to_owned())
        }
        error => Failure::Build(error.to_string()),
    })
}

/// Has the runner collect the program: what it says of it, and the program packed.
async fn collect(program: Arc<Collecting>, runner: Code) -> Result<(Report, Vec<u8>), Failure> {
    let grants = Grants {
        limit: vec![COLLECTING.to_owned()],
        ..Grants::default()
    };
    // Its own policy, without the operator's: that one is asked by the program, about each file.
    let own = policy::load(&grants, None, None, ScopeSet::NONE, true)?;
    let policy: Arc<Effective> = Arc::new(own.effective);
    let log = Log::memory(LogOptions::default());
    let limits = policy.limits();
    let identity = RunIdentity {
        run: identity::run()?,
        vm: None,
        process: None,
        component: runner.digest().to_string(),
    };
    let bounds = RunLimits {
        bytes: limits.audit,
        records_per_second: u32::try_from(limits.audit_rate).unwrap_or(u32::MAX),
    };
    let gate = Gate::new(Arc::clone(&policy), log.run(identity, bounds), None);
    let loader = Loader {
        file: "the Python runner".to_owned(),
        policy,
    };
    let Ready { engine, loaded, .. } = loader.load::<RunLanguage>(runner).await?;
    let (output, errors) = (Captured::default(), Captured::default());
    let guest = Guest::builder(gate)
        .arguments([COLLECT])
        .stdout(Output::Capture(output.clone()))
        .stderr(Output::Capture(errors.clone()))
        .program(program)
        .build();
    let (ended, _usage) = engine.run(&loaded, guest, &Entry::Command).await;
    let ended = ended
        .map_err(|error| Failure::Build(format!("the program cannot be collected: {error}")))?;
    match ended {
        Ended::Exit(0) => read(output.take()),
        Ended::Exit(_) | Ended::Returned(_) => {
            let said = String::from_utf8_lossy(&errors.take()).into_owned();
            Err(Failure::Build(why(said.trim_end())))
        }
    }
}

/// Why a program was not collected, in what CPython says of it.
fn why(said: &str) -> String {
    if said.starts_with("  File ") {
        return format!("the program cannot be compiled\n{said}");
    }
    said.strip_prefix("python3: ").unwrap_or(said).to_owned()
}

/// A line of JSON, then the program.
fn read(mut output: Vec<u8>) -> Result<(Report, Vec<u8>), Failure> {
    let end = output.iter().position(|byte| *byte == b'\n');
    let report = end.and_then(|end| serde_json::from_slice(output.get(..end)?).ok());
    let (Some(end), Some(report)) = (end, report) else {
        return Err(Failure::Build(
            "the Python runner did not collect the program".to_owned(),
        ));
    };
    output.drain(..=end);
    Ok((report, output))
}
