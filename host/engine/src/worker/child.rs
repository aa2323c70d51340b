//! The worker's side.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::wire::{Answer, LONGEST_LINE, LONGEST_MESSAGE, Task};
use crate::guarded::{Panicked, guarded};
use crate::merge;
use crate::profile::{
    Profile, Run, RunLanguage, RunLanguageWithFuel, RunP3, RunP3WithFuel, RunWithFuel, config,
};

/// What a worker maps beside what it compiles with: the program itself, and the spaces that threads reserve.
const OVERHEAD_BYTES: u64 = 2 << 30;
/// Standard streams, and what the system opens on the program's behalf.
const MOST_FILES: u64 = 32;

/// Whether something gave up since the system refused memory or a thread.
static STARVED: AtomicBool = AtomicBool::new(false);

/// Does one task, and gives the exit code.
pub(super) fn serve() -> i32 {
    // A panic's message names files of the machine that the program was built on, and nobody reads it.
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string();
        let starved = [
            "ThreadPool",
            "failed to spawn",
            "Cannot allocate",
            "temporarily unavailable",
        ];
        if starved.iter().any(|words| message.contains(words)) {
            STARVED.store(true, Ordering::Relaxed);
        }
    }));
    match one() {
        Ok(()) => 0,
        Err(_nobody_listens) => 1,
    }
}

fn one() -> io::Result<()> {
    let (task, component) = read()?;
    let answer = match limit(&task) {
        Ok(()) => compile(&task, &component),
        Err(error) => (Answer::Failed(error.to_string()), Vec::new()),
    };
    drop(component);
    write(&answer.0, &answer.1)
}

fn read() -> io::Result<(Task, Vec<u8>)> {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    (&mut input)
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)?;
    let task: Task = serde_json::from_slice(&line)?;
    let mut component = Vec::new();
    (&mut input).take(task.bytes).read_to_end(&mut component)?;
    drop(input);
    if component.len() as u64 != task.bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    end_with_the_parent();
    Ok((task, component))
}

/// Whoever started the worker holds its input open until it has the answer. The end of that input is the end of the
/// one who waits, be it by `kill -9`.
fn end_with_the_parent() {
    std::thread::spawn(|| {
        let _anything_ends_it = io::stdin().read(&mut [0]);
        std::process::exit(1);
    });
}

/// Holds this process to its limits, before anything of the component is looked at.
fn limit(task: &Task) -> io::Result<()> {
    let at_most = |resource, bytes| {
        let limit = Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        setrlimit(resource, limit).map_err(io::Error::from)
    };
    at_most(Resource::Core, 0)?;
    at_most(Resource::Fsize, 0)?;
    at_most(Resource::Nofile, MOST_FILES)?;
    at_most(Resource::Cpu, task.seconds)?;
    at_most(Resource::Data, task.memory)?;
    at_most(Resource::As, task.memory.saturating_add(OVERHEAD_BYTES))
}

fn compile(task: &Task, component: &[u8]) -> (Answer, Vec<u8>) {
    let compiled = if task.profile == Run::NAME {
        compile_as::<Run>(component)
    } else if task.profile == RunWithFuel::NAME {
        compile_as::<RunWithFuel>(component)
    } else if task.profile == RunP3::NAME {
        compile_as::<RunP3>(component)
    } else if task.profile == RunLanguage::NAME {
        compile_as::<RunLanguage>(component)
    } else if task.profile == RunLanguageWithFuel::NAME {
        compile_as::<RunLanguageWithFuel>(component)
    } else if task.profile == RunP3WithFuel::NAME {
        compile_as::<RunP3WithFuel>(component)
    } else {
        Err(Answer::Failed("there is no such profile".to_owned()))
    };
    match compiled {
        Ok(artifact) => (Answer::Artifact(artifact.len() as u64), artifact),
        Err(answer) => (answer, Vec::new()),
    }
}

fn compile_as<P: Profile>(component: &[u8]) -> Result<Vec<u8>, Answer> {
    let said = |error: wasmtime::Error| {
        let mut message = format!("{error:#}");
        message.truncate(message.floor_char_boundary(LONGEST_MESSAGE));
        message
    };
    let engine =
        wasmtime::Engine::new(&config::<P>()).map_err(|error| Answer::Failed(said(error)))?;
    merge::compile::<P, _, _>(component, |component| {
        guarded(|| engine.precompile_component(component))
            .map_err(|Panicked| match STARVED.load(Ordering::Relaxed) {
                true => Answer::OutOfMemory,
                false => Answer::Unreadable,
            })?
            .map_err(|error| Answer::Invalid(said(error)))
    })
}

fn write(answer: &Answer, artifact: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, answer)?;
    output.write_all(b"\n")?;
    output.write_all(artifact)?;
    output.flush()
}
