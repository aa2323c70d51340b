//! The network, behind permits: names, addresses, connections and datagrams.
//!
//! Whatever reaches somebody takes a permit for the very address that is bound to, dialled or sent to. Nothing here
//! blocks a thread: each act takes or gives what there is at once, and waiting is a future that may be dropped. A
//! socket that is dropped is closed, and leaves no task behind.

mod connection;
mod descriptor;
mod error;
mod family;
mod fixed;
mod lookups;
mod options;
mod permit;
mod resolver;
mod room;
mod tcp;
mod udp;

pub use connection::{Ends, TcpConnection, Way};
pub use error::NetError;
pub use family::Family;
pub use fixed::FIXED;
pub use lookups::Lookups;
pub use options::Options;
pub use resolver::{Lookup, ResolveError, Resolver, SystemResolver, resolve};
pub use room::{MOST_SOCKETS, Sockets};
pub use tcp::{Arrived, Connecting, TcpListener, TcpSocket};
pub use udp::{Recipient, UdpSocket};
