//! Tells time, waits, and waits twice at once; draws random numbers.

use tollgate_components::p3::both;
use tollgate_components::p3::host::wasi::clocks::{monotonic_clock, system_clock};
use tollgate_components::p3::host::wasi::random::random;
use tollgate_components::say;

const MILLI: u64 = 1_000_000;

async fn run() -> Result<(), ()> {
    say!(
        "time of day {}",
        system_clock::now().seconds > 1_600_000_000
    );
    let start = monotonic_clock::now();
    monotonic_clock::wait_for(20 * MILLI).await;
    let one = monotonic_clock::now() - start;
    say!("waited {}", one >= 20 * MILLI);
    monotonic_clock::wait_until(start).await;
    let start = monotonic_clock::now();
    both(
        monotonic_clock::wait_for(400 * MILLI),
        monotonic_clock::wait_until(start + 400 * MILLI),
    )
    .await;
    let two = monotonic_clock::now() - start;
    // One after the other they take 800 at least.
    say!(
        "waited twice at once {}",
        (400 * MILLI..790 * MILLI).contains(&two)
    );
    say!("random {}", random::get_random_bytes(32).len());
    say!(
        "no more than the host gives {}",
        random::get_random_bytes(u64::MAX).len() < 1 << 30
    );
    Ok(())
}

tollgate_components::p3_command!(run);
