//! Traps, after a word on standard output.

use tollgate_components::say;

fn main() {
    say!("about to trap");
    core::arch::wasm32::unreachable()
}
