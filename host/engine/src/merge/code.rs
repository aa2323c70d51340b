//! The merged module, written.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    CodeSection, DataCountSection, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, ImportSection, Instruction, MemorySection, Module, NameMap, NameSection,
    StartSection, TableSection, TypeSection,
};
use wasmparser::Operator;

use super::index::{LeftAlone, at, count};
use super::kept::Kept;
use super::kind::Kind;
use super::link::{Linked, Member};
use super::segments;

/// What imports of the merged module are imported from; their names are their numbers.
pub(super) const OUTSIDE: &str = "";

/// The name that an item is exported under, for what stays apart.
pub(super) fn export_name(kind: Kind, index: u32) -> String {
    let letter = match kind {
        Kind::Func => 'f',
        Kind::Table => 't',
        Kind::Memory => 'm',
        Kind::Global => 'g',
    };
    format!("{letter}{index}")
}

pub(super) fn export_kind(kind: Kind) -> ExportKind {
    match kind {
        Kind::Func => ExportKind::Func,
        Kind::Table => ExportKind::Table,
        Kind::Memory => ExportKind::Memory,
        Kind::Global => ExportKind::Global,
    }
}

/// Writes the module, with exports for what is used outside of it.
pub(super) fn write(linked: &Linked<'_, '_>, used: &BTreeSet<(Kind, u32)>) -> Option<Vec<u8>> {
    if linked.memories.len() > 1 {
        return None;
    }
    let kept = Kept::of(linked, used)?;
    let starts = Starts::of(linked, &kept)?;
    let mut whole = Writing::default();
    whole.head(linked, &kept, &starts)?;
    whole.exports(used, &kept)?;
    whole.start(&starts);
    whole.module.section(&segments::elements(linked, &kept)?);
    if linked
        .members
        .iter()
        .any(|member| member.module.counts_data)
    {
        let count = linked.members.iter().try_fold(0_u32, |sum, member| {
            sum.checked_add(count(&member.module.data)?)
        })?;
        whole.module.section(&DataCountSection { count });
    }
    whole.code(linked, &kept, &starts)?;
    whole.module.section(&segments::data(linked, &kept)?);
    whole.names(linked, &kept);
    Some(whole.module.finish())
}

#[derive(Default)]
struct Writing {
    module: Module,
    /// How many functions there are, but for one that calls several.
    functions: u32,
}

impl Writing {
    fn head(&mut self, linked: &Linked<'_, '_>, kept: &Kept, starts: &Starts) -> Option<()> {
        let mut plain = reencode::RoundtripReencoder;
        let mut types = TypeSection::new();
        for ty in &linked.types {
            types.ty().func_type(&plain.func_type(ty.clone()).ok()?);
        }
        if let Starts::Several(_) = starts {
            types.ty().function([], []);
        }
        let mut imports = ImportSection::new();
        for (index, (_, ty)) in linked.imports.iter().enumerate() {
            let name = index.to_string();
            imports.import(OUTSIDE, &name, wasm_encoder::EntityType::Function(*ty));
        }
        let mut functions = FunctionSection::new();
        for (index, ty) in (count(&linked.imports)?..).zip(&linked.functions) {
            if kept.has_body(index) {
                functions.function(*ty);
            }
        }
        self.functions = count(&linked.imports)?.checked_add(functions.len())?;
        if let Starts::Several(_) = starts {
            functions.function(count(&linked.types)?);
        }
        let mut tables = TableSection::new();
        for ty in &linked.tables {
            tables.table(plain.table_type(*ty).ok()?);
        }
        let mut memories = MemorySection::new();
        for ty in &linked.memories {
            memories.memory(plain.memory_type(*ty).ok()?);
        }
        let mut globals = GlobalSection::new();
        for (index, (ty, value)) in (0_u32..).zip(&linked.globals) {
            if kept.global(index).is_some() {
                globals.global(
                    plain.global_type(*ty).ok()?,
                    &value.expression(|function| kept.function(function))?,
                );
            }
        }
        self.module
            .section(&types)
            .section(&imports)
            .section(&functions);
        self.module
            .section(&tables)
            .section(&memories)
            .section(&globals);
        Some(())
    }

    fn exports(&mut self, used: &BTreeSet<(Kind, u32)>, kept: &Kept) -> Option<()> {
        let mut exports = ExportSection::new();
        for (kind, index) in used {
            let place = match kind {
                Kind::Func => kept.function(*index)?,
                Kind::Global => kept.global(*index)?,
                Kind::Table | Kind::Memory => *index,
            };
            exports.export(&export_name(*kind, *index), export_kind(*kind), place);
        }
        self.module.section(&exports);
        Some(())
    }

