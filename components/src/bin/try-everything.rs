//! Tries each operation of each interface that the host links, and prints what came of it.

use tollgate_components::tour;

fn main() {
    tour::environment();
    tour::streams();
    if let Some(folder) = tour::folders() {
        tour::files(&folder);
    }
    tour::tcp();
    tour::udp();
    tour::lookup();
    tour::http();
    tour::clocks();
    tour::random();
}
