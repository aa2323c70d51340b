//! What a compilation may take, and what comes of it.

use std::sync::Arc;
use std::time::Duration;

use tollgate_policy::{LimitKey, Limits};
use wasmtime::component::Component;

use crate::cache::CacheError;

/// What one compilation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// From start to end.
    pub time: Duration,
    /// Memory of the worker, in bytes.
    pub memory: u64,
}

impl From<&Limits> for Bounds {
    fn from(limits: &Limits) -> Self {
        Self {
            time: limits.compile_time,
            memory: limits.compile_memory,
        }
    }
}

/// Why there is no native code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// Malformed, or using a feature that is switched off.
    #[error("the component is not valid: {0}")]
    Invalid(String),
    /// The compiler gave up on it.
    #[error("the component is built in a way that the compiler cannot take")]
    Unreadable,
    /// Compiling it takes too much.
    #[error("the {0} limit ended its compilation")]
    Limit(LimitKey),
    /// It needs more than one guest is given room for.
    #[error("the component does not fit this host: {0}")]
    DoesNotFit(String),
    /// No program to compile with was named, and this one is none.
    #[error(
        "compile-worker-missing: call `run_if_worker` first in `main`, name a worker program, or compile in process"
    )]
    WorkerMissing,
    /// The worker could not do its work.
    #[error("the compile worker failed: {0}")]
    Worker(String),
}

/// How a component came to be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Compiled just now, which took so long.
    Compiled {
        /// How long.
        took: Duration,
        /// Bytes of the artifact, where one was made.
        artifact: Option<u64>,
    },
    /// Found in the cache.
    Cached,
}

/// Native code, and where it came from.
#[derive(Clone)]
pub struct Compiled {
    /// The code.
    pub component: Component,
    /// Where it came from.
    pub origin: Origin,
    /// The cache could not be written, which is no error of the component.
    pub trouble: Option<Arc<CacheError>>,
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
