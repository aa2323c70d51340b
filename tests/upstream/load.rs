//! Loading by the host's own steps.

use tollgate_bridge::{Guest, add_to_linker};
use tollgate_engine::{Engine, LoadError, Loaded, RunProfile, Source};
use wasmparser::{Validator, WasmFeatures};

/// The one place that compiles for these tests.
pub(crate) fn load(
    engine: &Engine<RunProfile>,
    component: Vec<u8>,
) -> Result<Loaded<Guest>, LoadError> {
    let source = Source::new(component)?;
    let (compiled, _) = engine.compile_in_process(&source, None, |_| ())?;
    engine.link(source.digest(), &compiled, add_to_linker)
}

/// A component as it is, and a core module in a component, so that it takes the way that every module takes.
pub(crate) fn as_loaded(bytes: &[u8]) -> Vec<u8> {
    if is_component(bytes) {
        return bytes.to_vec();
    }
    let mut component = wasm_encoder::Component::new();
    component.section(&wasm_encoder::RawSection { id: 1, data: bytes });
    component.finish()
}

/// Whether bytes are a component, by their header.
pub(crate) fn is_component(bytes: &[u8]) -> bool {
    bytes.get(..8) == Some(b"\0asm\x0d\0\x01\0")
}

/// Whether a reader that takes all of our features, or all that there are, takes the bytes.
pub(crate) fn is_valid(bytes: &[u8], features: WasmFeatures) -> bool {
    let bytes = bytes.to_vec();
    // The reader has asserts that hostile bytes trip; the host catches them, and so does this.
    std::panic::catch_unwind(move || {
        Validator::new_with_features(features)
            .validate_all(&bytes)
            .is_ok()
    })
    .unwrap_or(false)
}

/// The features that are on, written down a second time: whoever changes the first must mean it.
pub(crate) fn ours() -> WasmFeatures {
    WasmFeatures::WASM2.difference(WasmFeatures::GC_TYPES)
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::COMPONENT_MODEL
}
