//! What a call costs in the log.
//!
//! A file is as quick as memory for as long as the disk flushes a ring of effects (4,096) quicker than the guest fills
//! it; beyond that the disk sets the pace, so only memory is held against a budget. Ignored where suites run: meant for
//! an idle machine and an optimised build,
//! `cargo nextest run --release -p tollgate-audit --run-ignored only speed:: --no-capture`.

use crate::support::*;
use std::time::{Duration, Instant};
use tollgate_audit::{Entry, Log, LogOptions};

const CALLS: u32 = 2_000_000;

fn cost(name: &str, log: Log, entry: Entry<'_>) -> Duration {
    let run = log.run(identity("r"), UNLIMITED);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let cost = runtime.block_on(async {
        let begun = Instant::now();
        for _ in 0..CALLS {
            run.begin(entry).await.unwrap().finish("ok", 4096, 0);
        }
        run.end().await.unwrap();
        begun.elapsed() / CALLS
    });
    drop(run);
    println!(
        "{name}: {} ns per call, {} records",
        cost.as_nanos(),
        log.close().unwrap().records
    );
    cost
}

#[test]
#[ignore = "measures; see the file's head"]
fn a_coalesced_call_costs_less_than_half_a_microsecond_where_no_disk_is_waited_for() {
    let place = Place::new();
    let memory = cost(
        "memory",
        Log::memory(LogOptions::default()),
        high_rate("/data/a-file-of-the-guest.txt"),
    );
    cost(
        "file",
        place.open(LogOptions::default()).unwrap(),
        high_rate("/data/a-file-of-the-guest.txt"),
    );
    let other = Place::new();
    cost(
        "file, not coalesced",
        other.open(LogOptions::default()).unwrap(),
        entry("/data/a-file-of-the-guest.txt"),
    );
    if cfg!(debug_assertions) {
        println!("not an optimised build: nothing is held against its budget");
        return;
    }
    assert!(memory < Duration::from_nanos(500), "{memory:?}");
}
