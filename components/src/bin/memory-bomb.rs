//! Grows its memory until it is refused: `cope` then exits with 7, `trap` then traps.

use tollgate_components::host::wasi::cli::exit::exit_with_code;
use tollgate_components::say;

const PAGES: usize = 16;

fn main() {
    let word = std::env::args().nth(1).unwrap_or_default();
    let mut grown = 0_usize;
    while core::arch::wasm32::memory_grow::<0>(PAGES) != usize::MAX {
        grown += PAGES;
    }
    say!("refused after {grown} pages");
    if word == "cope" {
        exit_with_code(7);
    }
    core::arch::wasm32::unreachable()
}
