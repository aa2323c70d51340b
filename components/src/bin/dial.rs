//! Looks a name up as often as it is told, and connects to each address that it hears of, or to one that it knows
//! already. Arguments: a name, a port, how many lookups, and perhaps an address. Its exit code is 0 when the last
//! connection was made, 3 when it was denied, and 4 for anything else.

use std::net::IpAddr;

use tollgate_components::host::wasi::cli::exit::exit_with_code;
use tollgate_components::net::Driver;
use tollgate_components::say;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let (name, port) = (word(0), word(1));
    let lookups: usize = word(2).parse().unwrap_or(1);
    let mut driver = Driver::default();
    let mut last = String::new();
    for _ in 0..lookups {
        let found = driver.run(&format!("lookup {name}"));
        say!("lookup: {found}");
        let known = word(3);
        let addresses = if known.is_empty() { &found } else { known };
        for address in addresses
            .split_whitespace()
            .filter(|word| word.parse::<IpAddr>().is_ok())
        {
            let connect = |driver: &mut Driver| {
                driver.run("tcp t 4");
                let answer = driver.run(&format!("connect t {address}:{port}"));
                driver.run("drop t");
                answer
            };
            last = connect(&mut driver);
            say!("{address}: {last}");
        }
    }
    exit_with_code(match last.as_str() {
        "ok" => 0,
        "error access-denied" => 3,
        _ => 4,
    });
}
