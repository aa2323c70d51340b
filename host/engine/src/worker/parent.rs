//! The side of whoever starts a worker.

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt as _;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};

use rustix::process::Signal;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tollgate_policy::LimitKey;

use super::program::{ARGUMENT, THREADS, Worker};
use super::wire::{Answer, LONGEST_LINE, Task};
use crate::compile::outcome::{Bounds, CompileError};

/// The most bytes of an artifact for each byte of its source. Eight is usual; small sources have a fixed part.
const ARTIFACT_FACTOR: u64 = 64;
const SMALL_ARTIFACT_BYTES: u64 = 64 << 20;
/// What is kept of a worker's last words.
const LAST_WORDS_BYTES: u64 = 4 << 10;
const NOT_A_WORKER: &str =
    "its program does not answer as one: does it call `run_if_worker` first in `main`?";

/// Compiles `component` under the profile of that name, and gives the artifact. Dropping the future ends the worker.
pub(crate) async fn compile(
    worker: &Worker,
    profile: &str,
    component: &[u8],
    bounds: Bounds,
) -> Result<Vec<u8>, CompileError> {
    let mut child = start(worker)?;
    let task = Task {
        profile: profile.to_owned(),
        bytes: component.len() as u64,
        memory: bounds.memory,
        // The clock on the wall stops a worker first, unless it computes on several threads.
        seconds: bounds.time.as_secs().saturating_add(1).saturating_mul(4),
    };
    let answered = tokio::time::timeout(bounds.time, exchange(&mut child, &task, component)).await;
    // Waited for here, so that it is gone when this is over; who drops the future leaves that to the runtime.
    let _ended_already = child.child.kill().await;
    answered.unwrap_or(Err(CompileError::Limit(LimitKey::CompileTime)))
}

fn start(worker: &Worker) -> Result<Running, CompileError> {
    let mut child = Command::new(&worker.program)
        .arg(ARGUMENT)
        .env_clear()
        .env("RAYON_NUM_THREADS", THREADS.to_string())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| CompileError::Worker(format!("it cannot be started: {error}")))?;
    match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
        (Some(input), Some(output), Some(errors)) => Ok(Running {
            child,
            input,
            output: BufReader::new(output),
            errors,
        }),
        _ => Err(CompileError::Worker("it has no streams".to_owned())),
    }
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    errors: ChildStderr,
}

async fn exchange(
    running: &mut Running,
    task: &Task,
    component: &[u8],
) -> Result<Vec<u8>, CompileError> {
    let Running {
        child,
        input,
        output,
        errors,
    } = running;
    let mut last_words = Vec::new();
    let answered = {
        let mut errors = errors.take(LAST_WORDS_BYTES);
        let mut asking = pin!(ask(input, output, task, component));
        // What a worker says while it lives is of no interest, but it must not wait for somebody to read it.
        tokio::select! {
            answered = &mut asking => {
                if matches!(answered, Ok(None)) {
                    let _until_its_end = errors.read_to_end(&mut last_words).await;
                }
                answered
            }
            _ = errors.read_to_end(&mut last_words) => asking.await,
        }
    };
    match answered {
        Ok(Some(answer)) => answer,
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(CompileError::Worker(NOT_A_WORKER.to_owned()))
        }
        // It ended without an answer, and how it ended says why.
        Ok(None) | Err(_) => {
            let status = child.wait().await.ok();
            Err(why(status, &String::from_utf8_lossy(&last_words)))
        }
    }
}

async fn ask(
    input: &mut ChildStdin,
    output: &mut BufReader<ChildStdout>,
    task: &Task,
    component: &[u8],
) -> std::io::Result<Option<Result<Vec<u8>, CompileError>>> {
    let mut line = serde_json::to_vec(task)?;
    line.push(b'\n');
    input.write_all(&line).await?;
    input.write_all(component).await?;
    input.flush().await?;
    let mut line = Vec::new();
    (&mut *output)
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)
        .await?;
    if line.is_empty() {
        return Ok(None);
    }
    let answer = serde_json::from_slice(&line)
        .map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))?;
    Ok(Some(match answer {
        Answer::Artifact(bytes) => artifact(output, bytes, component.len() as u64).await?,
        Answer::Invalid(why) => Err(CompileError::Invalid(why)),
        Answer::Unreadable => Err(CompileError::Unreadable),
        Answer::OutOfMemory => Err(CompileError::Limit(LimitKey::CompileMemory)),
        Answer::Failed(why) => Err(CompileError::Worker(why)),
    }))
}

async fn artifact(
    output: &mut BufReader<ChildStdout>,
    bytes: u64,
    source: u64,
) -> std::io::Result<Result<Vec<u8>, CompileError>> {
    let most = source
        .saturating_mul(ARTIFACT_FACTOR)
        .max(SMALL_ARTIFACT_BYTES);
    if bytes > most {
        return Ok(Err(CompileError::Limit(LimitKey::CompileMemory)));
    }
    let mut artifact = Vec::new();
    output.take(bytes).read_to_end(&mut artifact).await?;
    if artifact.len() as u64 == bytes {
        Ok(Ok(artifact))
    } else {
        Err(ErrorKind::UnexpectedEof.into())
    }
}

/// Why a worker ended without an answer. Running out of memory aborts, wherever it happens, and so does a stack that
/// overflows, but with a word about it.
fn why(status: Option<ExitStatus>, last_words: &str) -> CompileError {
    match status.and_then(|status| status.signal()) {
        Some(signal) if signal == Signal::XCPU.as_raw() => {
            CompileError::Limit(LimitKey::CompileTime)
        }
        Some(signal) if signal == Signal::ABORT.as_raw() || signal == Signal::KILL.as_raw() => {
            if last_words.contains("overflowed its stack") {
                CompileError::Unreadable
            } else {
                CompileError::Limit(LimitKey::CompileMemory)
            }
        }
        Some(_) => CompileError::Unreadable,
        None => CompileError::Worker(NOT_A_WORKER.to_owned()),
    }
}
