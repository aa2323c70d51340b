//! `tollgate exec`: programs that are run for JSON requests on standard input.

use std::path::Path;

use serde_json::{Map, Value};
use tollgate_plugins::exec::{Error, MAX_REQUEST_BYTES, Transport, parse};
use tollgate_plugins::runtimes::PythonRunner;

use super::hosting::{Asked, Hosting, drive};
use super::program;
use crate::args::ExecArgs;
use crate::exit::Failure;
use crate::host::folders::{self, Own};
use crate::host::serve;
use crate::host::signals::Signals;
use crate::terminal::input::{self, Line};
use crate::terminal::table;

/// A request was answered with an error.
const FAILED: u8 = 1;

/// A folder that programs may lie in, and what requests may call it.
type Prefix = (Vec<String>, cap_std::fs::Dir);

pub(crate) fn exec(args: &ExecArgs, ceiling: Option<&Path>) -> Result<u8, Failure> {
    let asked = Asked {
        grants: &args.grants,
        ceiling,
        log: Some(&args.log),
    };
    let (hosting, prefixes) = asked.host(|own| prefixes(&args.allow_prefix, own))?;
    let log = hosting.log.clone();
    let transport = transport(hosting, prefixes)?;
    // One that reads what comes next, and one that runs.
    let served = drive(2, async {
        let mut signals = Signals::install()?;
        tokio::select! {
            biased;
            failure = signals.end() => Err(failure),
            served = serve(&transport, args.json_lines) => served,
        }
    });
    drop(transport);
    let closed = log.close();
    let code = served?;
    closed?;
    Ok(code)
}

/// Opens the folders. What a program may lie in is read as part of one, so that nothing of the command's own may lie there.
fn prefixes(folders: &[std::path::PathBuf], own: &[Own]) -> Result<Vec<Prefix>, Failure> {
    let prefix = |folder: &std::path::PathBuf| {
        let (real, dir) = serve::root(folder)?;
        folders::check_program(&real, own)?;
        let text = |path: &Path| {
            path.to_str().map(str::to_owned).ok_or_else(|| {
                Failure::Usage(format!(
                    "--allow-prefix {}: its name is not UTF-8, so that no request can name it",
                    path.display()
                ))
            })
        };
        let mut names = vec![text(&real)?];
        let written = text(folder)?;
        // What `..` would mean there is not what it means in a request.
        let is_plain = !written.split('/').any(|name| name == "..");
        if is_plain && written != "." && !names.contains(&written) {
            names.push(written);
        }
        Ok((names, dir))
    };
    folders.iter().map(prefix).collect()
}

fn transport(hosting: Hosting, prefixes: Vec<Prefix>) -> Result<Transport, Failure> {
    let mut builder = Transport::builder(&hosting.host, &hosting.grants)
        .python(PythonRunner::new(program::found_python_runner));
    for (names, dir) in prefixes {
        for name in names {
            let dir = dir.try_clone().map_err(|cause| Failure::Folder {
                folder: name.clone(),
                cause,
            })?;
            builder = builder.prefix(name, dir);
        }
    }
    for (place, mount) in hosting.mounts {
        builder = builder.mount(place, mount);
    }
    let built = builder.build();
    built.map_err(|error| Failure::Usage(format!("--allow-prefix: {error}")))
}

async fn serve(transport: &Transport, by_lines: bool) -> Result<u8, Failure> {
    if !by_lines {
        let text = reading(|| input::text(MAX_REQUEST_BYTES)).await?;
        return Ok(match answered(transport, text).await? {
            true => 0,
            false => FAILED,
        });
    }
    while let Some(line) = reading(|| input::line(MAX_REQUEST_BYTES)).await? {
        answered(transport, line).await?;
    }
    Ok(0)
}

/// Reads away from the threads that serve guests.
async fn reading<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|error| Err(Failure::Host(error.to_string())))
}

/// Answers a request on standard output. Says whether it was answered with what a program said.
async fn answered(transport: &Transport, line: Line) -> Result<bool, Failure> {
    let request = match line {
        Line::Whole(bytes) => parse(&bytes),
        Line::TooLong => Err(Error::too_long()),
    };
    let answer = match request {
        Ok(request) => transport.call(request).await,
        Err(error) => Err(error),
    };
    let is_ok = answer.is_ok();
    let (name, value) = match answer {
        Ok(value) => ("ok", value),
        Err(error) => ("error", error.to_json()),
    };
    let line = Value::Object(Map::from_iter([(name.to_owned(), value)]));
    table::to_stdout(|out| writeln!(out, "{line}"))?;
    Ok(is_ok)
}
