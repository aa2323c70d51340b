//! Addresses of WASI.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tollgate_policy::{NetworkTarget, Transport};
use tollgate_world::wasi::sockets::network::{IpAddressFamily, IpSocketAddress};

use super::Refusal;

/// The address and port of `address`, if it is of `family`.
pub(super) fn of(
    address: &IpSocketAddress,
    family: IpAddressFamily,
    transport: Transport,
) -> Result<NetworkTarget<'static>, Refusal> {
    let (addr, port) = match (address, family) {
        (IpSocketAddress::Ipv4(v4), IpAddressFamily::Ipv4) => {
            let (a, b, c, d) = v4.address;
            (IpAddr::V4(Ipv4Addr::new(a, b, c, d)), v4.port)
        }
        (IpSocketAddress::Ipv6(v6), IpAddressFamily::Ipv6) => {
            let (a, b, c, d, e, f, g, h) = v6.address;
            (IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), v6.port)
        }
        (IpSocketAddress::Ipv4(_), IpAddressFamily::Ipv6)
        | (IpSocketAddress::Ipv6(_), IpAddressFamily::Ipv4) => {
            return Err(Refusal::WrongFamily);
        }
    };
    Ok(NetworkTarget {
        transport,
        host: None,
        addr: Some(addr),
        port: Some(port),
    })
}
