//! `tollgate build`: a program becomes a component of its own.

mod javascript;
mod parts;
mod python;

pub(crate) use python::FIXED;

use std::path::{Path, PathBuf};

use serde_json::json;
use tollgate_engine::Source;
use tollgate_policy::ScopeSet;

use self::parts::{Made, Missing, Wanted};
use super::{compile, program};
use crate::args::{Build, Grants, Language};
use crate::exit::Failure;
use crate::host::signals::Signals;
use crate::host::{files, watch};
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
    let policy = policy::load(&Grants::default(), ceiling, None, ScopeSet::NONE, true)?;
    let mut packages = python::Packages::default();
    let mut once = async || -> Result<Vec<PathBuf>, Failure> {
        let made = match language {
            Language::Js | Language::Ts => javascript::make(args, &wanted, &policy).await?,
            Language::Py => python::make(args, &wanted, &policy, &mut packages).await?,
        };
        write(args, made, &output)
    };
    let runtime = compile::runtime()?;
    if args.watch {
        let again = watch::again(&output, ceiling, &args.run, async || {
            // What is wrong with a program that is being written is said, and the next change waited for.
            let made = once().await;
            if let Err(failure) = &made {
                table::complain(&failure.to_string());
            }
            made.ok()
        });
        return runtime.block_on(again);
    }
    if language != Language::Py {
        return runtime.block_on(once()).map(|_files| 0);
    }
    // What tools have made by then goes with them.
    runtime.block_on(async {
        let signals = Signals::install()
            .map_err(|error| Failure::Host(format!("signals cannot be received: {error}")))?;
        tokio::select! {
            built = once() => built.map(|_files| 0),
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

/// Writes and says what was made, and gives the files that a person may change.
fn write(args: &Build, made: Made, output: &Path) -> Result<Vec<PathBuf>, Failure> {
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
    say(args, made.count, &made.missing, &file, &source)?;
    Ok(made.files)
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
