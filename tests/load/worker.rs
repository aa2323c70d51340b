//! The process that compiles: held to its limits, ended with whoever waits for it, and given nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tollgate_engine::cache::Cache;
use tollgate_engine::worker::Worker;
use tollgate_engine::{
    Bounds, CompileError, Compiled, Compiling, Engine, EngineOptions, Origin, Pool, RunProfile,
    Source,
};
use tollgate_policy::{LimitKey, Limits};
use tollgate_tests::{guests, scene};

use crate::make::{holding, repeated};

const BINARY: &str = env!("CARGO_BIN_EXE_tollgate");

/// A component that takes a debug build seconds to compile, and passes the static caps.
fn slow() -> Vec<u8> {
    let adding = |index| {
        format!("(func (param i32) (result i32) (i32.add (local.get 0) (i32.const {index})))")
    };
    holding(&repeated(50_000, adding))
}

/// A component whose functions take hundreds of megabytes to compile.
fn large() -> Vec<u8> {
    let loads = repeated(30_000, |index| {
        format!(
            "(i32.store (i32.const {}) (i32.load (i32.const {index})))",
            index * 2
        )
    });
    holding(&format!(
        "(memory 2) {}",
        format!("(func {loads})").repeat(4)
    ))
}

fn engine(compiling: Compiling) -> Engine<RunProfile> {
    Engine::with(EngineOptions {
        pool: None,
        compiling,
    })
    .unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn usual() -> Bounds {
    Bounds::from(&Limits::default())
}

fn compile(
    compiling: Compiling,
    component: &[u8],
    bounds: Bounds,
) -> Result<Compiled, CompileError> {
    let source = Source::new(component.to_vec()).unwrap();
    runtime().block_on(engine(compiling).compile(&source, None, bounds))
}

fn worker() -> Compiling {
    Compiling::Worker(Worker::program(BINARY))
}

/// The processes that `parent` started and that still run.
fn children(parent: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{parent}/task")) else {
        return Vec::new();
    };
    tasks
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok())
        .flat_map(|line| {
            line.split_whitespace()
                .map(|id| id.parse().unwrap())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn wait_until(what: &str, true_yet: impl Fn() -> bool) {
    let start = Instant::now();
    while !true_yet() {
        assert!(start.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A worker that first does what `script` says.
fn scripted(folder: &Path, script: &str) -> Compiling {
    let path: PathBuf = folder.join("worker.sh");
    fs::write(
        &path,
        format!("#!/bin/sh\n{script}\nexec {BINARY} \"$@\"\n"),
    )
    .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Compiling::Worker(Worker::program(path))
}

#[test]
fn what_a_worker_makes_runs_in_every_engine_of_its_profile() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("cache")).unwrap();
    let source = Source::new(fs::read(guests::HELLO).unwrap()).unwrap();
    runtime().block_on(async {
        let made = engine(worker())
            .compile(&source, Some(&cache), usual())
            .await
            .unwrap();
        assert!(matches!(
            made.origin,
            Origin::Compiled {
                artifact: Some(_),
                ..
            }
        ));
        assert!(made.trouble.is_none());
        let pooled: Engine<RunProfile> = Engine::with(EngineOptions {
            pool: Some(Pool::of(10)),
            compiling: Compiling::Missing,
        })
        .unwrap();
        assert!(pooled.is_pooled());
        let found = pooled
            .compile(&source, Some(&cache), usual())
            .await
            .unwrap();
        assert_eq!(found.origin, Origin::Cached);
    });
}

#[test]
fn without_a_worker_only_what_is_cached_is_loaded() {
    let error = compile(
        Compiling::Missing,
        &fs::read(guests::HELLO).unwrap(),
        usual(),
    )
    .unwrap_err();
    assert_eq!(error, CompileError::WorkerMissing);
    assert!(
        error.to_string().starts_with("compile-worker-missing"),
        "{error}"
    );
    // A test's own `main` is not ours.
    assert_eq!(Worker::this_program(), None);
    assert_eq!(Compiling::default(), Compiling::Missing);
}

#[test]
fn a_program_that_is_no_worker_is_said_to_be_none() {
    let hello = fs::read(guests::HELLO).unwrap();
    for program in ["/bin/true", "/bin/false", "/bin/cat", "/nonexistent/worker"] {
        let error =
            compile(Compiling::Worker(Worker::program(program)), &hello, usual()).unwrap_err();
        assert!(
            matches!(error, CompileError::Worker(_)),
            "{program}: {error}"
        );
        assert!(children(std::process::id()).is_empty(), "{program} is left");
    }
}

#[test]
fn i24_compiling_ends_at_its_limit_of_time_and_nothing_is_left() {
    let bounds = Bounds {
        time: Duration::from_millis(200),
        ..usual()
    };
    let start = Instant::now();
    let error = compile(worker(), &slow(), bounds).unwrap_err();
    assert_eq!(error, CompileError::Limit(LimitKey::CompileTime));
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    wait_until("the worker is gone", || {
        children(std::process::id()).is_empty()
    });
}

#[test]
fn i24_compiling_ends_at_its_limit_of_memory_and_the_host_has_not_grown() {
    let component = large();
    for memory in [1, 8, 16, 24, 32] {
        let bounds = Bounds {
            memory: memory << 20,
            ..usual()
        };
        let error = compile(worker(), &component, bounds).unwrap_err();
        assert_eq!(
            error,
            CompileError::Limit(LimitKey::CompileMemory),
            "{memory} MiB"
        );
    }
    let peak = crate::measure::peak();
    assert!(peak < 150 << 20, "{} MiB", peak >> 20);
    compile(worker(), &component, usual()).unwrap();
}

#[test]
fn i88_a_killed_host_leaves_no_worker() {
    let scene = scene!();
    let file = scene.write("slow.wasm", slow());
    let running = scene.run(&file).start();
    let host = running.id();
    wait_until("a worker", || !children(host).is_empty());
    let workers = children(host);
    running.signal(Signal::KILL);
    wait_until("the worker's end", || {
        workers.iter().all(|id| {
            // An orphan that nobody reaps stays as a zombie where there is no init.
            fs::read_to_string(format!("/proc/{id}/stat"))
                .map_or(true, |stat| stat.contains(") Z "))
        })
    });
}

#[test]
fn i88_an_interrupted_command_takes_its_worker_along() {
    let scene = scene!();
    let file = scene.write("slow.wasm", slow());
    let running = scene.run(&file).start();
    let host = running.id();
    wait_until("a worker", || !children(host).is_empty());
    let workers = children(host);
    running.signal(Signal::INT);
    running.wait().expect(130);
    wait_until("the worker's end", || {
        workers
            .iter()
            .all(|id| !Path::new(&format!("/proc/{id}")).exists())
    });
}

#[test]
fn whoever_stops_waiting_ends_the_worker() {
    let source = Source::new(slow()).unwrap();
    let engine = engine(worker());
    runtime().block_on(async {
        let waiting = engine.compile(&source, None, usual());
        let gone = tokio::time::timeout(Duration::from_millis(300), waiting).await;
        assert!(gone.is_err(), "it compiled in no time");
        for _ in 0..1_000 {
            if children(std::process::id()).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the worker still runs");
    });
}

#[test]
fn a_worker_is_given_no_environment() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("environment");
    let compiling = scripted(folder.path(), &format!("/usr/bin/env > {}", seen.display()));
    compile(compiling, &fs::read(guests::HELLO).unwrap(), usual()).unwrap();
    let seen = fs::read_to_string(seen).unwrap();
    let names: Vec<&str> = seen
        .lines()
        .filter_map(|line| line.split('=').next())
        .collect();
    // The shell adds the second and the third by itself.
    assert!(
        names
            .iter()
            .all(|name| ["RAYON_NUM_THREADS", "PWD", "_", "SHLVL", "OLDPWD"].contains(name)),
        "{names:?}"
    );
}

#[test]
fn i41_a_hundred_who_ask_at_once_have_it_compiled_once() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let compiling = scripted(
        folder.path(),
        &format!("echo start >> {}", starts.display()),
    );
    let engine = engine(compiling);
    let started = || {
        fs::read_to_string(&starts)
            .unwrap_or_default()
            .lines()
            .count()
    };
    runtime().block_on(async {
        let good = Source::new(fs::read(guests::HELLO).unwrap()).unwrap();
        let bad = Source::new(holding("(func (result i32))")).unwrap();
        for (source, compiles) in [(&good, true), (&bad, false)] {
            let before = started();
            let mut asking = tokio::task::JoinSet::new();
            for _ in 0..100 {
                let (engine, source) = (engine.clone(), source.clone());
                asking.spawn(async move { engine.compile(&source, None, usual()).await.is_ok() });
            }
            let answers = asking.join_all().await;
            assert_eq!(answers.len(), 100);
            assert!(answers.iter().all(|answer| *answer == compiles));
            assert_eq!(started() - before, 1);
        }
    });
}

/// Each of the first ones goes away while it is the one who compiles.
#[test]
fn who_waits_takes_over_from_who_went_away() {
    let source = Source::new(fs::read(guests::HELLO).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(scripted(folder.path(), "sleep 0.2"));
    runtime().block_on(async {
        let mut waiting = tokio::task::JoinSet::new();
        for number in 0..10_u64 {
            let (engine, source) = (engine.clone(), source.clone());
            waiting.spawn(async move {
                let patience = if number < 9 {
                    Duration::from_millis(10 * (number + 1))
                } else {
                    Duration::from_secs(60)
                };
                tokio::time::timeout(patience, engine.compile(&source, None, usual()))
                    .await
                    .ok()
            });
        }
        let ended = waiting.join_all().await;
        let (gone, served): (Vec<_>, Vec<_>) = ended.into_iter().partition(Option::is_none);
        assert_eq!((gone.len(), served.len()), (9, 1));
        assert!(
            served
                .into_iter()
                .flatten()
                .all(|compiled| compiled.is_ok())
        );
    });
}

#[test]
fn i24_the_command_line_says_which_limit_ended_a_compilation() {
    let scene = scene!();
    let file = scene.write("slow.wasm", slow());
    for (limit, name) in [
        ("compile-time=100ms", "compile-time"),
        ("compile-memory=8MiB", "compile-memory"),
    ] {
        let finished = scene.run(&file).flags(&["--limit", limit]).finish();
        finished.expect(126);
        assert!(finished.stderr.contains(name), "{}", finished.stderr);
    }
}

/// Terabytes of address space are more than this process may have: guests are mapped one by one then, and run.
#[test]
fn without_address_space_an_engine_does_without_its_pool() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let source = Source::new(fs::read(guests::HELLO).unwrap()).unwrap();
    let asked = || EngineOptions {
        pool: Some(Pool::of(1_000)),
        compiling: Compiling::InProcess,
    };
    let roomy: Engine<RunProfile> = Engine::with(asked()).unwrap();
    assert!(roomy.is_pooled(), "the control");
    drop(roomy);
    let most = Some(64 << 30);
    let limit = Rlimit {
        current: most,
        maximum: most,
    };
    setrlimit(Resource::As, limit).unwrap();
    let engine: Engine<RunProfile> = Engine::with(asked()).unwrap();
    assert!(!engine.is_pooled());
    let compiled = runtime().block_on(engine.compile(&source, None, usual()));
    assert!(matches!(compiled.unwrap().origin, Origin::Compiled { .. }));
}
