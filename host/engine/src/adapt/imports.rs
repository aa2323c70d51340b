//! What a module may import: WASI 0.1 as its adapter has it, by name and by type.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use wasi_preview1_component_adapter_provider as adapter;
use wasmparser::{
    ExternalKind, FuncType, ImportSectionReader, Parser, Payload, TypeRef, Validator,
};

use super::error::{AdaptError, MAX_IMPORTS, shown};

pub(super) const WASI_0_1: &str = adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME;

/// Says what a core module imports that no adapter provides: in our own words, before the encoder of components says it in
/// its own, or takes the import for something else.
///
/// # Errors
///
/// The module is malformed, has too many imports, or one that is not of WASI 0.1.
pub fn check_imports(module: &[u8]) -> Result<(), AdaptError> {
    let mut types = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(AdaptError::malformed)? {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    types.push(ty.map_err(AdaptError::malformed)?);
                }
            }
            Payload::ImportSection(imports) if imports.count() > MAX_IMPORTS => {
                let count = imports.count();
                return Err(AdaptError::TooManyImports { count });
            }
            Payload::ImportSection(imports) => check_section(imports, &types)?,
            _ => {}
        }
    }
    Ok(())
}

fn check_section(imports: ImportSectionReader<'_>, types: &[FuncType]) -> Result<(), AdaptError> {
    for import in imports.into_imports() {
        let import = import.map_err(AdaptError::malformed)?;
        let name = import.name;
        let unknown = || AdaptError::UnknownImport {
            module: shown(import.module),
            name: shown(name),
        };
        match import.module {
            WASI_0_1 => {}
            "wasi_unstable" => return Err(AdaptError::TooOld),
            _ => return Err(unknown()),
        }
        let provided = provided().get(name).ok_or_else(unknown)?;
        let wanted = match import.ty {
            TypeRef::Func(index) => usize::try_from(index)
                .ok()
                .and_then(|index| types.get(index)),
            _ => None,
        };
        if wanted != Some(provided) {
            let name = name.to_owned();
            return Err(AdaptError::WrongImport { name });
        }
    }
    Ok(())
}

/// The functions of WASI 0.1, read once from the adapter itself, which has four of its own beside them: C libraries for later
/// releases ask for those.
fn provided() -> &'static BTreeMap<String, FuncType> {
    static PROVIDED: OnceLock<BTreeMap<String, FuncType>> = OnceLock::new();
    // An adapter that cannot be read provides nothing, which the tests of adapting would notice.
    PROVIDED
        .get_or_init(|| read(adapter::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER).unwrap_or_default())
}

fn read(adapter: &[u8]) -> wasmparser::Result<BTreeMap<String, FuncType>> {
    let types = Validator::new().validate_all(adapter)?;
    let types = types.as_ref();
    let mut found = BTreeMap::new();
    for payload in Parser::new(0).parse_all(adapter) {
        if let Payload::ExportSection(exports) = payload? {
            for export in exports {
                let export = export?;
                // What the encoder of components looks for is no import of a module's.
                if export.kind == ExternalKind::Func && !export.name.starts_with("cabi_") {
                    let ty = types.get(types.core_function_at(export.index));
                    let ty = ty.map(|ty| ty.unwrap_func().clone());
                    found.extend(ty.map(|ty| (export.name.to_owned(), ty)));
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_adapters_have_all_of_wasi_0_1_and_agree() {
        let command = read(adapter::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER).unwrap();
        for (name, ty) in provided() {
            assert_eq!(command.get(name), Some(ty), "{name}");
        }
        for name in ["fd_write", "proc_exit", "clock_time_get", "sock_accept"] {
            assert!(provided().contains_key(name), "{name}");
        }
        let own = |name: &&String| name.contains("adapter_");
        assert_eq!(provided().keys().filter(own).count(), 4);
        assert_eq!(provided().len(), 46 + 4, "{:?}", provided().keys());
    }
}
