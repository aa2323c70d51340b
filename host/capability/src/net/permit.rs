//! Using up a permit of the network.

use std::net::SocketAddr;

use tollgate_policy::{NetworkVerb, Permit};

use crate::WrongPermit;

/// The permit, spent on `verb` with exactly `address`.
pub(super) fn spend(
    permit: Permit,
    verb: NetworkVerb,
    address: SocketAddr,
) -> Result<(), WrongPermit> {
    if permit.covers_network(verb, address.ip(), address.port()) {
        Ok(())
    } else {
        Err(WrongPermit)
    }
}
