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
    /// Whether a guest may use the asynchronous component model, which WASI 0.3 is made of.
    const ASYNC: bool = false;
    /// Bytes that a guest has written of a memory and that are reset in place when it ends, where there is a pool. Giving them
    /// back to the system takes longer, interrupts every processor that the host runs on, and has the next guest fetch them
    /// page by page. A place of the pool that no guest is in keeps at most so much of what its last one took.
    const KEPT_BYTES: usize = 64 << 10;
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

/// As [`Run`], with the stack that an interpreter needs for the recursion of the programs that it runs.
#[derive(Debug)]
pub enum RunLanguage {}

impl sealed::Sealed for RunLanguage {}

impl Profile for RunLanguage {
    const NAME: &'static str = "run-language";
    const WASM_STACK: usize = 16 << 20;
    const FUEL: bool = false;
    /// All that an interpreter writes until its program's first statement: JavaScript's a fifth of it, Python's the whole.
    const KEPT_BYTES: usize = 1 << 20;
}

/// As [`RunLanguage`], with fuel.
#[derive(Debug)]
pub enum RunLanguageWithFuel {}

impl sealed::Sealed for RunLanguageWithFuel {}

impl Profile for RunLanguageWithFuel {
    const NAME: &'static str = "run-language-with-fuel";
    const WASM_STACK: usize = RunLanguage::WASM_STACK;
    const FUEL: bool = true;
    const KEPT_BYTES: usize = RunLanguage::KEPT_BYTES;
}

/// As [`Run`], with the asynchronous component model. Experimental in the engine, so no other profile has it.
#[derive(Debug)]
pub enum RunP3 {}

impl sealed::Sealed for RunP3 {}

impl Profile for RunP3 {
    const NAME: &'static str = "run-p3";
    const WASM_STACK: usize = Run::WASM_STACK;
    const FUEL: bool = false;
    const ASYNC: bool = true;
}

/// As [`RunP3`], with fuel.
#[derive(Debug)]
pub enum RunP3WithFuel {}

impl sealed::Sealed for RunP3WithFuel {}

impl Profile for RunP3WithFuel {
    const NAME: &'static str = "run-p3-with-fuel";
    const WASM_STACK: usize = Run::WASM_STACK;
    const FUEL: bool = true;
    const ASYNC: bool = true;
}

/// What WebAssembly a guest may use, said feature by feature: a release of the engine that switches something on
/// changes nothing here. Left out is what no guest here needs and what past advisories came through: garbage collection
/// and its types, typed function references, exceptions, threads, 64-bit memories, stack switching, and, but for the
/// profiles that are there for it, the asynchronous component model.
pub(crate) fn features<P: Profile>() -> WasmFeatures {
    // Functions, streams and futures, and no more of it: threads, stackful lifts and error contexts are further steps
    // of the proposal, which no guest here needs.
    let asynchronous = if P::ASYNC {
        WasmFeatures::CM_ASYNC
    } else {
        WasmFeatures::empty()
    };
    asynchronous
        | WasmFeatures::MUTABLE_GLOBAL
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

/// What WebAssembly the core modules of a guest may use, whatever the profile: for who reads one before it is compiled.
#[must_use]
pub fn guest_features() -> WasmFeatures {
    features::<Run>()
}

/// The one place that configures wasmtime, for compiling and running alike. One compiler: the second one, Winch, has
/// had escapes of its own.
pub(crate) fn config<P: Profile>() -> wasmtime::Config {
    let mut config = wasmtime::Config::new();
    config
        .strategy(wasmtime::Strategy::Cranelift)
        .wasm_features(WasmFeatures::all().difference(features::<P>()), false)
        .wasm_features(features::<P>(), true)
        .epoch_interruption(true)
        .consume_fuel(P::FUEL)
        .max_wasm_stack(P::WASM_STACK)
        .async_stack_size(P::WASM_STACK + (1 << 20))
        .memory_init_cow(true)
        .generate_address_map(true);
    config
}
