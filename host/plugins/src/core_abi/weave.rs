//! A module with the functions of the shim added to it.
//!
//! All that is added comes behind what is there, so that no index of the module's changes, and its sections are copied.
//! What is not copied:
//!
//! * its exports: each would be read as a name of the canonical ABI if it happened to be one. Its functions keep exports
//!   under names that mean nothing, because `ref.func` may refer to what is exported.
//! * its custom sections but for the names of its functions: a section `component-type` would be taken for the type of the
//!   component around it.
//! * the declared maximum of its memory, which is raised by what is not the module's own; its `memory.grow` keeps to it.
//! * its start function, if it imports anything: the imports are in place only after it would run. It runs as the first
//!   half of `_initialize`.

use std::collections::BTreeMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, Instruction, MemorySection, Module, NameSection, RawSection,
    SectionId, StartSection, TypeSection, ValType,
};
use wasmparser::{
    ExportSectionReader, ExternalKind, KnownCustom, MemorySectionReader, Operator, Parser, Payload,
};

use super::error::WrapError;
use super::shim::{Indices, PAGES_OF_OURS, initialise};
use super::survey::{MAX_PAGES, Survey};

/// What the encoder of components calls with a size when the host needs room.
const PLACE_INPUT: &str = "cabi_export_realloc";
/// What it gives the adapter to call. A general `cabi_realloc` would serve both, and could not tell one from the other.
const PLACE_ADAPTER: &str = "cabi_realloc_adapter";

const I32: ValType = ValType::I32;

/// The sections of a module, in the making.
#[derive(Default)]
struct Parts<'a> {
    types: TypeSection,
    functions: FunctionSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: ExportSection,
    code: CodeSection,
    data_count: Option<u32>,
    names: Option<NameSection>,
    /// Sections in which nothing changes, by their numbers.
    copied: BTreeMap<u8, &'a [u8]>,
}

/// Adds the shim to a module.
///
/// # Errors
///
/// The module cannot be read, which a surveyed one can.
pub(super) fn weave(module: &[u8], survey: &Survey<'_>) -> Result<Vec<u8>, WrapError> {
    let mut parts = Parts::default();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(WrapError::malformed)?;
        parts
            .take(module, payload, survey)
            .map_err(WrapError::malformed)?;
    }
    parts.add(survey);
    Ok(parts.finish(survey))
}

impl<'a> Parts<'a> {
    fn take(
        &mut self,
        module: &'a [u8],
        payload: Payload<'a>,
        survey: &Survey<'_>,
    ) -> Result<(), Error> {
        let section = payload.as_section();
        let mut same = RoundtripReencoder;
        match payload {
            Payload::TypeSection(types) => same.parse_type_section(&mut self.types, types)?,
            Payload::FunctionSection(functions) => {
                same.parse_function_section(&mut self.functions, functions)?;
            }
            Payload::GlobalSection(globals) => {
                same.parse_global_section(&mut self.globals, globals)?;
            }
            Payload::MemorySection(memories) => self.take_memories(memories, survey)?,
            Payload::ExportSection(exports) => self.take_exports(exports)?,
            Payload::CodeSectionEntry(body) if survey.maximum.is_some() => {
                Growth(survey).parse_function_body(&mut self.code, body)?;
            }
            Payload::CodeSectionEntry(body) => {
                self.code.raw(body.as_bytes());
            }
            Payload::DataCountSection { count, .. } => self.data_count = Some(count),
            Payload::CustomSection(custom) => {
                // Names that cannot be read are not worth refusing the module.
                if let KnownCustom::Name(names) = custom.as_known() {
                    self.names = same.custom_name_section(names).ok();
                }
            }
            Payload::ImportSection(_)
            | Payload::TableSection(_)
            | Payload::ElementSection(_)
            | Payload::DataSection(_) => {
                let found = section.and_then(|(id, range)| Some((id, module.get(range)?)));
                self.copied.extend(found);
            }
            // The start function is the survey's to tell; no guest has tags; the rest is headers and ends.
            _ => {}
        }
        Ok(())
    }

    fn take_memories(
        &mut self,
        memories: MemorySectionReader<'_>,
        survey: &Survey<'_>,
    ) -> Result<(), Error> {
        for memory in memories {
            let mut ty = RoundtripReencoder.memory_type(memory?)?;
            if self.memories.len() == survey.memory {
                let raised = |pages: u64| pages.saturating_add(PAGES_OF_OURS).min(MAX_PAGES);
                ty.maximum = ty.maximum.map(raised);
            }
            self.memories.memory(ty);
        }
        Ok(())
    }

