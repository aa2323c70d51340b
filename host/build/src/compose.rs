//! The parts of a component, put together: the engine, and what stands in for the interfaces that only Tollgate serves.

use tollgate_engine::mark_deep_stack;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{ManglingAndAbi, Resolve, WorldId, WorldKey};

use crate::world::World;

/// Why the parts do not fit together: a fault of the build, and of no program.
#[derive(Debug, thiserror::Error)]
#[error("the component cannot be put together: {0}")]
pub struct ComposeError(String);

pub(crate) fn failed(error: impl std::fmt::Display) -> ComposeError {
    ComposeError(format!("{error:#}"))
}

/// Whether only Tollgate serves an interface, or a host of it: a program that lies in the engine's memory asks none of them.
pub(crate) fn is_ours(interface: &str) -> bool {
    ["tollgate:bridge/", "tollgate:host/"]
        .iter()
        .any(|package| interface.starts_with(package))
}

/// The imports that any host need not have.
fn ours(resolve: &Resolve, world: WorldId) -> Vec<String> {
    let Some(world) = resolve.worlds.get(world) else {
        return Vec::new();
    };
    world
        .imports
        .keys()
        .filter_map(|key| match key {
            WorldKey::Interface(id) => resolve.id_of(*id),
            WorldKey::Name(_) => None,
        })
        .filter(|name| is_ours(name))
        .collect()
}

/// A component that exports these interfaces, in the types in which the engine imports them. Every function traps: the
/// engine calls none of them.
fn stand_in(mut resolve: Resolve, interfaces: &[String]) -> Result<Vec<u8>, ComposeError> {
    let exports: String = interfaces
        .iter()
        .map(|interface| format!("export {interface};\n"))
        .collect();
    let text = format!("package tollgate:stand-in;\nworld stand-in {{\n{exports}}}\n");
    let package = resolve.push_source("stand-in.wit", &text).map_err(failed)?;
    let world = resolve
        .select_world(&[package], Some("stand-in"))
        .map_err(failed)?;
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).map_err(failed)?;
    ComponentEncoder::default()
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(failed)
}

/// The engine, whose memory holds the program, as a component of this world.
pub(crate) fn compose(engine: Vec<u8>, world: World) -> Result<Vec<u8>, ComposeError> {
    let (resolve, own) = match decode(&engine).map_err(failed)? {
        DecodedWasm::Component(resolve, world) => (resolve, world),
        DecodedWasm::WitPackage(..) => return Err(failed("the engine is no component")),
    };
    let interfaces = ours(&resolve, own);
    let stand_in = stand_in(resolve, &interfaces)?;

    let mut graph = CompositionGraph::new();
    let package = Package::from_bytes("tollgate:stand-in", None, stand_in, graph.types_mut())
        .map_err(failed)?;
    let stand_in = graph.register_package(package).map_err(failed)?;
    let package = Package::from_bytes("tollgate:javascript", None, engine, graph.types_mut())
        .map_err(failed)?;
    let engine = graph.register_package(package).map_err(failed)?;
    let (stand_in, engine) = (graph.instantiate(stand_in), graph.instantiate(engine));
    for interface in &interfaces {
        let served = graph
            .alias_instance_export(stand_in, interface)
            .map_err(failed)?;
        graph
            .set_instantiation_argument(engine, interface, served)
            .map_err(failed)?;
    }
    let export = graph
        .alias_instance_export(engine, world.export())
        .map_err(failed)?;
    graph.export(export, world.export()).map_err(failed)?;
    let mut component = graph.encode(EncodeOptions::default()).map_err(failed)?;
    mark_deep_stack(&mut component);
    Ok(component)
}
