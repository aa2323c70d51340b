//! Asks for each thing that a socket can do. Arguments: an IPv4 address, a port, and a name.

use tollgate_components::host::wasi::sockets::instance_network::instance_network;
use tollgate_components::host::wasi::sockets::ip_name_lookup::resolve_addresses;
use tollgate_components::host::wasi::sockets::network::{
    IpAddressFamily, IpSocketAddress, Ipv4SocketAddress,
};
use tollgate_components::host::wasi::sockets::tcp_create_socket::create_tcp_socket;
use tollgate_components::host::wasi::sockets::udp_create_socket::create_udp_socket;
use tollgate_components::report;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut octets = [127, 0, 0, 1];
    let address = arguments.first().map_or("127.0.0.1", String::as_str);
    for (octet, text) in octets.iter_mut().zip(address.split('.')) {
        *octet = text.parse().unwrap_or_default();
    }
    let [a, b, c, d] = octets;
    let port = arguments
        .get(1)
        .and_then(|port| port.parse().ok())
        .unwrap_or(80);
    let peer = IpSocketAddress::Ipv4(Ipv4SocketAddress {
        port,
        address: (a, b, c, d),
    });
    let network = instance_network();
    let none = |()| "";
    match create_tcp_socket(IpAddressFamily::Ipv4) {
        Ok(tcp) => {
            report("tcp connect", tcp.start_connect(&network, peer).map(none));
            report("tcp bind", tcp.start_bind(&network, peer).map(none));
            report("tcp listen", tcp.start_listen().map(none));
            report("tcp accept", tcp.accept().map(|_| ""));
        }
        Err(code) => report("tcp socket", Err::<&str, _>(code)),
    }
    match create_udp_socket(IpAddressFamily::Ipv4) {
        Ok(udp) => {
            report("udp bind", udp.start_bind(&network, peer).map(none));
            report("udp stream", udp.stream(Some(peer)).map(|_| ""));
        }
        Err(code) => report("udp socket", Err::<&str, _>(code)),
    }
    let name = arguments.get(2).map_or("localhost", String::as_str);
    report("lookup", resolve_addresses(&network, name).map(|_| ""));
}
