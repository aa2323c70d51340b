//! How late a limit or a handle ends a guest, and how long a short guest waits among sixty-four that spin on two threads.
//!
//! `TOLLGATE_PYTHON_RUNNER` names the Python runner, which `just bench` builds; without it its row is left out.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    reason = "a benchmark reads files, measures time, prints, and fails by panicking"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate::engine::{Pool, RunError};
use tollgate::policy::LimitKey;
use tollgate::{Component, Grants, Host, RunControl, RunOptions};
use tollgate_languages::{ENGINE, JavaScript, PythonInTree};
use tollgate_tests::guests;

const WALL: Duration = Duration::from_millis(100);
const ROUNDS: usize = 30;
const TENANTS: usize = 64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let text = runtime.block_on(async {
        let host = Host::builder()
            .compile_in_process()
            .pool(Pool::of(200))
            .end_without_flush()
            .build()
            .unwrap();
        let mut text = String::from(HEAD);
        for (name, guest) in [
            ("a loop", guests::ENDLESS),
            ("a loop of host calls", guests::ENDLESS_CALLS),
            ("a sleep without end", guests::ENDLESS_SLEEP),
        ] {
            let component = load(&host, guest).await;
            text.push_str(&row(
                &format!("{name}, over its wall limit of 100 ms"),
                overruns(&host, &component).await,
            ));
        }
        for (name, loops) in loops(&host).await {
            text.push_str(&row(
                &format!("{name}, from its kill to its outcome"),
                kills(&host, &loops).await,
            ));
            text.push_str(&row(
                &format!("{name}, from the drop of its run to its end"),
                drops(&host, &loops).await,
            ));
        }
        text.push_str(&row(
            "a loop among 12 on two threads, from its kill to its outcome",
            kills_among(&host, 12).await,
        ));
        text.push_str(&row(
            "a loop among 64 on two threads, from its kill to its outcome",
            kills_among(&host, 64).await,
        ));
        text.push_str(&row(
            "a short guest among 64 that spin on two threads",
            among(&host).await,
        ));
        text
    });
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("deadlines.md"), text).unwrap();
    }
}

const HEAD: &str = "\
# How late

Thirty rounds each, two threads, written by `just bench`.

| what | median | worst |
| --- | --: | --: |
";

async fn load(host: &Host, guest: &str) -> Component {
    host.load(std::fs::read(guest).unwrap()).await.unwrap()
}

fn grants(host: &Host, limits: &str) -> Grants {
    let text = format!(
        "version = 1\n[clock]\ndefault = \"allow\"\n[random]\ndefault = \"allow\"\n[limits]\n{limits}"
    );
    host.grants_from_toml("bench.toml", &text).unwrap()
}

fn row(name: &str, mut times: Vec<Duration>) -> String {
    times.sort();
    let millis = |time: Option<&Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    let mut row = String::new();
    writeln!(
        row,
        "| {name} | {:.1} ms | {:.1} ms |",
        millis(times.get(times.len() / 2)),
        millis(times.last())
    )
    .unwrap();
    row
}

async fn overruns(host: &Host, component: &Component) -> Vec<Duration> {
    let grants = grants(host, "wall = \"100ms\"\n");
    let mut overruns = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let outcome = component.command(RunOptions::new(&grants)).await.unwrap();
        assert!(
            matches!(outcome.result, Err(RunError::Limit(LimitKey::Wall))),
            "{outcome:?}"
        );
        overruns.push(start.elapsed().saturating_sub(WALL));
    }
    overruns
}

/// A guest that computes for ever, begun anew for each round.
struct Loop {
    component: Component,
    options: Box<dyn Fn(&Grants) -> RunOptions>,
}

