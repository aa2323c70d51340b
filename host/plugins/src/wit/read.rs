//! From a component's bytes to its functions.

use std::sync::Arc;

use tollgate_engine::guarded::{Panicked, guarded};
use wasmparser::component_types::{ComponentEntityType, ComponentFuncTypeId, ComponentItem};
use wasmparser::types::Types as Validated;
use wasmparser::{Encoding, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use super::docs::{self, Docs, Within};
use super::function::{Function, Parameter, Place, Refused};
use super::limits::{
    MAX_FUNCTION_BYTES, MAX_FUNCTIONS, MAX_SCHEMAS_BYTES, MAX_TEXT_BYTES, MAX_TYPES, TYPE_BYTES,
};
use super::table::{Filling, TooMuch};
use super::text;
use super::types::{TypeRef, Types};

/// Why a component's functions cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableWit {
    /// The bytes are a core module, or no WebAssembly.
    #[error("not a component")]
    NotAComponent,
    /// The bytes are no valid component.
    #[error("not a valid component: {message}")]
    Invalid {
        /// What the reader says of them.
        message: String,
    },
    /// The reader gave up on the bytes in a way that it has no error for.
    #[error("not a valid component: it cannot be read")]
    Unreadable,
    /// More than is kept.
    #[error(
        "the component has more than {MAX_FUNCTIONS} functions or {MAX_TYPES} types, or their names and docs come to more \
         than {MAX_TEXT_BYTES} bytes, or their schemas to more than {MAX_SCHEMAS_BYTES}"
    )]
    TooLarge,
}

impl From<TooMuch> for UnreadableWit {
    fn from(TooMuch: TooMuch) -> Self {
        Self::TooLarge
    }
}

/// Reads the functions of a component: those that it exports at its top, and in the interfaces that it exports, in the
/// order of its exports. Those that cannot be called with JSON are among them, and say why.
///
/// # Errors
///
/// When the bytes are no component, or have more to say than is kept.
pub fn functions(component: &[u8]) -> Result<Vec<Function>, UnreadableWit> {
    let read = guarded(|| read(component));
    read.map_err(|Panicked| UnreadableWit::Unreadable)?
}

fn read(component: &[u8]) -> Result<Vec<Function>, UnreadableWit> {
    let outline = Outline::read(component)?;
    let types = outline.types.as_ref();
    let mut filling = Filling::new(types, &outline.docs, MAX_TEXT_BYTES);
    let imports = outline.imports.iter();
    let imports = imports.filter_map(|name| Some((name, types.component_item_for_import(name)?)));
    let exports: Vec<(&String, &ComponentItem)> = outline
        .exports
        .iter()
        .filter_map(|name| Some((name, types.component_item_for_export(name)?)))
        .collect();
    for (name, item) in imports.chain(exports.iter().copied()) {
        filling.learn(name, item)?;
    }
    let mut found = Vec::new();
    for (name, item) in exports {
        match item.ty {
            ComponentEntityType::Func(id) => {
                found.push(begin(&mut filling, &outline, None, name, id)?);
            }
            ComponentEntityType::Instance(instance) => {
                let members = types.get(instance).into_iter();
                for (function, item) in members.flat_map(|instance| &instance.exports) {
                    if let ComponentEntityType::Func(id) = item.ty {
                        let within = Some(name.as_str());
                        found.push(begin(&mut filling, &outline, within, function, id)?);
                    }
                }
            }
            ComponentEntityType::Module(_)
            | ComponentEntityType::Value(_)
            | ComponentEntityType::Type { .. }
            | ComponentEntityType::Component(_) => {}
        }
        if found.len() > MAX_FUNCTIONS {
            return Err(UnreadableWit::TooLarge);
        }
    }
    finish(found, filling.finish())
}

/// What the sections of a component say, as far as it is looked at here.
struct Outline {
    types: Validated,
    imports: Vec<String>,
    exports: Vec<String>,
    docs: Docs,
}

