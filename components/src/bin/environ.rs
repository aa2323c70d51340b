//! Lists its environment, one variable a line, each value escaped.

use tollgate_components::host::wasi::cli::environment::{get_environment, initial_cwd};
use tollgate_components::say;
use tollgate_components::text::escaped;

fn main() {
    for (name, value) in get_environment() {
        say!("{}={}", escaped(name.as_bytes()), escaped(value.as_bytes()));
    }
    say!("working directory {}", initial_cwd().unwrap_or_default());
}
