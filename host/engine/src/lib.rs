//! wasmtime under Tollgate: profiles, loading, stores, limits and the gate.
//!
//! This crate knows how a component becomes a run, and the [`Gate`] that each of a run's host calls passes. It does
//! not know which interfaces there are: whoever loads a component says how to fill the linker.

mod adapt;
pub mod cache;
pub mod caps;
pub mod code;
mod compile;
mod component;
mod digest;
mod engine;
mod fixed;
mod gate;
pub mod guarded;
mod imports;
mod in_force;
mod invoke;
mod limiter;
mod live;
mod merge;
mod place;
mod pool;
mod preinitialise;
mod profile;
mod release;
mod run;
mod segments;
mod source;
mod stop;
mod time;
mod usage;
pub mod worker;

pub use adapt::{AdaptError, adapt_library, check_imports, shown};
pub use async_trait::async_trait;
pub use caps::CapError;
pub use compile::{Bounds, CompileError, Compiled, Compiling, Origin};
pub use component::{LoadError, Loaded, Source};
pub use digest::Digest;
pub use engine::{Engine, EngineError, EngineOptions};
pub use fixed::FIXED;
pub use gate::{Call, Decider, Gate, Outcome, Rate, Ruling, Traffic, Verdict, case_of};
pub use guarded::{Panicked, guarded, is_guarded};
pub use imports::{Function, Interface, Surface, surface};
pub use in_force::InForce;
pub use invoke::{Export, Invocation, InvokeError, exports};
pub use limiter::Limiter;
pub use live::{CallError, Live};
pub use place::Place;
pub use pool::Pool;
pub use preinitialise::{PreinitialiseError, Step, preinitialise, preinitialise_and_try};
pub use profile::{
    Profile, Run as RunProfile, RunLanguage, RunLanguageWithFuel, RunP3, RunP3WithFuel,
    RunWithFuel, guest_features,
};
pub use run::{Ended, Entry, GuestState, RunError};
pub use source::{
    DOCS_SECTION, Kind, MAX_SOURCE_BYTES, NotWebAssembly, detect, has_deep_stack, mark_deep_stack,
};
pub use stop::Stop;
pub use time::Control;
pub use usage::{Spent, Usage};
