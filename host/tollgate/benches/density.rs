//! A thousand guests that wait for their next call, in one process: what each takes.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    reason = "a benchmark reads files, measures time, prints, and fails by panicking"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use tollgate::engine::Pool;
use tollgate::{Host, RunOptions};

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
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("density.md"), text).unwrap();
    }
}

const HEAD: &str = "\
# A thousand guests that wait

One Rust component, instantiated a thousand times in one process and called once, then idle; written by `just bench`.
*Private* is memory that is nobody else's (`Private_Dirty` of the whole process), *resident* counts shared pages too.

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
