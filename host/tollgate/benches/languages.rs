//! Programs in JavaScript and Python, warm in one process: how long until the first statement, until the exit, and what each
//! takes while it lives. Beside them a bare embedding of the same component.
//!
//! `TOLLGATE_PYTHON_RUNNER` names the Python runner, which `just bench` builds; without it its rows are left out.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    reason = "a benchmark reads files, measures time beside WASI without a gate, prints, and fails by panicking"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate::capability::program::Folder;
use tollgate::engine::cache::Cache;
use tollgate::engine::{Ended, Engine, EngineOptions, Origin, Pool, RunLanguage};
use tollgate::policy::{Decision, Effective, Operation, PolicyBuilder};
use tollgate::{Component, Grants, Host, RunOptions};
use tollgate_build::{World, build};
use tollgate_languages::{ENGINE, JavaScript, Python, PythonStart, Start};
use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

const ROUNDS: usize = 300;
const WARM_UP: usize = 10;
const LIVE: usize = 100;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let text = runtime.block_on(measure());
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("languages.md"), text).unwrap();
    }
}

const TIMES: &str = "\
# Programs in JavaScript and Python

Warm, in one process; medians of 300 runs, each in an instance of its own, with its records in the log (file sink, not flushed
at the end of each). *First statement* is a program that ends there, by `process.exit(0)` or `os._exit(0)`: too much by that
end. *Source* is text that the shared engine compiles, *code* what it made of the same text for an earlier run (which it does
not keep of a hello), *built* a component of `tollgate build`. Written by `just bench`.

| program | as | first statement | hello, to exit | 190 kB, to exit |
| --- | --- | --: | --: | --: |
";

const MEMORY: &str = "
Memory that is a live program's own (`Private_Dirty` of the process, of 100 programs that wait for a timer), at its first
statement, and after it made cycles of objects and let go of them until they were collected.

| program | as | at its first statement | after a collection |
| --- | --- | --: | --: |
";

const SIZES: &str = "
What lies in the cache: the engine that all programs in source share, once, and then what each program adds to it.

| program | as | once | hello | 190 kB |
| --- | --- | --: | --: | --: |
";

/// Text of 190 kB: functions, of which one is called.
fn large() -> String {
    let mut text = String::new();
    for number in 0_u32.. {
        writeln!(
            text,
            "export function f{number}(a, b) {{ const list = [a, b, {number}]; return list.map((x) => x * {number}).join('-') + `${{a}}:${{b}}`; }}"
        )
        .unwrap();
        if text.len() > 190_000 {
            break;
        }
    }
    text.push_str("if (f7(1, 2).length < 3) throw new Error();\n");
    text
}

const PROGRAMS: [(&str, &str); 8] = [
    ("first.mjs", "process.exit(0)"),
    ("hello.mjs", "console.log('hello')"),
    ("wait.mjs", "setTimeout(() => {}, 600000)"),
    (
        "collected.mjs",
        "const cycle = () => { const a = {}; a.b = { a, text: 'text' }; return a; }; \
         const first = new WeakRef(cycle()); while (first.deref() !== undefined) cycle(); setTimeout(() => {}, 600000)",
    ),
    ("first.py", "import os; os._exit(0)"),
    ("hello.py", "print('hello')"),
    ("wait.py", "import time; time.sleep(600)"),
    (
        "collected.py",
        "import gc, time, weakref\nclass Cycle: pass\ndef cycle():\n  a = Cycle(); a.a = a; return a\n\
         first = weakref.ref(cycle())\nwhile first() is not None: cycle()\ntime.sleep(600)",
    ),
];

struct Scene {
    folder: tempfile::TempDir,
    _log: tempfile::TempDir,
    cache: Arc<tempfile::TempDir>,
    host: Host,
    grants: Grants,
}

/// What a program is handed over as.
#[derive(Clone, Copy)]
enum Kind {
    Source,
    /// Source, of which the component keeps the code.
    Code,
    Built,
    Python,
}

