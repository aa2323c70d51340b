//! Addresses as text.

use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::{Arguments, Trouble, bad};
use crate::host::wasi::sockets::network::{
    IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};

impl Arguments<'_> {
    /// `127.0.0.1:80`, `[::1]:80`; `-` is none.
    pub(super) fn address(&mut self) -> Result<Option<IpSocketAddress>, Trouble> {
        let word = self.word()?;
        if word == "-" {
            return Ok(None);
        }
        let address: SocketAddr = word.parse().map_err(|_| bad("not an address"))?;
        Ok(Some(match address {
            SocketAddr::V4(v4) => IpSocketAddress::Ipv4(Ipv4SocketAddress {
                port: v4.port(),
                address: v4.ip().octets().into(),
            }),
            SocketAddr::V6(v6) => IpSocketAddress::Ipv6(Ipv6SocketAddress {
                port: v6.port(),
                flow_info: 0,
                address: v6.ip().segments().into(),
                scope_id: 0,
            }),
        }))
    }

    pub(super) fn one_address(&mut self) -> Result<IpSocketAddress, Trouble> {
        self.address()?.ok_or_else(|| bad("an address is missing"))
    }

    /// `4` or `6`.
    pub(super) fn family(&mut self) -> Result<IpAddressFamily, Trouble> {
        match self.word()? {
            "4" => Ok(IpAddressFamily::Ipv4),
            "6" => Ok(IpAddressFamily::Ipv6),
            _ => Err(bad("not a family")),
        }
    }
}

/// The text of an address.
pub(super) fn ip(address: IpAddress) -> String {
    let address: IpAddr = match address {
        IpAddress::Ipv4((a, b, c, d)) => [a, b, c, d].into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => [a, b, c, d, e, f, g, h].into(),
    };
    address.to_string()
}

/// The text of an address and port.
pub(super) fn shown(address: IpSocketAddress) -> String {
    match address {
        IpSocketAddress::Ipv4(v4) => {
            let (a, b, c, d) = v4.address;
            SocketAddrV4::new([a, b, c, d].into(), v4.port).to_string()
        }
        IpSocketAddress::Ipv6(v6) => {
            let (a, b, c, d, e, f, g, h) = v6.address;
            let address = [a, b, c, d, e, f, g, h].into();
            SocketAddrV6::new(address, v6.port, 0, 0).to_string()
        }
    }
}
