//! Where programs are and how they run: in folders of the host ([`Transport`](super::Transport)), or in a VM. The same
//! requests, errors and order of checks hold for each.

use std::future::Future;
use std::pin::Pin;

use tollgate::{Outcome, QueuedOutput, Refused};

use super::error::Unspawned;
use super::language::Language;

/// Why there is no program to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfound {
    /// It lies beneath no allowed prefix, or the policy does not let it be run.
    NotAllowed,
    /// There is nothing.
    Missing,
    /// It is no program.
    NotExecutable,
    /// It is a source in a language that this build leaves out.
    LeftOut(Language),
}

/// Why a program was not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unstarted {
    /// None could be made of it.
    Failed(Unspawned),
    /// The policy lets it read no input.
    StdinDenied,
}

/// What a program is given.
#[derive(Clone, PartialEq, Eq)]
pub struct Order {
    /// What follows its name.
    pub argv: Vec<String>,
    /// Variables, of which the policy says which it sees.
    pub env: Vec<(String, String)>,
    /// What it reads, and then the end.
    pub stdin: Vec<u8>,
}

// All of it is the caller's, and may be secret.
impl std::fmt::Debug for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Order").finish_non_exhaustive()
    }
}

/// A program that runs.
pub struct Running<'a> {
    /// Ends it now. More than once does nothing more.
    pub end: Box<dyn Fn() + Send + Sync + 'a>,
    /// What it comes to: it is gone then, and its end is recorded. Dropped before, the program ends too.
    pub outcome: Pin<Box<dyn Future<Output = Result<Outcome, Refused>> + Send + 'a>>,
}

impl std::fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

/// Where programs are, and how they run.
pub trait Ground: Sync {
    /// A program that was found.
    type Found: Send;
    /// A program that is about to run.
    type Ready: Send;

    /// Finds what lies at a path, as the request writes it.
    fn find(&self, path: &str) -> impl Future<Output = Result<Self::Found, Unfound>> + Send;

    /// Makes it ready. May take long, and may be dropped.
    fn load(
        &self,
        found: Self::Found,
        order: Order,
    ) -> impl Future<Output = Result<Self::Ready, Unstarted>> + Send;

    /// Starts it. What it writes goes into `output`.
    fn start(&self, ready: Self::Ready, output: QueuedOutput) -> Running<'_>;
}
