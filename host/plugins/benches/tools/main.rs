//! What a warm call with JSON costs beside the same work on the bare engine, and beside another host of plugins: by turns in one
//! run, medians, and calls per second on two cores.
//!
//! `just bench-tools` builds what it is held against (`TOLLGATE_EXTISM` and `TOLLGATE_EXTISM_PLUGIN` name it), and writes the
//! table to `bench/tools.md`.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark starts a process, lays out files, measures time, prints, and fails by panicking"
)]

mod bare;
mod other;
mod ours;
mod table;

use std::path::Path;
use std::time::Duration;

use bare::Bare;
use other::{How, Other};
use ours::Ours;
use table::Row;

/// Bytes of the string that is given and comes back.
const SIZES: [usize; 2] = [100, 100_000];
/// How often each has its turn, and calls of a turn.
const TURNS: usize = 60;
const CALLS: usize = 50;
/// How long both cores call.
const LONG: Duration = Duration::from_secs(2);

fn input(bytes: usize) -> String {
    serde_json::json!({ "text": "x".repeat(bytes) }).to_string()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ours = runtime.block_on(Ours::new(folder.path()));
    let bare = Bare::new();
    let mut other = Other::from_environment();
    if other.is_none() {
        println!(
            "tools: without Extism, since TOLLGATE_EXTISM names no binary; `just bench-tools` makes it"
        );
    }
    let rows: Vec<Row> = SIZES
        .iter()
        .map(|size| {
            let mut row = Row::new(*size);
            let input = input(*size);
            // The first turn of each is not counted.
            for turn in 0..=TURNS {
                let mut of_ours = runtime.block_on(ours.calls(&input, *size, CALLS));
                let mut of_bare = runtime.block_on(bare.calls(&input, *size, CALLS));
                let mut others = other
                    .as_mut()
                    .map(|other| [How::Fresh, How::Kept].map(|how| other.calls(how, *size, CALLS)));
                if turn > 0 {
                    row.ours.append(&mut of_ours);
                    row.bare.append(&mut of_bare);
                    if let Some([fresh, kept]) = &mut others {
                        row.fresh.append(fresh);
                        row.kept.append(kept);
                    }
                }
            }
            row.ours_a_second = runtime.block_on(ours.a_second(&input, *size, LONG));
            row.bare_a_second = runtime.block_on(bare.a_second(&input, *size, LONG));
            row
        })
        .collect();
    let text = table::written(&rows);
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("tools.md"), text).unwrap();
    }
}
