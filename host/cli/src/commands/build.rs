//! `tollgate build`: a program becomes a component of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tollgate_bridge::Program as _;
use tollgate_build::{World, build as assemble};
use tollgate_engine::{Digest, Source};
use tollgate_languages::{Bundle, ENGINE, JavaScript, NODE, Start};
use tollgate_policy::{Effective, ScopeSet};

use super::build_log::Reading;
use super::{compile, log, program, run};
use crate::args::{Build, BuildWorld, Grants, Language};
use crate::exit::Failure;
use crate::host::folders::Bases;
use crate::host::watch::Seen;
use crate::host::{files, program as place, watch};
use crate::policy;
use crate::terminal::table;

impl From<BuildWorld> for World {
    fn from(world: BuildWorld) -> Self {
        match world {
            BuildWorld::Command => Self::Command,
            BuildWorld::Http => Self::Http,
            BuildWorld::Plugin => Self::Plugin,
        }
    }
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
    let audit = args.audit.as_deref();
    let policy = policy::load(&Grants::default(), ceiling, audit, ScopeSet::NONE, true)?;
    let policy = Policy {
        effective: Arc::new(policy.effective),
        bases: policy.bases,
    };
    let once = async |seen: &mut Seen| -> Result<(), Failure> {
        // The log is waited for there, which is not done on a thread that polls.
        let bundle = std::thread::scope(|scope| {
            let reading = scope.spawn(|| read(args, &policy, seen));
            let lost = |_panicked| Failure::Host("the program's files were not read".to_owned());
            reading
                .join()
                .unwrap_or_else(|panicked| Err(lost(panicked)))
        })?;
        write(args, &bundle, &output).await
    };
    let runtime = compile::runtime()?;
    if !args.watch {
        return runtime.block_on(once(&mut Seen::new())).map(|()| 0);
    }
    let again = watch::again(&output, ceiling, &args.run, async |seen: &mut Seen| {
        // What is wrong with a program that is being written is said, and the next change waited for.
        let built = once(seen).await;
        if let Err(failure) = &built {
            table::complain(&failure.to_string());
        }
        built.is_ok()
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

/// What a build goes by.
struct Policy {
    effective: Arc<Effective>,
    bases: Bases,
}

/// The program with all of its files; each that was looked at is in `seen`, whatever comes of it.
fn read(args: &Build, policy: &Policy, seen: &mut Seen) -> Result<Bundle, Failure> {
    let place = log::Place::new(
        &policy.effective.audit(),
        args.audit_key.as_deref(),
        &policy.bases,
    )?;
    let own = run::own_folders(&place);
    let found = place::open(
        Some(&args.file),
        "",
        &NODE,
        &policy.effective,
        &policy.bases,
        &own,
    )?;
    let name = args.file.file_name().unwrap_or_default();
    let root = (found.root.clone(), found.host.clone());
    let mut reading = Reading::begin(
        &policy.effective,
        place.open()?,
        &name.to_string_lossy(),
        root,
    )?;
    let program = JavaScript::new(found.folder, &found.root, Start::File(found.entry));
    let bundled = program.bundle(&mut reading);
    let outcome = bundled.as_ref().map_or("failed", |_| "ok");
    let digest = Digest::from_hash(program.digest()).to_string();
    let (looked_at, recorded) = reading.end(&digest, outcome);
    *seen = looked_at;
    // What could not be recorded has kept the rest from being read.
    recorded?;
    let bundle = bundled.map_err(|error| Failure::Build(error.message))?;
    for missing in &bundle.missing {
        table::warn(&format!("{}: {}", missing.from, missing.reason));
    }
    Ok(bundle)
}

async fn write(args: &Build, bundle: &Bundle, output: &Path) -> Result<(), Failure> {
    let progress = table::progress("building");
    let built = assemble(ENGINE, bundle, args.world.into()).await;
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
