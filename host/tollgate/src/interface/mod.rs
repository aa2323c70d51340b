//! An embedder's own interfaces, which pass the same gate as the host's.
//!
//! A function of such an interface says three things: what operation each call of it asks for ([`Ask`]), what the guest
//! is answered when that is denied ([`Denial`]), and what is done with the permit when it is not. There is no way to link
//! one without them, but for one that says why it needs none: it moves what the guest has already, or lets it wait for that.

mod ask;
mod calling;
mod function;
mod name;
mod serve;
mod told;
mod typed;

pub use ask::{Ask, Denial};
pub use calling::Calling;
pub use function::Told;
pub use serve::{Admitted, Failed, Handling};
pub(crate) use told::find;
pub use told::{Interface, link, requests};
pub use wasmtime::component::{ComponentNamedList, Lift, Lower};
