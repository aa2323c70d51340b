//! The functions of a component, read from its WIT.
//!
//! What a component takes and gives stands in its own types; what its authors say of them, in the custom section
//! `package-docs`, where their tools keep it, or in the one of what `tollgate build` makes. Both are hostile bytes: types are
//! kept in a table where each stands once, names and docs have limits, and a function whose types are too many or too deep is
//! listed with that as the reason why it cannot be called.

mod docs;
mod function;
mod limits;
mod parts;
mod read;
mod table;
mod text;
mod types;

pub use function::{Function, Parameter, Place, Refused};
pub use limits::FIXED;
pub use read::{UnreadableWit, functions};
pub use types::{MAX_DEPTH, Unsupported};

pub(crate) use types::{Integer, Member, Members, Shape, TypeRef, Types};