    fn start(&mut self, starts: &Starts) {
        let function_index = match starts {
            Starts::None => return,
            Starts::One(function) => *function,
            // After all others.
            Starts::Several(_) => self.functions,
        };
        self.module.section(&StartSection { function_index });
    }

    fn code(&mut self, linked: &Linked<'_, '_>, kept: &Kept, starts: &Starts) -> Option<()> {
        let mut code = CodeSection::new();
        for member in &linked.members {
            let mut rewriting = Rewriting { member, kept };
            let own = member
                .indices
                .funcs
                .iter()
                .skip(member.module.imported(Kind::Func).count());
            for (body, index) in member.module.bodies.iter().zip(own) {
                if kept.has_body(*index) {
                    rewriting
                        .parse_function_body(&mut code, body.clone())
                        .ok()?;
                }
            }
        }
        if let Starts::Several(functions) = starts {
            let mut all = Function::new([]);
            for function in functions {
                all.instruction(&Instruction::Call(*function));
            }
            all.instruction(&Instruction::End);
            code.function(&all);
        }
        self.module.section(&code);
        Some(())
    }

    fn names(&mut self, linked: &Linked<'_, '_>, kept: &Kept) {
        let mut all = BTreeMap::new();
        for member in &linked.members {
            let own = member.module.imported(Kind::Func).count();
            for (index, name) in &member.module.names {
                // An import's name is another's for the function that it leads to.
                let is_own = usize::try_from(*index).is_ok_and(|index| index >= own);
                let index =
                    at(&member.indices.funcs, *index).filter(|index| kept.has_body(**index));
                if let (true, Some(index)) = (is_own, index.and_then(|index| kept.function(*index)))
                {
                    all.insert(index, *name);
                }
            }
        }
        if !all.is_empty() {
            let mut functions = NameMap::new();
            for (index, name) in all {
                functions.append(index, name);
            }
            let mut names = NameSection::new();
            names.functions(&functions);
            self.module.section(&names);
        }
    }
}

/// What is run when the module is instantiated: what each member ran, in their order.
enum Starts {
    None,
    One(u32),
    Several(Vec<u32>),
}

impl Starts {
    fn of(linked: &Linked<'_, '_>, kept: &Kept) -> Option<Self> {
        let mut functions = Vec::new();
        for member in &linked.members {
            if let Some(start) = member.module.start {
                functions.push(kept.function(*at(&member.indices.funcs, start)?)?);
            }
        }
        Some(match functions.as_slice() {
            [] => Self::None,
            [function] => Self::One(*function),
            _ => Self::Several(functions),
        })
    }
}

/// Gives what a member's code names the indices of the whole.
struct Rewriting<'l, 'm, 'a> {
    member: &'l Member<'m, 'a>,
    kept: &'l Kept,
}

type Rewritten<T> = Result<T, reencode::Error<LeftAlone>>;

fn found(index: Option<&u32>) -> Rewritten<u32> {
    index.copied().ok_or(reencode::Error::UserError(LeftAlone))
}

impl Reencode for Rewriting<'_, '_, '_> {
    type Error = LeftAlone;

    fn type_index(&mut self, ty: u32) -> Rewritten<u32> {
        found(at(&self.member.types, ty))
    }

    fn function_index(&mut self, func: u32) -> Rewritten<u32> {
        let whole = found(at(&self.member.indices.funcs, func))?;
        found(self.kept.function(whole).as_ref())
    }

    fn table_index(&mut self, table: u32) -> Rewritten<u32> {
        found(at(&self.member.indices.tables, table))
    }

    fn memory_index(&mut self, memory: u32) -> Rewritten<u32> {
        found(at(&self.member.indices.memories, memory))
    }

    fn global_index(&mut self, global: u32) -> Rewritten<u32> {
        let whole = found(at(&self.member.indices.globals, global))?;
        found(self.kept.global(whole).as_ref())
    }

    fn element_index(&mut self, element: u32) -> Rewritten<u32> {
        found(self.member.elements.checked_add(element).as_ref())
    }

    fn data_index(&mut self, data: u32) -> Rewritten<u32> {
        found(self.member.data.checked_add(data).as_ref())
    }

    fn instruction<'b>(&mut self, operator: Operator<'b>) -> Rewritten<Instruction<'b>> {
        if let Operator::GlobalGet { global_index } = operator {
            let whole = found(at(&self.member.indices.globals, global_index))?;
            if let Some(number) = self.kept.number(whole) {
                return (number.instruction(|function| self.kept.function(function)))
                    .ok_or(reencode::Error::UserError(LeftAlone));
            }
        }
        utils::instruction(self, operator)
    }
}
