//! A core module, taken apart into what is put together again.

use std::collections::HashMap;

use wasmparser::{
    Data, DataKind, Element, ElementKind, FuncType, FunctionBody, Global, Import, KnownCustom,
    MemoryType, Name, Parser, Payload, TableInit, TableType, TypeRef,
};

use super::kind::Kind;

/// Tables and memories of one module, imported or its own, at most: each of them is looked for among the imports.
const MOST_TABLES: usize = 100;

/// A module's sections.
#[derive(Default)]
pub(super) struct Module<'a> {
    pub(super) types: Vec<FuncType>,
    pub(super) imports: Vec<Import<'a>>,
    /// The types of its own functions.
    pub(super) functions: Vec<u32>,
    pub(super) tables: Vec<TableType>,
    pub(super) memories: Vec<MemoryType>,
    pub(super) globals: Vec<Global<'a>>,
    pub(super) exports: HashMap<&'a str, (Kind, u32)>,
    pub(super) start: Option<u32>,
    pub(super) elements: Vec<Element<'a>>,
    pub(super) counts_data: bool,
    pub(super) data: Vec<Data<'a>>,
    pub(super) bodies: Vec<FunctionBody<'a>>,
    /// Names of functions, of which only traces make use.
    pub(super) names: Vec<(u32, &'a str)>,
}

/// What kind of thing an import is.
pub(super) fn kind_of(import: &Import<'_>) -> Option<Kind> {
    match import.ty {
        TypeRef::Func(_) => Some(Kind::Func),
        TypeRef::Table(_) => Some(Kind::Table),
        TypeRef::Memory(_) => Some(Kind::Memory),
        TypeRef::Global(_) => Some(Kind::Global),
        TypeRef::Tag(_) | TypeRef::FuncExact(_) => None,
    }
}

impl<'a> Module<'a> {
    /// Takes a module apart. Nothing for one of which some part would be lost.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut module = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            module.read(payload.ok()?)?;
        }
        let few = [Kind::Table, Kind::Memory].into_iter().all(|kind| {
            let own = module.tables.len() + module.memories.len();
            own + module.imported(kind).count() <= MOST_TABLES
        });
        (few && module.bodies.len() == module.functions.len()).then_some(module)
    }

    fn read(&mut self, payload: Payload<'a>) -> Option<()> {
        match payload {
            Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    self.types.push(ty.ok()?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.ok()?;
                    kind_of(&import)?;
                    self.imports.push(import);
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.push(ty.ok()?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table.ok()?;
                    let TableInit::RefNull = table.init else {
                        return None;
                    };
                    (!table.ty.table64 && !table.ty.shared).then_some(())?;
                    self.tables.push(table.ty);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let memory = memory.ok()?;
                    let plain =
                        !memory.memory64 && !memory.shared && memory.page_size_log2.is_none();
                    plain.then_some(())?;
                    self.memories.push(memory);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(global.ok()?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.ok()?;
                    let kind = Kind::of(export.kind)?;
                    self.exports.insert(export.name, (kind, export.index));
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    self.elements.push(element.ok()?);
                }
            }
            Payload::DataCountSection { .. } => self.counts_data = true,
            Payload::DataSection(section) => {
                for data in section {
                    self.data.push(data.ok()?);
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    self.read_names(names);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// As many as can be read: they mean nothing to whoever runs the module.
    fn read_names(&mut self, names: wasmparser::NameSectionReader<'a>) {
        for name in names {
            let Ok(Name::Function(functions)) = name else {
                continue;
            };
            for naming in functions.into_iter().map_while(Result::ok) {
                self.names.push((naming.index, naming.name));
            }
        }
    }

    pub(super) fn imported(&self, kind: Kind) -> impl Iterator<Item = &Import<'a>> {
        (self.imports.iter()).filter(move |import| kind_of(import) == Some(kind))
    }

    /// What has this index: an import, or where among its own it is.
    pub(super) fn item(&self, kind: Kind, index: u32) -> Option<Place<'_, 'a>> {
        let index = usize::try_from(index).ok()?;
        match self.imported(kind).nth(index) {
            Some(import) => Some(Place::Imported(import)),
            None => Some(Place::Own(index.checked_sub(self.imported(kind).count())?)),
        }
    }

    /// The tables and memories that its instances write to when they are made, by index.
    pub(super) fn written(&self) -> Vec<(Kind, u32)> {
        let elements = self
            .elements
            .iter()
            .filter_map(|element| match element.kind {
                ElementKind::Active { table_index, .. } => {
                    Some((Kind::Table, table_index.unwrap_or(0)))
                }
                ElementKind::Passive | ElementKind::Declared => None,
            });
        let data = self.data.iter().filter_map(|data| match data.kind {
            DataKind::Active { memory_index, .. } => Some((Kind::Memory, memory_index)),
            DataKind::Passive => None,
        });
        let mut written: Vec<_> = elements.chain(data).collect();
        written.sort_unstable();
        written.dedup();
        written
    }
}

/// Where something with an index of a module is defined.
pub(super) enum Place<'m, 'a> {
    Imported(&'m Import<'a>),
    Own(usize),
}
