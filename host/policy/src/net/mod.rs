//! Network grants: which names, addresses and ports a rule speaks about.
//!
//! The hole that this closes: a name is whatever a resolver says, so a grant of a name would be a
//! grant of the host's own loopback, of the cloud's metadata service, of the whole office network.
//! A name therefore grants public addresses only, and every decision that has both a name and an
//! address is made on both.

mod address;
mod endpoint;
mod internal;
mod name;
mod peer;
mod port;

pub use address::{InternalRange, internal_range};
pub use endpoint::EndpointError;
pub(crate) use endpoint::{Direction, Endpoint};
pub(crate) use internal::Internal;
pub use name::{NameError, normalised as host_name};
pub(crate) use peer::Peer;
pub use port::PortError;
