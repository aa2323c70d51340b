//! Says that it sleeps, and sleeps for 2^64 - 1 nanoseconds.

use tollgate_components::host::wasi::clocks::monotonic_clock::subscribe_duration;
use tollgate_components::say;

fn main() {
    say!("asleep");
    subscribe_duration(u64::MAX).block();
    say!("awake");
}
