//! What the gate costs beside the bare engine: the same component, in the same process, with the same folder, pool and
//! epochs, once through Tollgate and twice through wasmtime-wasi (as it comes, and with its blocking calls on the
//! calling thread).
//!
//! Every sample measures all of them, one after the other, so that what else the machine does falls on all alike; the
//! table is made of medians of pairs. `just bench` writes it to `bench/overhead.md`.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark lays out files, measures time, prints, and fails by panicking"
)]

mod bare;
mod ours;
mod table;

use std::time::Duration;

use criterion::Criterion;

use bare::Bare;
use ours::Ours;
use table::{Row, Table};

/// What is measured: a function of the guest, and how often it does its one thing in a call.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    name: &'static str,
    function: &'static str,
    size: Option<u32>,
    /// How often a call does it. Its own cost is divided by that.
    times: u32,
}

const fn pace(name: &'static str, function: &'static str, size: Option<u32>, times: u32) -> Pace {
    Pace {
        name,
        function,
        size,
        times,
    }
}

/// Operations inside one instance that stays. A million gated calls each, over all samples, but for the large ones.
const PACES: &[Pace] = &[
    pace("random, 8 bytes", "random", None, 1_000),
    pace("environment", "environment", None, 1_000),
    pace("stat", "look", None, 500),
    pace("read 4 KiB", "read", Some(4 << 10), 500),
    pace("write 4 KiB", "write", Some(4 << 10), 500),
    pace("read 1 MiB", "read", Some(1 << 20), 5),
    pace("write 1 MiB", "write", Some(1 << 20), 5),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    std::fs::create_dir(&work).unwrap();
    std::fs::write(work.join("file"), vec![1; 1 << 20]).unwrap();

    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(4))
        .sample_size(100)
        .without_plots()
        .configure_from_args();
    let mut table = Table::default();
    {
        let _runtime = runtime.enter();
        let ours = runtime.block_on(Ours::new(folder.path(), &work, ours::Detail::Default));
        let full = runtime.block_on(Ours::new(folder.path(), &work, ours::Detail::Full));
        let bare = Bare::new(&work, false);
        let direct = Bare::new(&work, true);
        lives(
            &mut criterion,
            &runtime,
            &mut table,
            &ours,
            [&bare, &direct],
        );
        for pace in PACES {
            operations(
                &mut criterion,
                &runtime,
                &mut table,
                *pace,
                [&ours, &full],
                [&bare, &direct],
            );
        }
    }
    criterion.final_summary();
    table.finish();
}

/// From nothing to the end of a guest.
fn lives(
    criterion: &mut Criterion,
    runtime: &tokio::runtime::Runtime,
    table: &mut Table,
    ours: &Ours,
    bare: [&Bare; 2],
) {
    let mut row = Row::new("instantiate + call", "a guest that does nothing");
    criterion.bench_function("instantiate + call", |bencher| {
        bencher.iter_custom(|times| {
            row.measure(
                times,
                || runtime.block_on(ours.lives(times)),
                None::<fn() -> Duration>,
                [&mut || runtime.block_on(bare[0].lives(times)), &mut || {
                    runtime.block_on(bare[1].lives(times))
                }],
            )
        });
    });
    table.add(row);
    let mut row = Row::new("hello, to its exit", "a command that prints a line");
    criterion.bench_function("hello, to its exit", |bencher| {
        bencher.iter_custom(|times| {
            row.measure(
                times,
                || runtime.block_on(ours.hellos(times)),
                None::<fn() -> Duration>,
                [&mut || runtime.block_on(bare[0].hellos(times)), &mut || {
                    runtime.block_on(bare[1].hellos(times))
                }],
            )
        });
    });
    table.add(row);
}

fn operations(
    criterion: &mut Criterion,
    runtime: &tokio::runtime::Runtime,
    table: &mut Table,
    pace: Pace,
    ours: [&Ours; 2],
    bare: [&Bare; 2],
) {
    let mut guests = runtime.block_on(async { (ours[0].stay().await, ours[1].stay().await) });
    let mut bares = runtime.block_on(async { (bare[0].stay().await, bare[1].stay().await) });
    let mut row = Row::new(pace.name, "inside a guest that stays");
    criterion.bench_function(pace.name, |bencher| {
        bencher.iter_custom(|calls| {
            let times = calls * u64::from(pace.times);
            let guest = &mut guests;
            let (first, second) = (&mut bares.0, &mut bares.1);
            row.measure(
                times,
                || runtime.block_on(guest.0.calls(pace, calls)),
                Some(|| runtime.block_on(guest.1.calls(pace, calls))),
                [
                    &mut || runtime.block_on(first.calls(pace, calls)),
                    &mut || runtime.block_on(second.calls(pace, calls)),
                ],
            ) / pace.times
        });
    });
    table.add(row);
}
