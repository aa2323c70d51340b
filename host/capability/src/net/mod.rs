//! The network, behind permits: names and addresses.

mod lookups;
mod resolver;

pub use lookups::Lookups;
pub use resolver::{Lookup, ResolveError, Resolver, SystemResolver, resolve};