impl Scene {
    fn new() -> Self {
        Self::with(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// With a host of its own, which finds compiled what others of the same cache compiled.
    fn with(cache: Arc<tempfile::TempDir>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in PROGRAMS {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("large.mjs"), large()).unwrap();
        let log = tempfile::tempdir().unwrap();
        let host = Host::builder()
            .compile_in_process()
            .cache(cache.path().join("cache"))
            .pool(Pool::of(u32::try_from(2 * LIVE).unwrap()))
            .log_file(log.path().join("log"), log.path().join("key"))
            .end_without_flush()
            .build()
            .unwrap();
        let mut policy = PolicyBuilder::new();
        policy.command_line_defaults();
        let policy = policy.build().unwrap().with_program();
        let grants = host.grants(policy).unwrap();
        Self {
            folder,
            _log: log,
            cache,
            host,
            grants,
        }
    }

    fn dir(&self) -> Folder {
        Folder::new(Dir::open_ambient_dir(self.folder.path(), ambient_authority()).unwrap())
    }

    fn javascript(&self, name: &str) -> JavaScript {
        let start = Start::File(format!("/program/{name}"));
        JavaScript::new(self.dir(), "/program", start)
    }

    async fn built(&self, name: &str) -> Vec<u8> {
        let policy = PolicyBuilder::new().build().unwrap().with_program();
        let policy = Effective::new(policy, None).unwrap();
        let mut decide = |path: &str| match policy.decide(&Operation::Program { path }) {
            Decision::Allow(permit, _) => Some(permit),
            _ => None,
        };
        let bundle = self.javascript(name).bundle(&mut decide).unwrap();
        build(ENGINE, &bundle, World::Command).await.unwrap()
    }

    /// Runs it once, and waits for its code.
    async fn compiled_before(&self, component: &Component, name: &str) {
        let program = Arc::new(self.javascript(name));
        program.keep_code(component.codes().unwrap().begin());
        let options = RunOptions::new(&self.grants).program(Arc::<JavaScript>::clone(&program));
        let outcome = component.command(options).await.unwrap();
        assert!(outcome.result.is_ok());
        let run = program.code_run().unwrap();
        run.settle(Duration::from_secs(10)).await;
    }

    /// Bytes of what the cache has under `profile`.
    fn kept(&self, profile: &str) -> Vec<u64> {
        let cache = Cache::open(&self.cache.path().join("cache")).unwrap();
        let entries = cache.entries().unwrap();
        let of_profile = entries.iter().filter(|entry| entry.profile == profile);
        of_profile.map(|entry| entry.bytes).collect()
    }

    fn options(&self, component: &Component, kind: Kind, name: &str) -> RunOptions {
        let options = RunOptions::new(&self.grants);
        let path = format!("/program/{name}");
        match kind {
            Kind::Source => options.program(Arc::new(self.javascript(name))),
            Kind::Code => {
                let program = self.javascript(name);
                program.keep_code(component.codes().unwrap().begin());
                options.program(Arc::new(program))
            }
            Kind::Built => options,
            Kind::Python => {
                let start = PythonStart::File(path.clone());
                let program = Python::new(self.dir(), "/program", start);
                options.name(path).program(Arc::new(program))
            }
        }
    }

    /// The median of runs to their exit.
    async fn runs(&self, component: &Component, kind: Kind, name: &str) -> Duration {
        let mut times = Vec::new();
        for round in 0..ROUNDS + WARM_UP {
            let options = self.options(component, kind, name);
            let start = Instant::now();
            let outcome = component.command(options).await.unwrap();
            let took = start.elapsed();
            let ended = &outcome.result;
            assert!(matches!(ended, Ok(Ended::Exit(0))), "{name}: {ended:?}");
            if round >= WARM_UP {
                times.push(took);
            }
        }
        median(times)
    }

    /// Private memory of each of programs that wait, in places of a pool that nobody was in before: a place keeps some of what
    /// its last guest took.
    async fn held(&self, component: impl Into<Vec<u8>>, kind: Kind, name: &str) -> u64 {
        let fresh = Self::with(Arc::clone(&self.cache));
        let component = fresh.host.load(component).await.unwrap();
        let before = private();
        let tasks: Vec<_> = (0..LIVE)
            .map(|_| {
                let options = fresh.options(&component, kind, name);
                let component = component.clone();
                tokio::spawn(async move { component.command(options).await.map(|_| ()) })
            })
            .collect();
        // All have come to their wait when the memory has stopped growing.
        let mut last = private();
        loop {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            let now = private();
            let grows = now > last + (64 << 10);
            last = now;
            if !grows {
                break;
            }
        }
        for task in tasks {
            task.abort();
            let _cancelled = task.await;
        }
        last.saturating_sub(before) / LIVE as u64
    }
}

async fn measure() -> String {
    let scene = Scene::new();
    let mut times = String::from(TIMES);
    let mut memory = String::from(MEMORY);
    let mut sizes = String::from(SIZES);
    from_source(&scene, &mut times, &mut memory, &mut sizes).await;
    built(&scene, &mut times, &mut memory, &mut sizes).await;
    if let Some(runner) = std::env::var_os("TOLLGATE_PYTHON_RUNNER") {
        python(&scene, Path::new(&runner), &mut times, &mut memory).await;
    }
    times + &memory + &sizes
}

/// Bytes in the cache of a component that was compiled just now.
fn artifact(component: &Component) -> u64 {
    match component.origin() {
        Origin::Compiled { artifact, .. } => artifact.unwrap_or_default(),
        Origin::Cached => 0,
    }
}

async fn from_source(scene: &Scene, times: &mut String, memory: &mut String, sizes: &mut String) {
    let engine = scene.host.load(ENGINE).await.unwrap();
    let source = Kind::Source;
    let once = kib(artifact(&engine));
    writeln!(sizes, "| JavaScript | source | {once} | – | – |").unwrap();
    writeln!(
        times,
        "| JavaScript | source | {} | {} | {} |",
        shown(scene.runs(&engine, source, "first.mjs").await),
        shown(scene.runs(&engine, source, "hello.mjs").await),
        shown(scene.runs(&engine, source, "large.mjs").await),
    )
    .unwrap();
    writeln!(
        memory,
        "| JavaScript | source | {} | {} |",
        kib(scene.held(ENGINE, source, "wait.mjs").await),
        kib(scene.held(ENGINE, source, "collected.mjs").await),
    )
    .unwrap();
    for name in ["first.mjs", "hello.mjs", "large.mjs"] {
        scene.compiled_before(&engine, name).await;
    }
    writeln!(
        times,
        "| JavaScript | code | {} | {} | {} |",
        shown(scene.runs(&engine, Kind::Code, "first.mjs").await),
        shown(scene.runs(&engine, Kind::Code, "hello.mjs").await),
        shown(scene.runs(&engine, Kind::Code, "large.mjs").await),
    )
    .unwrap();
    let kept = scene.kept("bytecode");
    assert_eq!(kept.len(), 1, "the large one's alone");
    let large = kib(kept.iter().sum());
    writeln!(sizes, "| JavaScript | code | {once} | – | {large} |").unwrap();
}

async fn built(scene: &Scene, times: &mut String, memory: &mut String, sizes: &mut String) {
    let (mut ours, mut theirs, mut held) = (String::new(), String::new(), String::new());
    let mut kept = String::from(" – |");
    for name in ["first.mjs", "hello.mjs", "large.mjs"] {
        let bytes = scene.built(name).await;
        let bare = Bare::new(&bytes);
        let component = scene.host.load(bytes).await.unwrap();
        if name != "first.mjs" {
            write!(kept, " {} |", kib(artifact(&component))).unwrap();
        }
        let median = scene.runs(&component, Kind::Built, name).await;
        write!(ours, " {} |", shown(median)).unwrap();
        write!(theirs, " {} |", shown(bare.runs().await)).unwrap();
    }
    writeln!(sizes, "| JavaScript | built |{kept}").unwrap();
    writeln!(times, "| JavaScript | built |{ours}").unwrap();
    writeln!(times, "| JavaScript | built, in bare wasmtime |{theirs}").unwrap();
    for name in ["wait.mjs", "collected.mjs"] {
        let bytes = scene.built(name).await;
        let each = scene.held(bytes, Kind::Built, name).await;
        write!(held, " {} |", kib(each)).unwrap();
    }
    writeln!(memory, "| JavaScript | built |{held}").unwrap();
}

async fn python(scene: &Scene, runner: &Path, times: &mut String, memory: &mut String) {
    let bytes = std::fs::read(runner).unwrap();
    let runner = scene.host.load(bytes.clone()).await.unwrap();
    let python = Kind::Python;
    writeln!(
        times,
        "| Python | source | {} | {} | |",
        shown(scene.runs(&runner, python, "first.py").await),
        shown(scene.runs(&runner, python, "hello.py").await),
    )
    .unwrap();
    writeln!(
        memory,
        "| Python | source | {} | {} |",
        kib(scene.held(bytes.clone(), python, "wait.py").await),
        kib(scene.held(bytes, python, "collected.py").await),
    )
    .unwrap();
}

/// The same component through wasmtime and wasmtime-wasi alone.
struct Bare {
    engine: Engine<RunLanguage>,
    command: CommandPre<State>,
}

struct State {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
}

struct Hooks;

type Sent = Result<
    (
        hyper::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        _request: hyper::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _done: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

impl Bare {
    fn new(bytes: &[u8]) -> Self {
        let engine: Engine<RunLanguage> = Engine::with(EngineOptions {
            pool: Some(Pool::of(10)),
            ..EngineOptions::default()
        })
        .unwrap();
        let mut linker = Linker::new(engine.wasmtime());
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).unwrap();
        let component = wasmtime::component::Component::new(engine.wasmtime(), bytes).unwrap();
        let command = CommandPre::new(linker.instantiate_pre(&component).unwrap()).unwrap();
        Self { engine, command }
    }

    async fn runs(&self) -> Duration {
        let mut times = Vec::new();
        for round in 0..ROUNDS + WARM_UP {
            let start = Instant::now();
            let state = State {
                table: ResourceTable::new(),
                wasi: WasiCtx::builder().build(),
                http: WasiHttpCtx::new(),
                hooks: Hooks,
            };
            let mut store = Store::new(self.engine.wasmtime(), state);
            store.set_epoch_deadline(1);
            store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
            let command = self.command.instantiate_async(&mut store).await.unwrap();
            // To exit by number is an error to whoever called.
            let _ended = command.wasi_cli_run().call_run(&mut store).await;
            drop(store);
            if round >= WARM_UP {
                times.push(start.elapsed());
            }
        }
        median(times)
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1000.0 {
        format!("{micros:.0} µs")
    } else {
        format!("{:.2} ms", micros / 1e3)
    }
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes >> 10)
}

/// Memory of this process that is nobody else's, in bytes.
fn private() -> u64 {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Private_Dirty:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
