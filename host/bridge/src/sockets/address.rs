//! Addresses of WASI: into the host's, as far as they can mean something, and back.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use tollgate_capability::net::Family;
use tollgate_policy::Transport;
use tollgate_world::wasi::sockets::network::{
    IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};

use super::Refusal;

/// The family in the host's words.
pub(super) fn family(family: IpAddressFamily) -> Family {
    match family {
        IpAddressFamily::Ipv4 => Family::V4,
        IpAddressFamily::Ipv6 => Family::V6,
    }
}

/// An address to bind to.
pub(super) fn local(
    address: IpSocketAddress,
    family: IpAddressFamily,
    transport: Transport,
) -> Result<SocketAddr, Refusal> {
    let address = of(address, family)?;
    if transport == Transport::Tcp && !is_unicast(address.ip()) {
        return Err(Refusal::InvalidArgument);
    }
    Ok(address)
}

/// An address to connect or send to. The unspecified one would be the host itself, by another name.
pub(super) fn remote(
    address: IpSocketAddress,
    family: IpAddressFamily,
    transport: Transport,
) -> Result<SocketAddr, Refusal> {
    let address = local(address, family, transport)?;
    if address.ip().is_unspecified() || address.port() == 0 {
        return Err(Refusal::InvalidArgument);
    }
    Ok(address)
}

/// The address, if it is of `family` and no IPv4 address in disguise.
fn of(address: IpSocketAddress, family: IpAddressFamily) -> Result<SocketAddr, Refusal> {
    let address = match (address, family) {
        (IpSocketAddress::Ipv4(v4), IpAddressFamily::Ipv4) => {
            let (a, b, c, d) = v4.address;
            SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), v4.port).into()
        }
        (IpSocketAddress::Ipv6(v6), IpAddressFamily::Ipv6) => {
            let (a, b, c, d, e, f, g, h) = v6.address;
            let address = Ipv6Addr::new(a, b, c, d, e, f, g, h);
            if address.to_ipv4_mapped().is_some() {
                return Err(Refusal::InvalidArgument);
            }
            SocketAddrV6::new(address, v6.port, v6.flow_info, v6.scope_id).into()
        }
        (IpSocketAddress::Ipv4(_), IpAddressFamily::Ipv6)
        | (IpSocketAddress::Ipv6(_), IpAddressFamily::Ipv4) => {
            return Err(Refusal::InvalidArgument);
        }
    };
    Ok(address)
}

fn is_unicast(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    !address.is_multicast() && !broadcast
}

/// The address as the guest reads it.
pub(super) fn shown(address: SocketAddr) -> IpSocketAddress {
    match address {
        SocketAddr::V4(v4) => IpSocketAddress::Ipv4(Ipv4SocketAddress {
            port: v4.port(),
            address: v4.ip().octets().into(),
        }),
        SocketAddr::V6(v6) => IpSocketAddress::Ipv6(Ipv6SocketAddress {
            port: v6.port(),
            flow_info: v6.flowinfo(),
            address: v6.ip().segments().into(),
            scope_id: v6.scope_id(),
        }),
    }
}

/// The address without a port, as the guest reads it; never an IPv4 address in disguise.
pub(super) fn shown_ip(address: IpAddr) -> IpAddress {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddress::Ipv4(v4.octets().into()),
        IpAddr::V6(v6) => IpAddress::Ipv6(v6.segments().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v6(address: Ipv6Addr, port: u16) -> IpSocketAddress {
        shown(SocketAddrV6::new(address, port, 0, 0).into())
    }

    fn v4(address: [u8; 4], port: u16) -> IpSocketAddress {
        shown(SocketAddrV4::new(address.into(), port).into())
    }

    #[test]
    fn i83_an_ipv4_address_in_disguise_is_none() {
        for disguised in ["::ffff:127.0.0.1", "::ffff:0.0.0.0", "::ffff:8.8.8.8"] {
            let address = v6(disguised.parse().unwrap_or(Ipv6Addr::LOCALHOST), 80);
            for read in [local, remote] {
                assert_eq!(
                    read(address, IpAddressFamily::Ipv6, Transport::Tcp),
                    Err(Refusal::InvalidArgument)
                );
            }
        }
    }

    #[test]
    fn i83_nobody_is_reached_at_the_unspecified_address_or_at_no_port() {
        let to = |address, family| remote(address, family, Transport::Udp);
        for (address, family) in [
            (v4([0; 4], 80), IpAddressFamily::Ipv4),
            (v4([127, 0, 0, 1], 0), IpAddressFamily::Ipv4),
            (v6(Ipv6Addr::UNSPECIFIED, 80), IpAddressFamily::Ipv6),
            (v6(Ipv6Addr::LOCALHOST, 0), IpAddressFamily::Ipv6),
            (v6(Ipv6Addr::LOCALHOST, 80), IpAddressFamily::Ipv4),
        ] {
            assert_eq!(to(address, family), Err(Refusal::InvalidArgument));
        }
        assert!(to(v4([127, 0, 0, 1], 80), IpAddressFamily::Ipv4).is_ok());
    }

    #[test]
    fn connections_have_one_other_end() {
        for address in [[224, 0, 0, 1], [255; 4]] {
            let address = v4(address, 80);
            assert!(remote(address, IpAddressFamily::Ipv4, Transport::Tcp).is_err());
        }
    }

    #[test]
    fn a_lookup_shows_no_ipv4_address_in_disguise() {
        let mapped: IpAddr = Ipv4Addr::LOCALHOST.to_ipv6_mapped().into();
        assert!(matches!(shown_ip(mapped), IpAddress::Ipv4((127, 0, 0, 1))));
    }
}
