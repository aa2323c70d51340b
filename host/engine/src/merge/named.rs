//! The core items that items of a component name by their indices.

use wasm_encoder::reencode::{self, Reencode, ReencodeComponent};
use wasmparser::{CanonicalFunction, ComponentTypeSectionReader};

use super::index::LeftAlone;
use super::kind::Kind;

/// Collects the core items that something names.
#[derive(Default)]
struct Named(Vec<(Kind, u32)>);

impl Reencode for Named {
    type Error = LeftAlone;

    fn function_index(&mut self, func: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.0.push((Kind::Func, func));
        Ok(func)
    }

    fn table_index(&mut self, table: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.0.push((Kind::Table, table));
        Ok(table)
    }

    fn memory_index(&mut self, memory: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.0.push((Kind::Memory, memory));
        Ok(memory)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.0.push((Kind::Global, global));
        Ok(global)
    }
}

impl ReencodeComponent for Named {}

/// The core items that a function of the canonical ABI is made with.
pub(super) fn named_by_canonical(function: &CanonicalFunction) -> Option<Vec<(Kind, u32)>> {
    let mut named = Named::default();
    named
        .parse_component_canonical(
            &mut wasm_encoder::CanonicalFunctionSection::new(),
            function.clone(),
        )
        .ok()?;
    Some(named.0)
}

/// The destructors that types name.
pub(super) fn named_by_types(types: &ComponentTypeSectionReader<'_>) -> Option<Vec<(Kind, u32)>> {
    let mut named = Named::default();
    named
        .parse_component_type_section(
            &mut wasm_encoder::ComponentTypeSection::new(),
            types.clone(),
        )
        .ok()?;
    Some(named.0)
}
