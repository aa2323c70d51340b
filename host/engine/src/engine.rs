//! A wasmtime engine under one profile.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::compile::flights::Flights;
use crate::compile::place::Compiling;
use crate::pool::Pool;
use crate::profile::{Profile, Run, config};
use crate::time::{Ticker, TickerHandle, Ticking};

/// How an engine holds guests, and how it compiles them.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// Room for many guests at a time; without, each one's memory is mapped when it starts.
    pub pool: Option<Pool>,
    /// Where components are compiled.
    pub compiling: Compiling,
}

/// A wasmtime engine under one profile, with its epoch ticker. Cheap to clone: every clone is the same engine.
pub struct Engine<P: Profile = Run> {
    inner: Arc<Inner>,
    profile: PhantomData<P>,
}

struct Inner {
    wasm: wasmtime::Engine,
    ticker: Ticker,
    flights: Flights,
    compiling: Compiling,
    pooled: bool,
}

impl<P: Profile> Clone for Engine<P> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            profile: PhantomData,
        }
    }
}

impl<P: Profile> Debug for Engine<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("profile", &P::NAME)
            .field("pooled", &self.inner.pooled)
            .finish_non_exhaustive()
    }
}

/// The engine could not be made on this machine.
#[derive(Debug, thiserror::Error)]
#[error("the WebAssembly engine cannot start: {0}")]
pub struct EngineError(String);

impl<P: Profile> Engine<P> {
    /// Makes an engine for a guest or two, without a pool.
    ///
    /// # Errors
    ///
    /// The machine lacks what the engine needs (address space, threads, an instruction set).
    pub fn new() -> Result<Self, EngineError> {
        Self::with(EngineOptions::default())
    }

    /// Makes an engine. A pool that the machine has no address space for is done without.
    ///
    /// # Errors
    ///
    /// As [`Engine::new`].
    pub fn with(options: EngineOptions) -> Result<Self, EngineError> {
        let pooled = options.pool.and_then(|pool| {
            let mut config = config::<P>();
            config.allocation_strategy(pool.config(P::KEPT_BYTES));
            wasmtime::Engine::new(&config).ok()
        });
        let is_pooled = pooled.is_some();
        let wasm = pooled.map_or_else(
            || {
                wasmtime::Engine::new(&config::<P>())
                    .map_err(|error| EngineError(format!("{error:#}")))
            },
            Ok,
        )?;
        let ticker = Ticker::start(&wasm).map_err(|error| EngineError(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                wasm,
                ticker,
                flights: Flights::default(),
                compiling: options.compiling,
                pooled: is_pooled,
            }),
            profile: PhantomData,
        })
    }

    /// Whether guests come from a pool: asked for, and got.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        self.inner.pooled
    }

    /// The engine beneath, for filling a linker.
    #[must_use]
    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner.wasm
    }

    pub(crate) fn ticking(&self) -> Ticking {
        self.inner.ticker.handle().run()
    }

    pub(crate) fn ticker(&self) -> TickerHandle {
        self.inner.ticker.handle()
    }

    pub(crate) fn flights(&self) -> &Flights {
        &self.inner.flights
    }

    pub(crate) fn compiling(&self) -> &Compiling {
        &self.inner.compiling
    }
}
