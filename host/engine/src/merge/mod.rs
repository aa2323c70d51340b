//! Core modules that a component links to each other, made one before they are compiled.
//!
//! Some toolchains put a component together of shared libraries: a module that owns memory and table, a module for each
//! library that fills its part of them, and an instance of each in every run. What one instance fills of another's table
//! cannot be known when it is compiled: the engine writes each element before the first instruction, reaches each function
//! and address of another library through a pointer, and reads the description of every module when the artifact is loaded.
//! In one module all of it is known. CPython is made this way, and a run of it begins in half the time.
//!
//! Nothing is decided here that a sandbox depends on: what comes out is validated and compiled like any component. A
//! component that is not made this way, or that cannot be merged with the same meaning, stays as it is.

mod choice;
mod code;
mod constant;
mod emit;
mod index;
mod kept;
mod kind;
mod link;
mod module;
mod named;
mod needed;
mod outline;
mod output;
mod passing;
mod segments;
#[cfg(test)]
mod tests;

use wasmparser::{Validator, WasmFeatures};

use crate::guarded::guarded;
use crate::profile::{Profile, features};

/// Part of what a compiled component is kept under: another number where the same component is merged otherwise.
pub(crate) const REVISION: &str = "merged-1";

/// Compiles a component with the modules that it links made one; as it is, where that is not possible.
pub(crate) fn compile<P: Profile, T, E>(
    component: &[u8],
    compile: impl Fn(&[u8]) -> Result<T, E>,
) -> Result<T, E> {
    let merged = guarded(|| merged(component, features::<P>()));
    if let Ok(Some(merged)) = merged
        && let Ok(compiled) = compile(&merged)
    {
        return Ok(compiled);
    }
    compile(component)
}

/// The component with the core modules that it links made one, if there are any that can be. `features` are those that it
/// will be compiled with: what is not valid then is not touched, so that what is wrong with it is said by the compiler.
fn merged(component: &[u8], features: WasmFeatures) -> Option<Vec<u8>> {
    let outline = outline::Outline::of(component)?;
    let modules = outline.parse_modules();
    let members = choice::choose(&outline, &modules)?;
    // Late, because it takes longest, and few components come here.
    Validator::new_with_features(features)
        .validate_all(component)
        .ok()?;
    emit::emit(&outline, &modules, &members)
}
