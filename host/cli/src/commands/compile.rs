//! Compiling for the cache, and looking into it: `tollgate compile`, `tollgate cache`.

use std::path::{Path, PathBuf};

use anstyle::Style;
use serde_json::json;
use tollgate_engine::cache::Cache;
use tollgate_engine::{
    Bounds, Compiled, Engine, Origin, Profile, RunLanguage, RunP3, RunProfile, Source,
    has_deep_stack,
};
use tollgate_policy::Limits;

use super::release;
use crate::args::CacheCommand;
use crate::exit::Failure;
use crate::host::{environment, files};
use crate::terminal::table;

/// The user's cache. Without one a component is compiled each time, which is worth a word and no more.
pub(crate) fn cache() -> Option<Cache> {
    let folder = environment::cache()?;
    match Cache::open(&folder) {
        Ok(cache) => Some(cache),
        Err(error) => {
            table::warn(&format!("compiling without a cache: {error}"));
            None
        }
    }
}

/// Compiles within `limits`, showing on a terminal that it takes its time.
pub(crate) async fn component<P: Profile>(
    engine: &Engine<P>,
    source: &Source,
    file: &str,
    cache: Option<&Cache>,
    limits: &Limits,
) -> Result<Compiled, Failure> {
    release::check_source::<P>(source, file)?;
    let progress = table::progress("compiling");
    let compiled = engine.compile(source, cache, Bounds::from(limits)).await;
    progress.finish();
    if let Ok(Compiled {
        trouble: Some(error),
        ..
    }) = &compiled
    {
        table::warn(&error.to_string());
    }
    compiled.map_err(|cause| Failure::Load {
        file: file.to_owned(),
        cause: cause.into(),
    })
}

/// For a command that compiles and does nothing else that waits.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Host(format!("the runtime cannot start: {error}")))
}

pub(crate) fn compile(paths: &[PathBuf], json: bool, wasi_p3: bool) -> Result<u8, Failure> {
    release::check_flag(wasi_p3)?;
    let cache = required()?;
    runtime()?.block_on(async {
        for path in paths {
            let bytes = files::component(path)?;
            // Under the profile that a run of it takes: what is compiled under another is not found.
            if wasi_p3 {
                one::<RunP3>(path, bytes, &cache, json).await?;
            } else if has_deep_stack(&bytes) {
                one::<RunLanguage>(path, bytes, &cache, json).await?;
            } else {
                one::<RunProfile>(path, bytes, &cache, json).await?;
            }
        }
        Ok(0)
    })
}

fn required() -> Result<Cache, Failure> {
    let folder = environment::cache().ok_or_else(|| {
        Failure::Usage("there is no folder for the cache: set HOME or XDG_CACHE_HOME".to_owned())
    })?;
    Ok(Cache::open(&folder)?)
}

async fn one<P: Profile>(
    path: &Path,
    bytes: Vec<u8>,
    cache: &Cache,
    json: bool,
) -> Result<(), Failure> {
    let engine = Engine::<P>::new()?;
    let file = path.display().to_string();
    let source = Source::new(bytes).map_err(|cause| Failure::Load {
        file: file.clone(),
        cause,
    })?;
    let limits = Limits::default();
    let Compiled { origin, .. } = component(&engine, &source, &file, Some(cache), &limits).await?;
    let digest = source.digest().to_string();
    let (took, bytes) = match origin {
        Origin::Compiled { took, artifact } => (
            Some(u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            artifact,
        ),
        Origin::Cached => {
            let entries = cache.entries()?;
            (
                None,
                entries
                    .iter()
                    .find(|entry| entry.component == digest)
                    .map(|entry| entry.bytes),
            )
        }
    };
    table::to_stdout(|out| {
        if json {
            let cached = took.is_none();
            return writeln!(
                out,
                "{}",
                json!({"file": file, "component": digest, "bytes": bytes, "compile_ms": took, "cached": cached})
            );
        }
        let size = bytes.map(table::bytes).unwrap_or_default();
        let time = took.map_or_else(
            || "there already".to_owned(),
            |took| format!("compiled in {took} ms"),
        );
        writeln!(out, "{digest}  {size}  {time}  {}", table::text(&file))
    })
}

pub(crate) fn look(command: &CacheCommand) -> Result<u8, Failure> {
    let cache = required()?;
    match command {
        CacheCommand::Show { json } => {
            let entries = cache.entries()?;
            table::to_stdout(|out| {
                if *json {
                    return writeln!(out, "{}", serde_json::to_string_pretty(&entries)?);
                }
                let mut shown = table::table(["component", "profile", "size", "compiled in"]);
                for entry in &entries {
                    shown.add_row([
                        table::text(&entry.component),
                        table::text(&entry.profile),
                        table::bytes(entry.bytes),
                        format!("{} ms", entry.compile_ms),
                    ]);
                }
                table::print(out, &shown, |_| Style::new())?;
                let total = entries
                    .iter()
                    .fold(0_u64, |total, entry| total.saturating_add(entry.bytes));
                writeln!(out, "{} kept, {}", entries.len(), table::bytes(total))
            })?;
            Ok(0)
        }
        CacheCommand::Verify { json } => {
            let (good, faults) = cache.verify()?;
            table::to_stdout(|out| {
                if *json {
                    return writeln!(out, "{}", json!({"intact": good.len(), "faults": faults}));
                }
                for fault in &faults {
                    let (style, file) = (table::BAD, table::text(&fault.file));
                    writeln!(
                        out,
                        "{style}removed{style:#} {file}: {}",
                        table::text(&fault.problem)
                    )?;
                }
                writeln!(out, "{} intact, {} removed", good.len(), faults.len())
            })?;
            Ok(u8::from(!faults.is_empty()))
        }
        CacheCommand::Clear => {
            let (count, bytes) = cache.clear()?;
            table::to_stdout(|out| writeln!(out, "removed {count}, {}", table::bytes(bytes)))?;
            Ok(0)
        }
    }
}
