//! The JavaScript engine as a component: QuickJS behind WASI and the bridge.
//!
//! The engine is a thin layer over javy's runtime. What a program finds is written in JavaScript (`../lib`) over the
//! functions of [`binding`]; what asks the host for modules is [`loader`].

mod binding;
mod bundle;
mod code;
mod failure;
mod library;
mod loader;
mod place;
mod raw;
mod runtime;
mod snapshot;
mod world;
