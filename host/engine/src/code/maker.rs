//! The instance that compiles a text: of the component that runs programs, asked this and nothing else.
//!
//! Each text gets an instance of its own, with nothing outside: what a text does to the memory of its compiler, it does to
//! no other text's code.

use std::sync::OnceLock;
use std::time::Duration;

use wasmtime::component::{Component, ComponentType, InstancePre, Linker, Lower};
use wasmtime::{Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};

use super::bounds::{LONGEST_MS, MOST_MEMORY};
use crate::engine::Engine;
use crate::profile::Profile;
use crate::time::TickerHandle;

/// The function of the component.
const COMPILE: &str = "compile";

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub enum Form {
    /// An ES module.
    #[component(name = "module")]
    Module,
    /// A CommonJS module.
    #[component(name = "commonjs")]
    CommonJs,
    /// JSON, which has no code.
    #[component(name = "json")]
    Json,
}

/// Why a text has no code now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoCode {
    /// It does not compile, or not within the bounds: it will not the next time.
    Never,
    /// There was no instance for it.
    Now,
}

pub(crate) struct Maker {
    component: Component,
    engine: wasmtime::Engine,
    ticker: TickerHandle,
    linked: OnceLock<Option<InstancePre<StoreLimits>>>,
}

impl Maker {
    pub(crate) fn new<P: Profile>(engine: &Engine<P>, component: &Component) -> Self {
        Self {
            component: component.clone(),
            engine: engine.wasmtime().clone(),
            ticker: engine.ticker(),
            linked: OnceLock::new(),
        }
    }

    fn linked(&self) -> Option<&InstancePre<StoreLimits>> {
        let link = || {
            let mut linker = Linker::new(&self.engine);
            linker
                .define_unknown_imports_as_traps(&self.component)
                .ok()?;
            linker.instantiate_pre(&self.component).ok()
        };
        self.linked.get_or_init(link).as_ref()
    }

    /// The code of a text.
    pub(crate) async fn make(&self, form: Form, name: &str, text: &str) -> Result<Vec<u8>, NoCode> {
        let limits = StoreLimitsBuilder::new().memory_size(MOST_MEMORY).build();
        let mut store = Store::new(&self.engine, limits);
        store.limiter(|limits| limits);
        // It gives up its turn with each epoch, so that its time can be noticed to be over.
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let _ticking = self.ticker.run();
        let linked = self.linked().ok_or(NoCode::Now)?;
        let work = async {
            let instance = linked
                .instantiate_async(&mut store)
                .await
                .map_err(|_| NoCode::Now)?;
            let compile = instance
                .get_typed_func::<(Form, &str, &str), (Result<Vec<u8>, String>,)>(
                    &mut store, COMPILE,
                )
                .map_err(|_| NoCode::Now)?;
            let (made,) = compile
                .call_async(&mut store, (form, name, text))
                .await
                .map_err(|_| NoCode::Never)?;
            made.map_err(|_| NoCode::Never)
        };
        tokio::time::timeout(Duration::from_millis(LONGEST_MS), work)
            .await
            .unwrap_or(Err(NoCode::Never))
    }
}
