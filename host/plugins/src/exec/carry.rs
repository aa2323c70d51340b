//! A request, carried out: the order of checks, the end of what takes too long or says too much, and what comes of it.

use std::time::Duration;

use serde_json::Value;
use tollgate::engine::{Ended, RunError};
use tollgate::policy::LimitKey;
use tollgate::{Outcome, OutputReceiver, Refused, output_queue};

use super::bounds::{MAX_STDIN_BYTES, WAITING_OUTPUT};
use super::capture::Capture;
use super::error::{Ending, Error, Unspawned};
use super::ground::{Ground, Order, Running, Unfound, Unstarted};
use super::request::Request;
use crate::runtimes::NotLoaded;

/// Carries a request out, where `ground` says that programs are: finds the program, looks at the input, starts it, and reads
/// its answer. When this returns, the program is gone and its end is recorded. Dropping the future ends the program.
///
/// The request's time begins when the program was found, so that compiling it counts. Where the policy's own limit `wall` ends
/// the program first, that is `exec_timeout` too, with the time that it had.
///
/// # Errors
///
/// Every [`Code`](super::Code) but `exec_request_invalid`.
pub async fn carry_out<G: Ground>(ground: &G, request: Request) -> Result<Value, Error> {
    let Request {
        program_path,
        argv,
        stdin_json,
        timeout,
        env,
    } = request;
    let path = program_path.as_str();
    let found = ground.find(path).await.map_err(unfound)?;
    let stdin = serde_json::to_vec(&stdin_json)
        .map_err(|_unwritable| Error::invalid("stdin_json must be valid JSON"))?;
    drop(stdin_json);
    if stdin.len() > MAX_STDIN_BYTES {
        return Err(Error::stdin_too_large(path, stdin.len()));
    }
    let mut time = std::pin::pin!(tokio::time::sleep(timeout));
    let late = || Error::timeout(path, milliseconds(timeout));
    let order = Order { argv, env, stdin };
    let ready = tokio::select! {
        biased;
        ready = ground.load(found, order) => ready.map_err(|why| unstarted(why, path))?,
        () = &mut time => return Err(late()),
    };
    let (queue, output) = output_queue(Some(WAITING_OUTPUT));
    let run = watch(ground.start(ready, queue), output, time).await;
    judge(run, path, timeout)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn unfound(why: Unfound) -> Error {
    match why {
        Unfound::NotAllowed => Error::not_allowed(),
        Unfound::Missing => Error::missing(),
        Unfound::NotExecutable => Error::not_executable(),
        Unfound::LeftOut(language) => Error::left_out(language.left_out()),
    }
}

fn unstarted(why: Unstarted, path: &str) -> Error {
    match why {
        Unstarted::Failed(why) => Error::spawn(path, why),
        Unstarted::StdinDenied => Error::stdin_denied(path),
    }
}

impl From<NotLoaded> for Unspawned {
    fn from(error: NotLoaded) -> Self {
        match error {
            NotLoaded::Program(_) => Self::Invalid,
            NotLoaded::Runtime { .. } | NotLoaded::NoPython | NotLoaded::Runner(_) => Self::Runtime,
        }
    }
}

impl From<&Refused> for Unspawned {
    fn from(refused: &Refused) -> Self {
        match refused {
            Refused::Unrecorded(_) => Self::Audit,
            Refused::ForeignGrants
            | Refused::NoFuel
            | Refused::Inexpressible(_)
            | Refused::NoMount { .. }
            | Refused::Mount(_)
            | Refused::WorkingDirectory { .. } => Self::Refused,
        }
    }
}

/// A program that is over.
struct Run {
    outcome: Result<Outcome, Refused>,
    capture: Capture,
    /// It was ended because its time was over.
    is_late: bool,
}

/// Waits for the end of a program, and brings it about where it takes too long or says too much.
async fn watch(
    running: Running<'_>,
    mut output: OutputReceiver,
    mut time: std::pin::Pin<&mut tokio::time::Sleep>,
) -> Run {
    let Running { end, mut outcome } = running;
    let mut capture = Capture::default();
    let (mut is_late, mut is_ended, mut is_open) = (false, false, true);
    let outcome = loop {
        tokio::select! {
            biased;
            outcome = &mut outcome => break outcome,
            written = output.recv(), if is_open => match written {
                Some((channel, bytes)) => {
                    if !capture.take(channel, &bytes) && !is_ended {
                        is_ended = true;
                        end();
                    }
                }
                None => is_open = false,
            },
            () = &mut time, if !is_ended => {
                is_ended = true;
                is_late = true;
                end();
            }
        }
    };
    while let Some((channel, bytes)) = output.try_recv() {
        capture.take(channel, &bytes);
    }
    Run {
        outcome,
        capture,
        is_late,
    }
}

/// What a program that is over comes to.
fn judge(run: Run, path: &str, timeout: Duration) -> Result<Value, Error> {
    let Run {
        outcome,
        capture,
        is_late,
    } = run;
    let outcome = outcome.map_err(|refused| Error::spawn(path, Unspawned::from(&refused)))?;
    if capture.is_stdout_too_large() {
        return Err(Error::stdout_too_large(path, capture.stdout_bytes));
    }
    if capture.is_stderr_too_large() {
        return Err(Error::stderr_too_large(path, capture.stderr_bytes));
    }
    match outcome.result {
        Ok(Ended::Exit(0) | Ended::Returned(_)) => {}
        Ok(Ended::Exit(code)) => return Err(Error::failed(path, Ending::Exit(code))),
        Err(RunError::Killed(_)) if is_late => {
            return Err(Error::timeout(path, milliseconds(timeout)));
        }
        Err(RunError::Limit(LimitKey::Wall)) => {
            let had = timeout.min(outcome.limits.wall);
            return Err(Error::timeout(path, milliseconds(had)));
        }
        Err(error) => return Err(ended(&error, path)),
    }
    serde_json::from_slice(&capture.stdout).map_err(|_not_json| Error::no_json())
}

/// A program that did not end by itself.
fn ended(error: &RunError, path: &str) -> Error {
    let ending = match error {
        // Nothing of it ran.
        RunError::Invoke(_) => return Error::spawn(path, Unspawned::Invalid),
        RunError::TooLarge(_) => return Error::spawn(path, Unspawned::TooLarge),
        RunError::Full(_) => return Error::spawn(path, Unspawned::Full),
        RunError::Trap(_) => Ending::Trap,
        RunError::Limit(limit) => Ending::Limit(limit.as_str()),
        RunError::Killed(signal) => signal_number(signal).map_or(Ending::Trap, Ending::Signal),
        RunError::AuditFailed(_) => Ending::Unrecorded,
    };
    Error::failed(path, ending)
}

/// The number of a signal that programs are ended with, as Linux has it.
fn signal_number(name: &str) -> Option<u8> {
    const NUMBERS: &[(&str, u8)] = &[
        ("SIGHUP", 1),
        ("SIGINT", 2),
        ("SIGQUIT", 3),
        ("SIGILL", 4),
        ("SIGTRAP", 5),
        ("SIGABRT", 6),
        ("SIGBUS", 7),
        ("SIGFPE", 8),
        ("SIGKILL", 9),
        ("SIGUSR1", 10),
        ("SIGSEGV", 11),
        ("SIGUSR2", 12),
        ("SIGPIPE", 13),
        ("SIGALRM", 14),
        ("SIGTERM", 15),
        ("SIGXCPU", 24),
        ("SIGXFSZ", 25),
        ("SIGSYS", 31),
    ];
    let known = NUMBERS.iter().find(|(known, _)| *known == name);
    known.map(|(_, number)| *number)
}
