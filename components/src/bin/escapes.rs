//! Puts hostile text wherever a guest can put any: output, file names, link targets, names of hosts.

use tollgate_components::driver::Driver;
use tollgate_components::host::wasi::sockets::instance_network::instance_network;
use tollgate_components::host::wasi::sockets::ip_name_lookup::resolve_addresses;
use tollgate_components::{report, say};

/// Terminal escapes, line ends, a right-to-left mark, and what a line of the audit log might begin with.
const HOSTILE: [&str; 4] = [
    "%1B[2J%1B]0;owned%07",
    "line%0Afeed%0D%0A{%22v%22:1,%22seq%22:0}",
    "%E2%80%AErtl%E2%80%8B",
    "%22,%22decision%22:%22allow%22,%22x%22:%22",
];

fn main() {
    let mut driver = Driver::default();
    for name in HOSTILE {
        say!(
            "{}",
            driver.run(&format!("open p0 {name} create,write made"))
        );
        say!("{}", driver.run(&format!("write made 0 {name}")));
        say!("{}", driver.run(&format!("symlink p0 {name} link-{name}")));
        say!("{}", driver.run(&format!("stat-at p0 {name}")));
        let plain = tollgate_components::text::unescaped(name).unwrap_or_default();
        report(
            "lookup",
            resolve_addresses(&instance_network(), &String::from_utf8_lossy(&plain)).map(|_| ""),
        );
    }
    say!("\u{1b}[31mred\u{1b}[0m \u{7} {{\"v\":1,\"seq\":0}}");
}
