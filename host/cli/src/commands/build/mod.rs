//! `tollgate build`: a program becomes a component of its own.

mod javascript;
mod parts;
mod python;

pub(crate) use python::FIXED;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tollgate_build::document;
use tollgate_engine::Source;
use tollgate_policy::ScopeSet;

use self::parts::{Made, Missing, Policy, Wanted};
use super::{compile, program};
use crate::args::{Build, Grants, Language};
use crate::exit::Failure;
use crate::host::signals::Signals;
use crate::host::watch::Seen;
use crate::host::{files, watch, wit};
use crate::policy;
use crate::terminal::table;

pub(crate) fn build(args: &Build, ceiling: Option<&Path>) -> Result<u8, Failure> {
    let language = program::by_extension(&args.file).ok_or_else(|| {
        Failure::Usage(format!(
            "`{}` is no program that can be built: .js, .mjs, .cjs, .ts, .mts, .cts and .py are",
            args.file.display()
        ))
    })?;
    let wanted = Wanted::of(args)?;
    let output = output(args)?;
    // A build has no policy of its own; the operator's holds for what it reads as for what a run loads.
    let audit = args.log.audit.as_deref();
    let policy = policy::load(&Grants::default(), ceiling, audit, ScopeSet::NONE, true)?;
    let policy = Policy {
        effective: Arc::new(policy.effective),
        bases: policy.bases,
    };
    let mut packages = python::Packages::default();
    let mut once = async |seen: &mut Seen| -> Result<(), Failure> {
        // A world is read again each time: it may be what has changed.
        let mut made = match language {
            Language::Js | Language::Ts => javascript::make(args, &wanted, &policy, seen).await?,
            Language::Py => python::make(args, &wanted, &policy, &mut packages, seen).await?,
        };
        if let Wanted::Own { wit: folder, .. } = &wanted {
            let read = wit::read(folder)?;
            document(&mut made.component, &read.resolve, read.package)
                .map_err(|error| Failure::Build(error.to_string()))?;
        }
        write(args, made, &output)
    };
    let runtime = compile::runtime()?;
    if args.watch {
        let again = watch::again(&output, ceiling, &args.run, async |seen: &mut Seen| {
            // What is wrong with a program that is being written is said, and the next change waited for.
            let built = once(seen).await;
            match &built {
                // It ends the command, which says so.
                Ok(()) | Err(Failure::Interrupted | Failure::Terminated) => {}
                Err(failure) => table::complain(&failure.to_string()),
            }
            built.is_ok()
        });
        return runtime.block_on(again);
    }
    let mut seen = Seen::new();
    // A log is ended then, and what tools have made goes with them.
    runtime.block_on(async {
        let mut signals = Signals::install()?;
        tokio::select! {
            built = once(&mut seen) => built.map(|()| 0),
            failure = signals.end() => Err(failure),
        }
    })
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

/// Writes and says what was made.
fn write(args: &Build, made: Made, output: &Path) -> Result<(), Failure> {
    for missing in &made.missing {
        table::warn(&format!("{}: {}", missing.from, missing.reason));
    }
    // What comes out is held against what is let in.
    let file = output.display().to_string();
    let source = Source::new(made.component).map_err(|cause| Failure::Load {
        file: file.clone(),
        cause,
    })?;
    files::write(output, source.component())?;
    say(args, made.count, &made.missing, &file, &source)
}

fn say(
    args: &Build,
    count: usize,
    missing: &[Missing],
    file: &str,
    source: &Source,
) -> Result<(), Failure> {
    let length = u64::try_from(source.component().len()).unwrap_or(u64::MAX);
    let digest = source.digest();
    table::to_stdout(|out| {
        if args.json {
            let missing: Vec<_> = missing
                .iter()
                .map(|missing| json!({"from": missing.from, "reason": missing.reason}))
                .collect();
            return writeln!(
                out,
                "{}",
                json!({
                    "file": file,
                    "component": digest.to_string(),
                    "bytes": length,
                    "files": count,
                    "missing": missing,
                })
            );
        }
        writeln!(
            out,
            "{digest}  {}  {} files  {}",
            table::bytes(length),
            count,
            table::text(file)
        )
    })
}
