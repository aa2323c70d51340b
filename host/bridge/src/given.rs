//! What the operator gives to a run.

use std::sync::Arc;

use tollgate_capability::clock::Monotonic;
use tollgate_capability::net::{Lookups, Resolver};
use tollgate_vfs::Tree;

/// Where a guest's standard input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The process's own.
    Inherit,
    /// These bytes, then the end.
    Bytes(bytes::Bytes),
}

/// What the operator gave to a run, beside the policy that says what of it may be used.
pub(crate) struct Given {
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) tree: Tree,
    pub(crate) stdin: Input,
    pub(crate) clock: Monotonic,
    pub(crate) resolver: Arc<dyn Resolver>,
}

/// What a run learnt of the network.
#[derive(Default)]
pub(crate) struct Learnt {
    pub(crate) lookups: Lookups,
}
