//! Building and running again whenever a file changes.

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

/// The time of each file's last change.
fn times(files: &[PathBuf]) -> Vec<Option<SystemTime>> {
    let time = |file: &PathBuf| std::fs::metadata(file).and_then(|found| found.modified());
    files.iter().map(|file| time(file).ok()).collect()
}

async fn changed(files: &[PathBuf], before: &[Option<SystemTime>]) {
    while times(files) == before {
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

/// Builds, runs, and begins anew when a file changes, until a signal comes. `build` gives the files that count, or none
/// when it failed: then those of before are looked at.
pub(crate) async fn again(
    component: &Path,
    ceiling: Option<&Path>,
    flags: &[OsString],
    mut build: impl AsyncFnMut() -> Option<Vec<PathBuf>>,
) -> Result<u8, Failure> {
    let signals = Signals::install()
        .map_err(|error| Failure::Host(format!("signals cannot be received: {error}")))?;
    let stopped = signals.end();
    tokio::pin!(stopped);
    let mut files = Vec::new();
    loop {
        let built = tokio::select! {
            failure = &mut stopped => return Err(failure),
            built = build() => built,
        };
        let mut child = match &built {
            Some(_) => Some(start(component, ceiling, flags)?),
            None => None,
        };
        files = built.unwrap_or(files);
        let before = times(&files);
        if files.is_empty() {
            return Ok(1);
        }
        loop {
            tokio::select! {
                failure = &mut stopped => return Err(failure),
                () = changed(&files, &before) => break,
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
