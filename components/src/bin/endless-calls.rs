//! Calls the host for ever.

use tollgate_components::host::wasi::random::random::get_random_bytes;

fn main() {
    loop {
        std::hint::black_box(get_random_bytes(16));
    }
}
