//! A function with all of its types.

use super::ask::{Ask, Denial};

/// A function, with its types.
pub(super) struct Typed<P, R, H> {
    /// As records name it.
    pub(super) import: String,
    pub(super) ask: Ask<P>,
    /// None where the results cannot say that it is denied.
    pub(super) denial: Option<Denial<P, R>>,
    pub(super) handler: H,
}
