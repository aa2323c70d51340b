//! A thousand guests that wait for their next call, and a thousand programs that wait for input, in one process: what each
//! takes.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    reason = "a benchmark reads files, measures time, prints, and fails by panicking"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tollgate::engine::Pool;
use tollgate::{Host, RunOptions, StdinPipe, output_queue};
use tollgate_languages::{ENGINE, JavaScript};

const GUESTS: usize = 1_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from(HEAD);
    let size = u32::try_from(GUESTS).unwrap();
    for (place, pool) in [("in a pool", Some(Pool::of(size))), ("without one", None)] {
        let row = runtime.block_on(hold(folder.path(), place, pool));
        text.push_str(&row);
    }
    text.push_str(&runtime.block_on(programs()));
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("density.md"), text).unwrap();
    }
}

const HEAD: &str = "\
# A thousand guests that wait

One Rust component, instantiated a thousand times in one process and called once, then idle; written by `just bench`.
Below, a thousand programs in JavaScript that have printed a line and wait for their input. *Private* is memory that is nobody else's (`Private_Dirty` of the whole process), *resident* counts shared pages too.

| guests | instantiate + call, each | private, each | resident, each | threads, all |
| --- | --: | --: | --: | --: |
";

async fn hold(folder: &Path, place: &str, pool: Option<Pool>) -> String {
    let log = folder.join(format!("{place}.log"));
    let mut builder = Host::builder()
        .compile_in_process()
        .log_file(log, folder.join("key"))
        .end_without_flush();
    if let Some(pool) = pool {
        builder = builder.pool(pool);
    }
    let host = builder.build().unwrap();
    let grants = host
        .grants_from_toml("bench.toml", "version = 1\n[random]\ndefault = \"allow\"\n")
        .unwrap();
    let component = std::fs::read(tollgate_tests::guests::PACES).unwrap();
    let component = host.load(component).await.unwrap();
    // What the first guest brings along is no guest's own.
    let first = one(&component, &grants).await;
    let before = Memory::now();
    let start = Instant::now();
    let mut guests = Vec::with_capacity(GUESTS);
    for _ in 1..GUESTS {
        guests.push(one(&component, &grants).await);
    }
    let took = start.elapsed() / u32::try_from(GUESTS - 1).unwrap();
    let after = Memory::now();
    guests.push(first);
    let each = |before: u64, after: u64| after.saturating_sub(before) / (GUESTS as u64 - 1) / 1024;
    let mut row = String::new();
    writeln!(
        row,
        "| {} {place} | {:.1} µs | {} KiB | {} KiB | {} |",
        guests.len(),
        took.as_secs_f64() * 1e6,
        each(before.private, after.private),
        each(before.resident, after.resident),
        std::fs::read_dir("/proc/self/task").unwrap().count(),
    )
    .unwrap();
    for guest in guests {
        guest.close().await.result.unwrap();
    }
    row
}

async fn one(component: &tollgate::Component, grants: &tollgate::Grants) -> tollgate::Instance {
    let mut guest = component
        .instantiate(RunOptions::new(grants))
        .await
        .unwrap();
    guest.call::<(), ()>("nothing", ()).await.unwrap();
    guest
}

/// Programs in JavaScript, each from its text to the first line that it prints.
async fn programs() -> String {
    let size = u32::try_from(GUESTS).unwrap();
    let builder = Host::builder().compile_in_process().end_without_flush();
    let host = builder.pool(Pool::of(size)).build().unwrap();
    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\n[clock]\ndefault = \"allow\"\n[random]\ndefault = \"allow\"\n";
    let grants = host.grants_from_toml("bench.toml", policy).unwrap();
    let engine = host.load(ENGINE).await.unwrap();
    let begin = async || {
        let (pipe, input) = StdinPipe::new();
        let (output, mut printed) = output_queue(None);
        let program = JavaScript::text_in_tree("/", "process.stdin.resume(); console.log('here');");
        let options = RunOptions::new(&grants)
            .program(Arc::new(program))
            .stdin_pipe(input)
            .output(output);
        let engine = engine.clone();
        let run = tokio::spawn(async move { engine.command(options).await });
        printed.recv().await.unwrap();
        (pipe, printed, run)
    };
    let first = begin().await;
    let before = Memory::now();
    let start = Instant::now();
    let mut lives = Vec::with_capacity(GUESTS);
    for _ in 1..GUESTS {
        lives.push(begin().await);
    }
    let took = start.elapsed() / (size - 1);
    let after = Memory::now();
    lives.push(first);
    let each = |before: u64, after: u64| after.saturating_sub(before) / u64::from(size - 1) / 1024;
    let row = format!(
        "| {} programs in JavaScript in a pool | {:.1} µs | {} KiB | {} KiB | {} |\n",
        lives.len(),
        took.as_secs_f64() * 1e6,
        each(before.private, after.private),
        each(before.resident, after.resident),
        std::fs::read_dir("/proc/self/task").unwrap().count(),
    );
    for (pipe, _printed, run) in lives {
        pipe.close();
        run.await.unwrap().unwrap().result.unwrap();
    }
    row
}

/// Bytes of this process.
struct Memory {
    private: u64,
    resident: u64,
}

impl Memory {
    fn now() -> Self {
        let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap();
        let of = |field: &str| -> u64 {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(field))
                .unwrap();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
        };
        Self {
            private: of("Private_Dirty:"),
            resident: of("Rss:"),
        }
    }
}
