//! What a module is made of, as far as a component around it has to know.

use tollgate::engine::{guest_features, shown};
use wasmparser::types::TypesRef;
use wasmparser::{Export, ExternalKind, FuncType, MemoryType, Parser, Payload, ValType, Validator};

use super::error::WrapError;
use super::limits::{MAX_FUNCTIONS, MAX_NAME_BYTES};

/// A page of WebAssembly, in bytes.
pub(super) const PAGE: u64 = 64 << 10;
/// The most pages of a 32-bit memory.
pub(super) const MAX_PAGES: u64 = 1 << 16;
/// How many other functions an error lists.
const MAX_LISTED: usize = 20;

/// A valid module that has tools.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    pub(super) types: u32,
    pub(super) functions: u32,
    pub(super) globals: u32,
    /// The exported memory, by its index. All memories are the module's own: WASI 0.1 has none to import.
    pub(super) memory: u32,
    /// Its declared maximum, in pages.
    pub(super) maximum: Option<u64>,
    /// Whether it imports anything, which is of WASI 0.1.
    pub(super) imports: bool,
    pub(super) start: Option<u32>,
    pub(super) initialize: Option<u32>,
    /// Exports that are tools, by name and function.
    pub(super) tools: Vec<(&'a str, u32)>,
}

/// The sections, as they are read.
#[derive(Default)]
struct Sections<'a> {
    imports: bool,
    start: Option<u32>,
    exports: Vec<Export<'a>>,
}

impl<'a> Survey<'a> {
    /// Reads and validates a module whose imports have been looked at.
    ///
    /// # Errors
    ///
    /// It is no tool.
    pub(super) fn of(module: &'a [u8]) -> Result<Self, WrapError> {
        let sections = Sections::read(module)?;
        let types = Validator::new_with_features(guest_features())
            .validate_all(module)
            .map_err(WrapError::malformed)?;
        let types = types.as_ref();
        let memory = sections
            .named("memory", ExternalKind::Memory)
            .ok_or(WrapError::NoMemory)?;
        let is_plain = |index: &u32| {
            function(&types, *index)
                .is_some_and(|ty| ty.params().is_empty() && ty.results().is_empty())
        };
        Ok(Self {
            types: types.core_type_count_in_module(),
            functions: types.function_count(),
            globals: types.global_count(),
            memory,
            maximum: types.memory_at(memory).maximum,
            imports: sections.imports,
            start: sections.start,
            initialize: sections
                .named("_initialize", ExternalKind::Func)
                .filter(is_plain),
            tools: sections.tools(&types)?,
        })
    }

    /// The most bytes that the memory ever holds, and that a list may have.
    pub(super) fn most_input(&self) -> u64 {
        let bytes = self.maximum.unwrap_or(MAX_PAGES).saturating_mul(PAGE);
        bytes.min(u64::from(u32::MAX))
    }
}

impl<'a> Sections<'a> {
    fn read(module: &'a [u8]) -> Result<Self, WrapError> {
        let mut sections = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload.map_err(WrapError::malformed)? {
                Payload::ImportSection(imports) => sections.imports |= imports.count() > 0,
                Payload::MemorySection(memories) => {
                    for memory in memories {
                        check_memory(memory.map_err(WrapError::malformed)?)?;
                    }
                }
                Payload::StartSection { func, .. } => sections.start = Some(func),
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export.map_err(WrapError::malformed)?;
                        sections.exports.push(export);
                    }
                }
                _ => {}
            }
        }
        Ok(sections)
    }

    fn named(&self, name: &str, kind: ExternalKind) -> Option<u32> {
        let mut exports = self.exports.iter();
        let found = exports.find(|export| export.name == name && export.kind == kind);
        found.map(|export| export.index)
    }

    fn tools(&self, types: &TypesRef<'_>) -> Result<Vec<(&'a str, u32)>, WrapError> {
        let functions = || {
            self.exports
                .iter()
                .filter(|export| export.kind == ExternalKind::Func)
        };
        let tools: Vec<_> = functions()
            .filter(|export| function(types, export.index).is_some_and(is_tool))
            .map(|export| (export.name, export.index))
            .collect();
        if tools.is_empty() {
            let listed = functions().take(MAX_LISTED);
            return Err(WrapError::NoFunction {
                exports: listed.map(|export| described(types, export)).collect(),
                more: functions().count().saturating_sub(MAX_LISTED),
            });
        }
        if tools.len() > MAX_FUNCTIONS {
            let count = tools.len();
            return Err(WrapError::TooManyFunctions { count });
        }
        let longest = tools.iter().map(|(name, _)| name.len()).max();
        match longest {
            Some(bytes) if bytes > MAX_NAME_BYTES => Err(WrapError::NameTooLong { bytes }),
            _ => Ok(tools),
        }
    }
}

/// Says in the ABI's words what the validator would say in its own.
fn check_memory(memory: MemoryType) -> Result<(), WrapError> {
    if memory.memory64 {
        Err(WrapError::Memory64)
    } else if memory.shared {
        Err(WrapError::SharedMemory)
    } else if memory.page_size_log2.is_some() {
        Err(WrapError::PageSize)
    } else {
        Ok(())
    }
}

/// The type of a function that a validated module exports.
fn function<'t>(types: &'t TypesRef<'_>, index: u32) -> Option<&'t FuncType> {
    let ty = types.get(types.core_function_at(index));
    ty.map(|ty| ty.unwrap_func())
}

fn is_tool(ty: &FuncType) -> bool {
    const PAIR: [ValType; 2] = [ValType::I32, ValType::I32];
    ty.params() == PAIR && ty.results() == PAIR
}

fn described(types: &TypesRef<'_>, export: &Export<'_>) -> String {
    let (params, results) =
        function(types, export.index).map_or((&[][..], &[][..]), |ty| (ty.params(), ty.results()));
    let list = |types: &[ValType]| {
        let names: Vec<_> = types.iter().map(ToString::to_string).collect();
        shown(&names.join(", "))
    };
    format!(
        "`{}` ({}) -> ({})",
        shown(export.name),
        list(params),
        list(results)
    )
}
