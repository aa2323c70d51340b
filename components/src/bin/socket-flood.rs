//! Makes as many sockets as it is told, and keeps them. Argument: how many.

use tollgate_components::host::wasi::sockets::network::{ErrorCode, IpAddressFamily};
use tollgate_components::host::wasi::sockets::tcp_create_socket::create_tcp_socket;
use tollgate_components::{report, say};

fn main() {
    let most: usize = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(10_000);
    let mut kept = Vec::new();
    let mut last = Ok("");
    let mut refused = 0;
    for _ in 0..most {
        match create_tcp_socket(IpAddressFamily::Ipv4) {
            Ok(socket) => kept.push(socket),
            Err(code) => {
                refused += 1;
                last = Err::<&str, ErrorCode>(code);
            }
        }
    }
    say!("made {} refused {refused}", kept.len());
    report("last", last);
    drop(kept);
    report(
        "afterwards",
        create_tcp_socket(IpAddressFamily::Ipv4).map(|_| ""),
    );
}
