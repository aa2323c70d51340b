//! `tollgate build`: a program becomes a component of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;
use tollgate_build::{BuildError, Wit, World, build as assemble, build_for};
use tollgate_engine::{Digest, Source};
use tollgate_languages::{Bundle, ENGINE, JavaScript, NODE, Start};
use tollgate_policy::{Decision, Effective, Operation, Permit, ScopeSet};

use super::{compile, log, program, run};
use crate::args::{Build, Grants, Language};
use crate::exit::Failure;
use crate::host::{files, program as place, watch, wit};
use crate::policy;
use crate::terminal::table;

/// What the component is for.
enum Wanted {
    /// One of our worlds.
    Ours(World),
    /// A world of the program's own, and the files that it is written in.
    Own(Box<Wit>, Vec<PathBuf>),
}

impl Wanted {
    fn of(args: &Build) -> Result<Self, Failure> {
        if let Some(folder) = &args.wit {
            let (resolve, package, files) = wit::read(folder)?;
            let wit = Wit::new(resolve, package, Some(&args.world))
                .map_err(|error| Failure::Build(error.to_string()))?;
            return Ok(Self::Own(Box::new(wit), files));
        }
        match args.world.as_str() {
            "command" => Ok(Self::Ours(World::Command)),
            "http" => Ok(Self::Ours(World::Http)),
            "plugin" => Ok(Self::Ours(World::Plugin)),
            other => Err(Failure::Usage(format!(
                "there is no world `{other}`: there are `command`, `http` and `plugin`, and those of --wit"
            ))),
        }
    }

    /// What a program finds that is none of its files.
    fn provided(&self) -> BTreeSet<String> {
        match self {
            Self::Ours(_) => BTreeSet::new(),
            Self::Own(wit, _) => wit.specifiers().into_iter().collect(),
        }
    }

    fn files(&self) -> &[PathBuf] {
        match self {
            Self::Ours(_) => &[],
            Self::Own(_, files) => files,
        }
    }

    async fn assemble(&self, bundle: &Bundle) -> Result<Vec<u8>, BuildError> {
        match self {
            Self::Ours(world) => assemble(ENGINE, bundle, *world).await,
            Self::Own(wit, _) => build_for(ENGINE, bundle, wit).await,
        }
    }
}

/// What was read of a program: its files, and where they lie.
struct Read {
    bundle: Bundle,
    files: Vec<PathBuf>,
}

pub(crate) fn build(args: &Build, ceiling: Option<&Path>) -> Result<u8, Failure> {
    if !matches!(
        program::by_extension(&args.file),
        Some(Language::Js | Language::Ts)
    ) {
        return Err(Failure::Usage(format!(
            "`{}` is no program that can be built: .js, .mjs, .cjs, .ts, .mts and .cts are",
            args.file.display()
        )));
    }
    let output = output(args)?;
    // A build has no policy of its own; the operator's holds for what it reads as for what a run loads.
    let policy = policy::load(&Grants::default(), ceiling, None, ScopeSet::NONE, true)?;
    let once = async || -> Result<Read, Failure> {
        // The world is read again each time: it may be what has changed.
        let wanted = Wanted::of(args)?;
        let read = read(args, &wanted, &policy)?;
        write(args, &wanted, &read.bundle, &output).await?;
        Ok(read)
    };
    let runtime = compile::runtime()?;
    if !args.watch {
        return runtime.block_on(once()).map(|_read| 0);
    }
    let again = watch::again(&output, ceiling, &args.run, async || {
        // What is wrong with a program that is being written is said, and the next change waited for.
        let read = once().await;
        if let Err(failure) = &read {
            table::complain(&failure.to_string());
        }
        read.map(|read| read.files).ok()
    });
    runtime.block_on(again)
}

/// Where the component is written.
fn output(args: &Build) -> Result<PathBuf, Failure> {
    if let Some(output) = &args.output {
        return Ok(output.clone());
    }
    let name = args.file.file_stem().ok_or_else(|| {
        Failure::Usage(format!(
            "`{}` has no name to call the component by: say -o OUT",
            args.file.display()
        ))
    })?;
    Ok(PathBuf::from(name).with_extension("wasm"))
}

/// The program with all of its files.
fn read(args: &Build, wanted: &Wanted, policy: &policy::Loaded) -> Result<Read, Failure> {
    let log = log::Place::new(&policy.effective.audit(), None, &policy.bases)?;
    let own = run::own_folders(&log);
    let found = place::open(
        Some(&args.file),
        "",
        &NODE,
        &policy.effective,
        &policy.bases,
        &own,
    )?;
    let root = found.root.clone();
    let folder = found.host.clone();
    let program = JavaScript::new(found.folder, &found.root, Start::File(found.entry));
    let bundle = program
        .bundle_beside(&wanted.provided(), |path| {
            permitted(&policy.effective, path)
        })
        .map_err(|error| Failure::Build(error.message))?;
    for missing in &bundle.missing {
        table::warn(&format!("{}: {}", missing.from, missing.reason));
    }
    let on_host = |path: &String| {
        let inner = path.strip_prefix(&root).unwrap_or(path);
        folder.join(inner.trim_start_matches('/'))
    };
    let files = bundle.files.keys().map(on_host);
    let files = files.chain(wanted.files().iter().cloned()).collect();
    Ok(Read { bundle, files })
}

/// What a run would decide about the file; nobody is there to be asked.
fn permitted(policy: &Effective, path: &str) -> Option<Permit> {
    match policy.decide(&Operation::Program { path }) {
        Decision::Allow(permit, _) | Decision::WouldDeny(permit, _) => Some(permit),
        Decision::Ask(..) | Decision::Deny(_) => None,
    }
}

async fn write(
    args: &Build,
    wanted: &Wanted,
    bundle: &Bundle,
    output: &Path,
) -> Result<(), Failure> {
    let progress = table::progress("building");
    let built = wanted.assemble(bundle).await;
    progress.finish();
    let component = built.map_err(|error| Failure::Build(error.to_string()))?;
    // What comes out is held against what is let in.
    let file = output.display().to_string();
    let source = Source::new(component).map_err(|cause| Failure::Load {
        file: file.clone(),
        cause,
    })?;
    files::write(output, source.component())?;
    say(
        args,
        bundle,
        &file,
        source.digest(),
        source.component().len(),
    )
}

fn say(
    args: &Build,
    bundle: &Bundle,
    file: &str,
    digest: Digest,
    length: usize,
) -> Result<(), Failure> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    table::to_stdout(|out| {
        if args.json {
            let missing = bundle.missing.iter();
            let missing: Vec<_> = missing
                .map(|missing| json!({"from": missing.from, "reason": missing.reason}))
                .collect();
            return writeln!(
                out,
                "{}",
                json!({
                    "file": file,
                    "component": digest.to_string(),
                    "bytes": length,
                    "files": bundle.files.len(),
                    "missing": missing,
                })
            );
        }
        writeln!(
            out,
            "{digest}  {}  {} files  {}",
            table::bytes(length),
            bundle.files.len(),
            table::text(file)
        )
    })
}
