//! How late a limit ends a guest, and how long a short guest waits among sixty-four that spin on two threads.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    reason = "a benchmark reads files, measures time, prints, and fails by panicking"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tollgate::engine::{Pool, RunError};
use tollgate::policy::LimitKey;
use tollgate::{Component, Grants, Host, RunOptions};
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

async fn among(host: &Host) -> Vec<Duration> {
    let spinning = load(host, guests::ENDLESS).await;
    let short = load(host, guests::HELLO).await;
    let forever = grants(host, "wall = \"1h\"\ncpu = \"1h\"\n");
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
