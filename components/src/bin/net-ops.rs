//! Does the network operations that it is told: one a line on standard input, or one an argument.

use std::io::BufRead as _;
use tollgate_components::net::Driver;
use tollgate_components::say;

fn main() {
    let mut driver = Driver::default();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    for line in &arguments {
        say!("{}", driver.run(line));
    }
    if arguments.is_empty() {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            say!("{}", driver.run(&line));
        }
    }
}
