//! Engine profiles: a closed set of wasmtime configurations, as types.
//!
//! A component that was compiled under one profile cannot be handed to an engine of another: the profile is a type
//! parameter of both, so the mix-up does not compile.

use std::fmt::Debug;
use wasmtime::WasmFeatures;

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