    fn take_exports(&mut self, exports: ExportSectionReader<'_>) -> Result<(), Error> {
        for (index, export) in exports.into_iter().enumerate() {
            let export = export?;
            if export.kind == ExternalKind::Func {
                let name = format!("own{index}");
                self.exports.export(&name, ExportKind::Func, export.index);
            }
        }
        Ok(())
    }

    fn add(&mut self, survey: &Survey<'_>) {
        let indices = Indices::of(survey);
        // Nothing is above the adapter before it has memory.
        for start in [-1, 0] {
            let ty = GlobalType {
                val_type: I32,
                mutable: true,
                shared: false,
            };
            self.globals.global(ty, &ConstExpr::i32_const(start));
        }
        self.exports
            .export("memory", ExportKind::Memory, survey.memory);
        let signatures = Signatures::add(&mut self.types, survey.types);
        let mut added = Added {
            parts: self,
            next: survey.functions,
        };
        if let Some(maximum) = survey.maximum {
            // The first of all: see `Growth`.
            added.function(signatures.grow, &indices.grow(maximum));
        }
        let place = added.function(signatures.place, &indices.place_input());
        added.export(PLACE_INPUT, place);
        if survey.imports {
            let place = added.function(signatures.place, &indices.place_adapter());
            added.export(PLACE_ADAPTER, place);
        }
        let initialize = match (survey.late_start(), survey.initialize) {
            (Some(start), Some(initialize)) => {
                Some(added.function(signatures.plain, &initialise(start, initialize)))
            }
            (one, other) => one.or(other),
        };
        if let Some(initialize) = initialize {
            added.export("_initialize", initialize);
        }
        let answer = added.function(signatures.call, &indices.answer());
        for (index, (_, tool)) in survey.tools.iter().enumerate() {
            let call = added.function(signatures.call, &indices.call(*tool, answer));
            added.export(&export(index), call);
        }
    }

    fn finish(&self, survey: &Survey<'_>) -> Vec<u8> {
        let mut module = Module::new();
        let copied = |module: &mut Module, id: SectionId| {
            let id = id.into();
            if let Some(data) = self.copied.get(&id) {
                module.section(&RawSection { id, data });
            }
        };
        module.section(&self.types);
        copied(&mut module, SectionId::Import);
        module.section(&self.functions);
        copied(&mut module, SectionId::Table);
        module.section(&self.memories);
        module.section(&self.globals);
        module.section(&self.exports);
        if let (Some(function_index), None) = (survey.start, survey.late_start()) {
            module.section(&StartSection { function_index });
        }
        copied(&mut module, SectionId::Element);
        if let Some(count) = self.data_count {
            module.section(&DataCountSection { count });
        }
        module.section(&self.code);
        copied(&mut module, SectionId::Data);
        if let Some(names) = &self.names {
            module.section(names);
        }
        module.finish()
    }
}

impl Survey<'_> {
    /// The start function, if it cannot run while the module is instantiated.
    fn late_start(&self) -> Option<u32> {
        self.start.filter(|_| self.imports)
    }
}

/// The types of what is added, by index.
struct Signatures {
    call: u32,
    place: u32,
    grow: u32,
    plain: u32,
}

impl Signatures {
    fn add(types: &mut TypeSection, first: u32) -> Self {
        types.ty().function([I32; 2], [I32]);
        types.ty().function([I32; 4], [I32]);
        types.ty().function([I32], [I32]);
        types.ty().function([], []);
        Self {
            call: first,
            place: first.saturating_add(1),
            grow: first.saturating_add(2),
            plain: first.saturating_add(3),
        }
    }
}

/// Functions, as they are added behind the module's own.
struct Added<'p, 'a> {
    parts: &'p mut Parts<'a>,
    next: u32,
}

impl Added<'_, '_> {
    fn function(&mut self, signature: u32, body: &Function) -> u32 {
        self.parts.functions.function(signature);
        self.parts.code.function(body);
        let index = self.next;
        // A module has less than a million functions, by the reader's own limit.
        self.next = index.saturating_add(1);
        index
    }

    fn export(&mut self, name: &str, function: u32) {
        self.parts.exports.export(name, ExportKind::Func, function);
    }
}

/// Has a module with a maximum call what keeps to it, which is the first function that is added.
struct Growth<'s, 'a>(&'s Survey<'a>);

impl Reencode for Growth<'_, '_> {
    type Error = Infallible;

    fn instruction<'i>(&mut self, operator: Operator<'i>) -> Result<Instruction<'i>, Error> {
        match operator {
            Operator::MemoryGrow { mem } if mem == self.0.memory => {
                Ok(Instruction::Call(self.0.functions))
            }
            other => utils::instruction(self, other),
        }
    }
}

/// A tool's name may be any text, and a component's export may not.
pub(super) fn export(index: usize) -> String {
    format!("call{index}")
}
