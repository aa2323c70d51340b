//! An embedder's own interfaces, which pass the same gate as the host's.
//!
//! A function of such an interface says three things: what operation each call of it asks for ([`Ask`]), what the guest
//! is answered when that is denied ([`Denial`]), and what is done with the permit when it is not. There is no way to link
//! one without them: [`HostBuilder::interface`](crate::HostBuilder::interface) is the only door to the linker.

mod ask;
mod function;
mod name;
mod serve;
mod told;
mod typed;

pub use ask::{Ask, Denial};
pub use serve::{Admitted, Failed, Handling};
pub use told::Interface;
pub(crate) use told::{find, requests};
