//! The segments of the merged module: what is written into its tables and memory before anything runs.

use wasm_encoder::{DataSection, ElementSection, Elements, HeapType, RefType};
use wasmparser::{DataKind, ElementItems, ElementKind, ValType};

use super::constant::{Value, fold};
use super::index::at;
use super::kept::Kept;
use super::link::{Linked, Member};

/// All segments of elements, in the order of the members. At the end are the functions of which code takes a reference: a
/// module has to name them outside of its code, and some were named by exports that are no more.
pub(super) fn elements(linked: &Linked<'_, '_>, kept: &Kept) -> Option<ElementSection> {
    let mut section = ElementSection::new();
    for member in &linked.members {
        for element in &member.module.elements {
            match &element.kind {
                ElementKind::Active {
                    table_index,
                    offset_expr,
                } => {
                    let items = items(member, kept, &element.items)?;
                    let table = *at(&member.indices.tables, table_index.unwrap_or(0))?;
                    let offset = fold(offset_expr, &member.values, &member.indices.funcs)?;
                    let offset = offset.expression(|function| kept.function(function))?;
                    // The short form is of the first table, and of functions.
                    let explicit = table != 0 || matches!(items, Elements::Expressions(..));
                    section.active(explicit.then_some(table), &offset, items)
                }
                ElementKind::Passive => section.passive(items(member, kept, &element.items)?),
                // It stays for the indices of those that follow.
                ElementKind::Declared => {
                    section.declared(Elements::Functions([].as_slice().into()))
                }
            };
        }
    }
    if !kept.referred.is_empty() {
        let all: Vec<u32> = kept.referred.iter().copied().collect();
        section.declared(Elements::Functions(all.into()));
    }
    Some(section)
}

fn items(
    member: &Member<'_, '_>,
    kept: &Kept,
    items: &ElementItems<'_>,
) -> Option<Elements<'static>> {
    let values = member.values_of(items)?;
    let heap_type = match items {
        ElementItems::Functions(_) => HeapType::FUNC,
        ElementItems::Expressions(ty, _) => match ValType::Ref(*ty) {
            ValType::FUNCREF => HeapType::FUNC,
            ValType::EXTERNREF => HeapType::EXTERN,
            _ => return None,
        },
    };
    // The engine makes an image of a table that is filled with functions, and none of one that is filled with values.
    let functions: Option<Vec<u32>> = (values.iter())
        .map(|value| match value {
            Value::Func(index) => kept.function(*index),
            _ => None,
        })
        .collect();
    if let (Some(functions), true) = (functions, heap_type == HeapType::FUNC) {
        return Some(Elements::Functions(functions.into()));
    }
    let nullable = true;
    let expressions: Option<Vec<_>> = (values.into_iter())
        .map(|value| value.expression(|function| kept.function(function)))
        .collect();
    let ty = RefType {
        nullable,
        heap_type,
    };
    Some(Elements::Expressions(ty, expressions?.into()))
}

/// All segments of data, in the order of the members.
pub(super) fn data(linked: &Linked<'_, '_>, kept: &Kept) -> Option<DataSection> {
    let mut section = DataSection::new();
    for member in &linked.members {
        for data in &member.module.data {
            let bytes = data.data.iter().copied();
            match &data.kind {
                DataKind::Active {
                    memory_index,
                    offset_expr,
                } => {
                    let memory = *at(&member.indices.memories, *memory_index)?;
                    let offset = fold(offset_expr, &member.values, &member.indices.funcs)?;
                    section.active(
                        memory,
                        &offset.expression(|function| kept.function(function))?,
                        bytes,
                    )
                }
                DataKind::Passive => section.passive(bytes),
            };
        }
    }
    Some(section)
}
