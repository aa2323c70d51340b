//! Sleeps for no time at all, for ever.

use tollgate_components::host::wasi::clocks::monotonic_clock::subscribe_duration;

fn main() {
    loop {
        subscribe_duration(0).block();
    }
}
