//! Addresses that no VM dials.

use std::fmt;

use super::address::internal_range;
use super::peer::Peer;

/// Addresses that are internal to the operator's machine or network, but for ports of the loopback that are exempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Internal {
    exempt: Vec<u16>,
}

impl Internal {
    pub(crate) fn but(exempt: &[u16]) -> Self {
        Self {
            exempt: exempt.to_vec(),
        }
    }

    pub(crate) fn holds(&self, peer: &Peer<'_>) -> bool {
        let Some(address) = peer.address else {
            return false;
        };
        let exempt = peer.port.is_some_and(|port| self.exempt.contains(&port));
        internal_range(address.raw).is_some() && !(address.is_loopback() && exempt)
    }
}

impl fmt::Display for Internal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("internal addresses")
    }
}