async fn loops(host: &Host) -> Vec<(&'static str, Loop)> {
    let mut loops = vec![
        (
            "a loop",
            Loop {
                component: load(host, guests::ENDLESS).await,
                options: Box::new(RunOptions::new),
            },
        ),
        (
            "a loop in JavaScript",
            Loop {
                component: host.load(ENGINE).await.unwrap(),
                options: Box::new(|grants| {
                    let program = JavaScript::text_in_tree("/", "for (;;);");
                    RunOptions::new(grants).program(Arc::new(program))
                }),
            },
        ),
    ];
    if let Some(runner) = std::env::var_os("TOLLGATE_PYTHON_RUNNER") {
        let component = host.load(std::fs::read(runner).unwrap()).await.unwrap();
        let program = PythonInTree::Text("while True: pass".to_owned());
        let options: Box<dyn Fn(&Grants) -> RunOptions> = Box::new(move |grants| {
            RunOptions::new(grants).arguments(program.arguments(Vec::<String>::new()))
        });
        loops.push(("a loop in Python", Loop { component, options }));
    }
    loops
}

const FOREVER: &str = "wall = \"1h\"\ncpu = \"1h\"\n";
/// Until a program of any language is in its loop.
const BEGINS: Duration = Duration::from_millis(100);

async fn kills(host: &Host, loops: &Loop) -> Vec<Duration> {
    let grants = grants(host, FOREVER);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let control = RunControl::new();
        let options = (loops.options)(&grants).control(&control);
        let component = loops.component.clone();
        let run = tokio::spawn(async move { component.command(options).await });
        tokio::time::sleep(BEGINS).await;
        let start = Instant::now();
        control.kill("SIGKILL");
        let outcome = run.await.unwrap().unwrap();
        times.push(start.elapsed());
        assert!(
            matches!(outcome.result, Err(RunError::Killed("SIGKILL"))),
            "{outcome:?}"
        );
    }
    times
}

async fn drops(host: &Host, loops: &Loop) -> Vec<Duration> {
    let grants = grants(host, FOREVER);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (component, options) = (loops.component.clone(), (loops.options)(&grants));
        let run = tokio::spawn(async move { component.command(options).await });
        tokio::time::sleep(BEGINS).await;
        let start = Instant::now();
        run.abort();
        assert!(run.await.unwrap_err().is_cancelled());
        times.push(start.elapsed());
    }
    times
}

/// Kills one after the other of so many, each in the place of the one before.
async fn kills_among(host: &Host, many: usize) -> Vec<Duration> {
    let component = load(host, guests::ENDLESS).await;
    let grants = grants(host, FOREVER);
    let begin = || {
        let control = RunControl::new();
        let options = RunOptions::new(&grants).control(&control);
        let component = component.clone();
        let run = tokio::spawn(async move { component.command(options).await });
        (control, run)
    };
    let mut running: std::collections::VecDeque<_> = (0..many).map(|_| begin()).collect();
    tokio::time::sleep(BEGINS).await;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (control, run) = running.pop_front().unwrap();
        running.push_back(begin());
        tokio::time::sleep(BEGINS / 5).await;
        let start = Instant::now();
        control.kill("SIGKILL");
        run.await.unwrap().unwrap().result.unwrap_err();
        times.push(start.elapsed());
    }
    for (control, run) in running {
        control.kill("SIGKILL");
        drop(run.await);
    }
    times
}

async fn among(host: &Host) -> Vec<Duration> {
    let spinning = load(host, guests::ENDLESS).await;
    let short = load(host, guests::HELLO).await;
    let forever = grants(host, FOREVER);
    let mut tenants = tokio::task::JoinSet::new();
    for _ in 0..TENANTS {
        let (component, options) = (spinning.clone(), RunOptions::new(&forever));
        tenants.spawn(async move { component.command(options).await.map(drop) });
    }
    let watch = tokio::spawn({
        let usual = grants(host, "");
        async move {
            let mut times = Vec::new();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                let outcome = short.command(RunOptions::new(&usual)).await.unwrap();
                outcome.result.unwrap();
                times.push(start.elapsed());
            }
            times
        }
    });
    let times = watch.await.unwrap();
    tenants.abort_all();
    times
}
