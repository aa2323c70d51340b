//! Building and running again whenever a file changes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, SystemTime};

use tokio::process::{Child, Command};

use super::signals::Signals;
use crate::exit::Failure;
use crate::terminal::table;

/// How often files are looked at. Editors write files in many ways; that their time changes is common to all.
const LOOK: Duration = Duration::from_millis(250);

/// When each file had been changed last before it was read; none for what is not there.
pub(crate) type Seen = BTreeMap<PathBuf, Option<SystemTime>>;

/// When the file was changed last; none where it is not there.
pub(crate) fn time(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file)
        .and_then(|found| found.modified())
        .ok()
}

/// When each of these files was changed last.
pub(crate) fn times<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Seen {
    files
        .into_iter()
        .map(|file| (file.clone(), time(file)))
        .collect()
}

async fn changed(seen: &Seen) {
    while seen.iter().all(|(file, before)| time(file) == *before) {
        tokio::time::sleep(LOOK).await;
    }
}

/// A run of the component in a process of its own, which a change ends.
fn start(component: &Path, ceiling: Option<&Path>, flags: &[OsString]) -> Result<Child, Failure> {
    let failed =
        |error: std::io::Error| Failure::Host(format!("the component is not run: {error}"));
    let own = std::env::current_exe().map_err(failed)?;
    let mut command = Command::new(own);
    // What limits this command limits what it starts.
    if let Some(ceiling) = ceiling {
        command.arg("--ceiling").arg(ceiling);
    }
    command
        .arg("run")
        .args(flags)
        .arg(component)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)
}

async fn ended(child: &mut Option<Child>) -> Option<ExitStatus> {
    match child {
        Some(running) => running.wait().await.ok(),
        None => std::future::pending().await,
    }
}

/// Builds, runs, and begins anew when a file changes, until a signal comes. `build` says whether it built something, and
/// which files it looked at, with their times before it did: a change counts from then on, also while it is still building.
pub(crate) async fn again(
    component: &Path,
    ceiling: Option<&Path>,
    flags: &[OsString],
    mut build: impl AsyncFnMut(&mut Seen) -> bool,
) -> Result<u8, Failure> {
    let mut signals = Signals::install()?;
    let stopped = signals.end();
    tokio::pin!(stopped);
    let mut seen = Seen::new();
    loop {
        // Where a build comes to nothing before it has looked at a file, those of before count.
        for (file, before) in &mut seen {
            *before = time(file);
        }
        let built = tokio::select! {
            failure = &mut stopped => return Err(failure),
            built = build(&mut seen) => built,
        };
        let mut child = match built {
            true => Some(start(component, ceiling, flags)?),
            false => None,
        };
        if seen.is_empty() {
            return Ok(1);
        }
        loop {
            tokio::select! {
                failure = &mut stopped => return Err(failure),
                () = changed(&seen) => break,
                status = ended(&mut child) => {
                    child = None;
                    let code = status.and_then(|status| status.code());
                    table::warn(&format!(
                        "ended with {}; waiting for a change",
                        code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"))
                    ));
                }
            }
        }
    }
}
