//! What loading takes. Each test is a process of its own under nextest, so that the process's numbers are the test's.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tollgate_engine::{Engine, LoadError, RunProfile, Source};

/// The most processor time, over all threads, that anything may take to load or be refused. It is no wall time, so that
/// other tests on the same machine do not count; a debug build of the host takes a third of it for CPython.
const CPU: Duration = Duration::from_secs(12);
/// The most memory.
const BYTES: u64 = 512 << 20;

/// The processor time of this process so far.
pub(crate) fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        now.tv_sec.try_into().unwrap(),
        now.tv_nsec.try_into().unwrap(),
    )
}

/// The most memory that this process had resident so far, in bytes.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

/// Recognises, counts, adapts and compiles `bytes`, and drops what came of it.
pub(crate) fn load(engine: &Engine<RunProfile>, bytes: &[u8]) -> Result<(), LoadError> {
    let source = Source::new(bytes.to_vec())?;
    engine.compile_in_process(&source, None, |_| ())?;
    Ok(())
}

/// Loads `bytes`, and holds that to the bounds.
#[track_caller]
pub(crate) fn bounded(what: &str, bytes: &[u8]) -> Result<(), LoadError> {
    let engine = Engine::new().unwrap();
    let before = cpu();
    let result = load(&engine, bytes);
    let (took, peak) = (cpu() - before, peak());
    eprintln!(
        "{what}: {} bytes, {took:?} of processor time, {} MiB, {result:?}",
        bytes.len(),
        peak >> 20
    );
    assert!(
        took < CPU,
        "{what} takes {took:?} of processor time ({result:?})"
    );
    assert!(peak < BYTES, "{what} takes {} MiB ({result:?})", peak >> 20);
    result
}

/// As [`bounded`], for what has to be refused before a compiler sees it: at once, and naming `word`.
#[track_caller]
pub(crate) fn refused(what: &str, bytes: &[u8], word: &str) {
    let before = cpu();
    let result = bounded(what, bytes);
    let took = cpu() - before;
    let Err(error) = result else {
        panic!("{what} is taken")
    };
    assert!(error.to_string().contains(word), "{what}: {error}");
    assert!(
        took < Duration::from_secs(2),
        "{what} is refused after {took:?}"
    );
}

/// As [`bounded`], for what has to load.
#[track_caller]
pub(crate) fn taken(what: &str, bytes: &[u8]) {
    bounded(what, bytes).unwrap_or_else(|error| panic!("{what} is refused: {error}"));
}
