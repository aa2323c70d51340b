//! Greets: arguments, one environment variable, both standard streams.

use std::io::Write as _;
use tollgate_components::say;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    say!(
        "hello from {}",
        arguments.first().map_or("nobody", String::as_str)
    );
    for argument in arguments.iter().skip(1) {
        say!("argument {argument}");
    }
    match std::env::var("GREETING") {
        Ok(greeting) => say!("greeting {greeting}"),
        Err(_) => say!("no greeting"),
    }
    let _closed = writeln!(std::io::stderr(), "a word on standard error");
}
