//! What stands in for the interfaces that only Tollgate serves. A program that lies in the engine's memory asks none of them:
//! each function traps.

use std::collections::BTreeMap;

use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection,
};
use wasmparser::{CompositeInnerType, FuncType, Parser, Payload, TypeRef};

use crate::compose::{ComposeError, failed, is_ours};

/// Functions of one interface: names, and what each takes and gives.
type Functions = Vec<(String, FuncType)>;

/// What the module imports of interfaces of ours, by their names.
fn wanted(module: &[u8]) -> Result<BTreeMap<String, Functions>, ComposeError> {
    let mut types = Vec::new();
    let mut wanted: BTreeMap<String, Functions> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(failed)? {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group.map_err(failed)?.into_types() {
                        types.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => Some(ty),
                            CompositeInnerType::Array(_)
                            | CompositeInnerType::Struct(_)
                            | CompositeInnerType::Cont(_) => None,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(failed)?;
                    let TypeRef::Func(ty) = import.ty else {
                        continue;
                    };
                    let ty = usize::try_from(ty).ok().and_then(|ty| types.get(ty));
                    if let (true, Some(Some(ty))) = (is_ours(import.module), ty) {
                        let functions = wanted.entry(import.module.to_owned()).or_default();
                        functions.push((import.name.to_owned(), ty.clone()));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(wanted)
}

fn trapping(functions: &Functions) -> Result<Vec<u8>, ComposeError> {
    let mut types = TypeSection::new();
    let mut own = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for (number, (name, ty)) in (0..).zip(functions) {
        let ty = RoundtripReencoder.func_type(ty.clone()).map_err(failed)?;
        types
            .ty()
            .function(ty.params().iter().copied(), ty.results().iter().copied());
        own.function(number);
        exports.export(name, ExportKind::Func, number);
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        code.function(&body);
    }
    let mut module = Module::new();
    module
        .section(&types)
        .section(&own)
        .section(&exports)
        .section(&code);
    Ok(module.finish())
}

/// A module for each interface of ours that the engine's module imports, by the interface's name.
pub(super) fn stand_ins(module: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ComposeError> {
    let wanted = wanted(module)?;
    let made = wanted.into_iter().map(|(name, functions)| {
        let module = trapping(&functions)?;
        Ok((name, module))
    });
    made.collect()
}
