//! Addresses: which are internal, and under how many spellings one host can be reached.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// A block of addresses that no name grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InternalRange {
    /// The block.
    pub block: IpNet,
    /// What lives there.
    pub what: &'static str,
}

impl fmt::Display for InternalRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.block, self.what)
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8, what: &'static str) -> InternalRange {
    let block = IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length));
    InternalRange { block, what }
}

const fn v6(high: [u16; 4], length: u8, what: &'static str) -> InternalRange {
    let [a, b, c, d] = high;
    let address = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
    InternalRange {
        block: IpNet::V6(Ipv6Net::new_assert(address, length)),
        what,
    }
}

/// Every block that is not the public internet: what the address registries reserve, and the one
/// metadata address that hides among public ones.
const INTERNAL: &[InternalRange] = &[
    v4(0, 0, 0, 0, 8, "this host"),
    v4(10, 0, 0, 0, 8, "private"),
    v4(100, 64, 0, 0, 10, "carrier-grade NAT"),
    v4(127, 0, 0, 0, 8, "loopback"),
    v4(168, 63, 129, 16, 32, "cloud metadata"),
    v4(169, 254, 0, 0, 16, "link-local and cloud metadata"),
    v4(172, 16, 0, 0, 12, "private"),
    v4(192, 0, 0, 0, 24, "protocol assignments"),
    v4(192, 0, 2, 0, 24, "documentation"),
    v4(192, 31, 196, 0, 24, "AS112"),
    v4(192, 52, 193, 0, 24, "AMT"),
    v4(192, 88, 99, 0, 24, "6to4 relay"),
    v4(192, 168, 0, 0, 16, "private"),
    v4(192, 175, 48, 0, 24, "AS112"),
    v4(198, 18, 0, 0, 15, "benchmarking"),
    v4(198, 51, 100, 0, 24, "documentation"),
    v4(203, 0, 113, 0, 24, "documentation"),
    v4(224, 0, 0, 0, 4, "multicast"),
    v4(240, 0, 0, 0, 4, "reserved"),
    // Holds the unspecified address, loopback, and IPv4 addresses in two spellings; the latter are
    // judged as what they hold before this table is read, and loopback by its own row.
    v6([0, 0, 0, 0], 64, "unspecified, loopback and IPv4 spellings"),
    v6([0x0064, 0xff9b, 0x0001, 0], 48, "local translation"),
    v6([0x0100, 0, 0, 0], 64, "discard"),
    v6([0x2001, 0, 0, 0], 23, "protocol assignments and Teredo"),
    v6([0x2001, 0x0db8, 0, 0], 32, "documentation"),
    v6([0x2620, 0x004f, 0x8000, 0], 48, "AS112"),
    v6([0x3fff, 0, 0, 0], 20, "documentation"),
    v6([0x5f00, 0, 0, 0], 16, "segment routing"),
    v6([0xfc00, 0, 0, 0], 7, "private"),
    v6([0xfe80, 0, 0, 0], 10, "link-local"),
    v6([0xfec0, 0, 0, 0], 10, "site-local"),
    v6([0xff00, 0, 0, 0], 8, "multicast"),
];

/// The block of internal addresses that `address` lies in, in whichever spelling; `None` for a
/// public one.
#[must_use]
pub fn internal_range(address: IpAddr) -> Option<InternalRange> {
    let forms = Forms::of(address);
    let judged = forms.embedded.map_or(forms.canonical, IpAddr::V4);
    INTERNAL
        .iter()
        .find(|range| range.block.contains(&judged))
        .copied()
}

/// The spellings of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forms {
    /// As the operating system is given it.
    pub(crate) raw: IpAddr,
    /// What a socket really talks to: an IPv4-mapped IPv6 address is an IPv4 address.
    pub(crate) canonical: IpAddr,
    /// An IPv4 address inside an IPv6 one that some gateway or router may unpack: deprecated
    /// IPv4-compatible form, NAT64, 6to4.
    pub(crate) embedded: Option<Ipv4Addr>,
}

impl Forms {
    pub(crate) fn of(raw: IpAddr) -> Self {
        let canonical = raw.to_canonical();
        let embedded = match canonical {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => embedded(address),
        };
        Self {
            raw,
            canonical,
            embedded,
        }
    }

    /// Whether a *grant* of `net` covers it: only by the address that is really talked to.
    pub(crate) fn granted_by(&self, net: &IpNet) -> bool {
        net.contains(&self.canonical)
    }

    /// Whether a *denial* of `net` covers it: by any spelling, or because the unspecified address
    /// reaches the host itself.
    pub(crate) fn denied_by(&self, net: &IpNet) -> bool {
        let embedded = self.embedded.map(IpAddr::V4);
        [
            Some(self.raw),
            Some(self.canonical),
            embedded,
            self.own_host(),
        ]
        .into_iter()
        .flatten()
        .any(|form| net.contains(&form))
    }

    pub(crate) fn is_unspecified(&self) -> bool {
        self.canonical.is_unspecified()
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.canonical.is_loopback()
    }

    /// A connection to the unspecified address arrives at the host's own loopback.
    fn own_host(&self) -> Option<IpAddr> {
        match self.canonical {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            IpAddr::V4(_) | IpAddr::V6(_) => None,
        }
    }
}

fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let joined = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match [a, b, c, d, e, f] {
        // `::` and `::1` are addresses of their own.
        [0, 0, 0, 0, 0, 0] if g != 0 || h > 1 => Some(joined(g, h)),
        [0x0064, 0xff9b, 0, 0, 0, 0] => Some(joined(g, h)),
        [0x2002, ..] => Some(joined(b, c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(address: &str) -> Option<&'static str> {
        internal_range(address.parse().unwrap()).map(|range| range.what)
    }

    #[test]
    fn i83_internal_addresses_are_internal_in_every_spelling() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.3",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "fd00:ec2::254",
            "fc00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "::2",
            "::ffff:0.0.0.0",
        ] {
            assert!(what(address).is_some(), "{address} counts as public");
        }
    }

    #[test]
    fn public_addresses_are_public_in_every_spelling() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.169.0.1",
            "223.255.255.255",
            "168.63.129.15",
            "2606:4700::1111",
            "2a00::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:4860::8888",
        ] {
            assert_eq!(what(address), None, "{address}");
        }
    }

    #[test]
    fn the_range_of_a_metadata_address_says_so() {
        assert_eq!(
            what("169.254.169.254"),
            Some("link-local and cloud metadata")
        );
        let range = internal_range("10.1.2.3".parse().unwrap()).unwrap();
        assert_eq!(range.to_string(), "10.0.0.0/8 (private)");
    }

    #[test]
    fn a_denial_covers_more_spellings_than_a_grant() {
        let loopback: IpNet = "127.0.0.0/8".parse().unwrap();
        let forms = |text: &str| Forms::of(text.parse().unwrap());
        assert!(forms("::ffff:127.0.0.1").granted_by(&loopback));
        assert!(!forms("64:ff9b::127.0.0.1").granted_by(&loopback));
        assert!(forms("64:ff9b::127.0.0.1").denied_by(&loopback));
        assert!(!forms("0.0.0.0").granted_by(&loopback));
        assert!(forms("0.0.0.0").denied_by(&loopback));
        let every_v6: IpNet = "::/0".parse().unwrap();
        assert!(!forms("::ffff:127.0.0.1").granted_by(&every_v6));
        assert!(forms("::ffff:127.0.0.1").denied_by(&every_v6));
    }
}
