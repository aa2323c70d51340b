//! Code of programs in source: what a runtime's compiler makes of a text, kept so that a later run need not compile it.
//!
//! Source, code, and a program that was built are three tiers of one cache. A first run compiles its texts as it comes to
//! them. Beside it, for programs that are long enough for it to matter, another instance of the same component compiles the
//! same texts and runs nothing: what it makes is kept under the texts' own digests, so that a text that has changed is
//! compiled as if it were new. A run's own memory is never the source of code, for a program can write to it.
//!
//! Texts are read, checked, counted and recorded as they are without any of this; only compiling them is saved.

mod asked;
mod bounds;
mod held;
mod maker;
mod making;
mod pack;
mod run;
mod shared;

use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;
use wasmtime::component::Component;

use crate::cache::Cache;
use crate::digest::Digest;
use crate::engine::Engine;
use crate::profile::Profile;

pub use asked::{Asked, Form, Text};
pub use bounds::LONGEST_WAIT_MS;
pub(crate) use bounds::{
    LEAST_TEXTS, LONGEST_IDLE_MS, LONGEST_MS, LONGEST_NAME, MOST_AT_ONCE, MOST_CODE, MOST_CODES,
    MOST_HELD, MOST_MEMORY, MOST_TEXTS, OLDEST,
};
pub use pack::{Name, NoPack, Pack};
pub use run::{CodeRun, CodeUse};

/// The code that is kept for the programs of one runtime. Cheap to clone.
#[derive(Clone)]
pub struct Codes(Arc<shared::Shared>);

impl std::fmt::Debug for Codes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codes")
            .field("runtime", &self.0.runtime)
            .finish_non_exhaustive()
    }
}

impl Codes {
    /// For programs that `component` runs, whose digest is `runtime`: kept in `cache`, where there is one, and in this
    /// process. None where the engine counts fuel: a run takes as much the first time as any other.
    #[must_use]
    pub fn new<P: Profile>(
        engine: &Engine<P>,
        component: &Component,
        runtime: Digest,
        cache: Option<Cache>,
    ) -> Option<Self> {
        (!P::FUEL).then(|| {
            Self(Arc::new(shared::Shared {
                maker: maker::Maker::new(engine, component),
                runtime,
                cache,
                held: Mutex::default(),
                turns: Arc::new(Semaphore::new(MOST_AT_ONCE)),
            }))
        })
    }

    /// What one run asks.
    #[must_use]
    pub fn begin(&self) -> CodeRun {
        CodeRun::new(Arc::clone(&self.0))
    }
}
