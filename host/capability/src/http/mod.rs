//! The HTTP client: HTTP/1.1, a connection for each request, TLS where the scheme says so.
//!
//! What a guest asks for was decided for one scheme, one address and one port, and the permit says which: the client dials
//! that address and no other. It reads no proxy variables, follows no redirect, keeps no connection and no cookie, and
//! decompresses nothing, so that what was decided is what happens. Where a request goes is said by its [`Origin`] alone:
//! what stands on the wire is a path, with a `Host` field made here, whatever fields a guest gave.

mod body;
mod connect;
mod error;
mod exchange;
pub mod fields;
mod fixed;
mod origin;
mod times;
mod tls;

pub use body::{Body, Receiver, Sender, Slot, channel};
pub use connect::{Client, Connection};
pub use error::HttpError;
pub use exchange::{Answer, Head, Incoming, Payload, Piece, Request};
pub use fixed::{FIXED, MOST_REQUESTS};
pub use origin::{Origin, OriginError};
pub use times::Times;
pub use tls::{Authorities, AuthorityError, MOST_AUTHORITY_BYTES, Trust};