impl Outline {
    /// Bodies of functions are not looked at: the engine validates them when it compiles.
    fn read(component: &[u8]) -> Result<Self, UnreadableWit> {
        let invalid = |error: wasmparser::BinaryReaderError| UnreadableWit::Invalid {
            message: error.message().to_owned(),
        };
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let (mut imports, mut exports) = (Vec::new(), Vec::new());
        let mut docs = None;
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload.map_err(invalid)?;
            if let Payload::Version {
                encoding: Encoding::Module,
                ..
            } = payload
                && depth == 0
            {
                return Err(UnreadableWit::NotAComponent);
            }
            match validator.payload(&payload).map_err(invalid)? {
                ValidPayload::Parser(_) => depth += 1,
                ValidPayload::End(_) if depth > 0 => depth -= 1,
                ValidPayload::End(types) => {
                    let docs = docs.unwrap_or_default();
                    return Ok(Self {
                        types,
                        imports,
                        exports,
                        docs,
                    });
                }
                ValidPayload::Ok | ValidPayload::Func(..) => {}
            }
            if depth > 0 {
                continue;
            }
            match payload {
                Payload::ComponentImportSection(section) => {
                    for import in section {
                        imports.push(import.map_err(invalid)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) => {
                    for export in section {
                        exports.push(export.map_err(invalid)?.name.name.to_owned());
                    }
                }
                Payload::CustomSection(section) if docs::SECTIONS.contains(&section.name()) => {
                    docs.get_or_insert_with(|| Docs::read(section.data()));
                }
                _ => {}
            }
        }
        Err(UnreadableWit::NotAComponent)
    }
}

/// A function whose table is not full yet.
struct Begun {
    interface: Option<String>,
    name: String,
    docs: Option<String>,
    is_async: bool,
    parameters: Vec<Parameter>,
    result: Option<TypeRef>,
}

fn begin(
    filling: &mut Filling<'_>,
    outline: &Outline,
    interface: Option<&str>,
    name: &str,
    id: ComponentFuncTypeId,
) -> Result<Begun, UnreadableWit> {
    let types = outline.types.as_ref();
    let ty = types.get(id).ok_or(UnreadableWit::Unreadable)?;
    let within = interface.map_or(Within::Top, Within::Interface);
    let docs = outline.docs.function(within, name);
    let own = [interface, Some(name), docs.as_deref()];
    filling.spend(own.into_iter().flatten().map(str::len).sum())?;
    let mut parameters = Vec::new();
    for (name, ty) in &ty.params {
        filling.spend(name.len())?;
        parameters.push(Parameter {
            name: name.to_string(),
            ty: filling.row(*ty)?,
        });
    }
    Ok(Begun {
        interface: interface.map(str::to_owned),
        name: name.to_owned(),
        docs,
        is_async: ty.async_,
        parameters,
        result: ty.result.map(|ty| filling.row(ty)).transpose()?,
    })
}

fn finish(begun: Vec<Begun>, types: Types) -> Result<Vec<Function>, UnreadableWit> {
    let types = Arc::new(types);
    let mut left = MAX_SCHEMAS_BYTES;
    let mut functions = Vec::new();
    for begun in begun {
        let mut function = Function {
            interface: begun.interface,
            name: begun.name,
            docs: begun.docs,
            parameters: begun.parameters,
            refused: None,
            is_async: begun.is_async,
            result: begun.result,
            types: Arc::clone(&types),
        };
        let used = types.reached(function.used());
        let bytes: usize = used
            .iter()
            .map(|ty| TYPE_BYTES + types.get(*ty).text_bytes())
            .sum();
        left = left.checked_sub(bytes).ok_or(UnreadableWit::TooLarge)?;
        function.refused = match bytes > MAX_FUNCTION_BYTES {
            true => Some(Refused::TooLarge),
            false => unsupported(&function),
        };
        functions.push(function);
    }
    Ok(functions)
}

/// The first place that has no JSON.
fn unsupported(function: &Function) -> Option<Refused> {
    let parameters = function.parameters.iter();
    let parameters = parameters.map(|of| (Place::Parameter(of.name.clone()), of.ty));
    let mut places = parameters.chain(function.result.map(|ty| (Place::Result, ty)));
    places.find_map(|(place, ty)| {
        let (why, at) = function.types.get(ty).unsupported?;
        let name = text::name_of(&function.types, at);
        Some(Refused::Type { place, name, why })
    })
}
