//! The engine and the module of a world, as one component.

use tollgate_engine::mark_deep_stack;
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, LibraryInfo, StringEncoding, embed_component_metadata};

use super::Wit;
use super::engine::imports;
use super::stand_in::stand_ins;
use crate::compose::{ComposeError, failed};

/// What the engine's own module exports, and the helpers beside it do not.
const MARK: &str = "tollgate-world-call";

fn exports_mark(module: &[u8]) -> bool {
    let mut payloads = Parser::new(0).parse_all(module).filter_map(Result::ok);
    payloads.any(|payload| match payload {
        Payload::ExportSection(exports) => exports
            .into_iter()
            .filter_map(Result::ok)
            .any(|export| export.name == MARK),
        _ => false,
    })
}

/// The core module within the engine, with the memory that it has.
fn module(engine: &[u8]) -> Result<&[u8], ComposeError> {
    for payload in Parser::new(0).parse_all(engine) {
        let payload = payload.map_err(failed)?;
        if let Payload::ModuleSection {
            unchecked_range, ..
        } = payload
            && let Some(module) = engine.get(unchecked_range)
            && exports_mark(module)
        {
            return Ok(module);
        }
    }
    Err(failed("the engine takes no world in"))
}

/// The engine as a component that exports what the world does, and imports what both do.
pub(crate) fn link(engine: &[u8], wit: &Wit) -> Result<Vec<u8>, ComposeError> {
    let mut main = module(engine)?.to_vec();
    let (resolve, world) = imports(engine)?;
    let stand_ins = stand_ins(&main)?;
    embed_component_metadata(&mut main, &resolve, world, StringEncoding::UTF8).map_err(failed)?;
    let mut glue = wit.plan.glue();
    embed_component_metadata(&mut glue, &wit.resolve, wit.world, StringEncoding::UTF8)
        .map_err(failed)?;
    // It is instantiated as soon as there is the engine, and takes what it needs of it by the name that is kept for that.
    let info = LibraryInfo {
        instantiate_after_shims: false,
        arguments: Vec::new(),
    };
    let mut encoder = ComponentEncoder::default()
        .validate(true)
        .module(&main)
        .map_err(failed)?;
    for (interface, stand_in) in &stand_ins {
        encoder = encoder.adapter(interface, stand_in).map_err(failed)?;
    }
    let mut component = encoder
        .library("world", &glue, info)
        .and_then(|mut encoder| encoder.encode())
        .map_err(failed)?;
    mark_deep_stack(&mut component);
    Ok(component)
}
