//! Draws entropy from each source; `greedy` asks for more bytes than there are.

use tollgate_components::host::wasi::random::{insecure, insecure_seed, random};
use tollgate_components::say;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("greedy") {
        let bytes = random::get_random_bytes(u64::MAX);
        say!("got {}", bytes.len());
        return;
    }
    let (one, other) = (random::get_random_bytes(32), random::get_random_bytes(32));
    say!("bytes {} differ {}", one.len(), one != other);
    say!("none {}", random::get_random_bytes(0).len());
    say!(
        "words differ {}",
        random::get_random_u64() != random::get_random_u64()
    );
    say!("insecure {}", insecure::get_insecure_random_bytes(8).len());
    say!(
        "insecure words differ {}",
        insecure::get_insecure_random_u64() != insecure::get_insecure_random_u64()
    );
    let (low, high) = insecure_seed::insecure_seed();
    say!("seed {}", low != high);
}
