//! Reads each clock, and waits on one.

use tollgate_components::host::wasi::clocks::{monotonic_clock, wall_clock};
use tollgate_components::say;

fn main() {
    let now = wall_clock::now();
    say!("wall {}", now.seconds);
    let resolution = wall_clock::resolution();
    say!(
        "wall resolution {}",
        resolution.seconds * 1_000_000_000 + u64::from(resolution.nanoseconds)
    );
    say!("monotonic resolution {}", monotonic_clock::resolution());
    let before = monotonic_clock::now();
    monotonic_clock::subscribe_duration(20_000_000).block();
    let between = monotonic_clock::now();
    monotonic_clock::subscribe_instant(between + 10_000_000).block();
    let after = monotonic_clock::now();
    say!(
        "slept {} {}",
        between - before >= 20_000_000,
        after - between >= 10_000_000
    );
    monotonic_clock::subscribe_instant(0).block();
    say!("a past instant is ready");
}
