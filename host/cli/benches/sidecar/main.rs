//! The sidecar beside the binary of the original, if `TOLLGATE_ORIGINAL` names it: the same client, the same requests, by
//! turns, and medians; then the memory of VMs and of live programs.
//!
//! `just bench-sidecar` brings the original and writes the tables to `bench/sidecar.md`.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark starts processes, reads files, measures time, prints, and fails by panicking"
)]

mod memory;
mod programs;
mod side;
mod table;
mod times;

use std::path::Path;

use crate::side::Side;

fn main() {
    // One thread: what is measured is the sidecar, and not how this wakes itself.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let original = std::env::var_os("TOLLGATE_ORIGINAL").map(Side::original);
    if original.is_none() {
        println!("sidecar: without the original, since TOLLGATE_ORIGINAL names no binary of it");
    }
    let sides: Vec<Side> = std::iter::once(Side::ours()).chain(original).collect();
    let text = runtime.block_on(async {
        let times = times::measure(&sides).await;
        let memory = memory::measure(&sides).await;
        table::written(&times, &memory)
    });
    println!("\n{text}");
    if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
        std::fs::write(Path::new(&folder).join("sidecar.md"), text).unwrap();
    }
}
