//! Engine profiles: a closed set of wasmtime configurations, as types.
//!
//! A component that was compiled under one profile cannot be handed to an engine of another: the profile is a type
//! parameter of both, so the mix-up does not compile.

use std::fmt::Debug;
use std::marker::PhantomData;

use std::sync::Arc;

use wasmtime::WasmFeatures;

use crate::compile::{Compiling, Flights};
use crate::pool::Pool;
use crate::time::{Ticker, Ticking};

mod sealed {
    pub trait Sealed {}
}

/// One configuration of the engine.
pub trait Profile: sealed::Sealed + Debug + Send + Sync + 'static {
    /// The profile's name, part of every cache key.
    const NAME: &'static str;
    /// The most bytes of stack that a guest's frames may take.
    const WASM_STACK: usize;
    /// Whether instructions are counted, which slows every loop.
    const FUEL: bool;
}

/// Any component or adapted module, run once.
#[derive(Debug)]
pub enum Run {}

impl sealed::Sealed for Run {}

impl Profile for Run {
    const NAME: &'static str = "run";
    const WASM_STACK: usize = 512 << 10;
    const FUEL: bool = false;
}

/// As [`Run`], with fuel: for runs that must end at the same instruction each time.
#[derive(Debug)]
pub enum RunWithFuel {}

impl sealed::Sealed for RunWithFuel {}

impl Profile for RunWithFuel {
    const NAME: &'static str = "run-with-fuel";
    const WASM_STACK: usize = Run::WASM_STACK;
    const FUEL: bool = true;
}

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
            config.allocation_strategy(pool.config());
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
        self.inner.ticker.run()
    }

    pub(crate) fn flights(&self) -> &Flights {
        &self.inner.flights
    }

    pub(crate) fn compiling(&self) -> &Compiling {
        &self.inner.compiling
    }
}

/// What WebAssembly a guest may use, said feature by feature: a release of the engine that switches something on
/// changes nothing here. Left out is what no guest here needs and what past advisories came through: garbage collection
/// and its types, typed function references, exceptions, threads, 64-bit memories, stack switching, and the
/// asynchronous component model.
fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::COMPONENT_MODEL
        // The engine's own glue between the instances of a component copies from one memory to another.
        | WasmFeatures::MULTI_MEMORY
}

/// The one place that configures wasmtime, for compiling and running alike. One compiler: the second one, Winch, has
/// had escapes of its own.
pub(crate) fn config<P: Profile>() -> wasmtime::Config {
    let mut config = wasmtime::Config::new();
    config
        .strategy(wasmtime::Strategy::Cranelift)
        .wasm_features(WasmFeatures::all().difference(features()), false)
        .wasm_features(features(), true)
        .epoch_interruption(true)
        .consume_fuel(P::FUEL)
        .max_wasm_stack(P::WASM_STACK)
        .async_stack_size(P::WASM_STACK + (1 << 20))
        .memory_init_cow(true)
        .generate_address_map(true);
    config
}
