//! One index space for the items of several modules: where each of them refers to another, the index that it has there.

use std::collections::HashMap;

use wasmparser::{ElementItems, FuncType, GlobalType, MemoryType, TableType, TypeRef};

use super::choice::{given, module_of};
use super::constant::{Value, fold};
use super::index::{at, count};
use super::kind::{ByKind, Kind};
use super::module::{Module, kind_of};
use super::outline::{Origin, Outline};

/// The modules of the chosen instances, and what is to be one module.
pub(super) struct Linked<'m, 'a> {
    pub(super) types: Vec<FuncType>,
    /// Functions from outside, with their types.
    pub(super) imports: Vec<(Origin<'a>, u32)>,
    pub(super) functions: Vec<u32>,
    pub(super) tables: Vec<TableType>,
    pub(super) memories: Vec<MemoryType>,
    pub(super) globals: Vec<(GlobalType, Value)>,
    pub(super) members: Vec<Member<'m, 'a>>,
    positions: HashMap<u32, usize>,
}

/// A module, and the index in the whole of each of its items.
pub(super) struct Member<'m, 'a> {
    pub(super) module: &'m Module<'a>,
    pub(super) types: Vec<u32>,
    pub(super) indices: ByKind<Vec<u32>>,
    /// The values that its globals begin with.
    pub(super) values: Vec<Value>,
    /// The index of its first segment.
    pub(super) elements: u32,
    pub(super) data: u32,
}

/// A function, before it is known how many come from outside.
#[derive(Clone, Copy)]
enum Func {
    Outside(u32),
    Own(u32),
}

#[derive(Default)]
struct Types {
    all: Vec<FuncType>,
    indices: HashMap<FuncType, u32>,
}

impl Types {
    fn index(&mut self, ty: &FuncType) -> Option<u32> {
        if let Some(index) = self.indices.get(ty) {
            return Some(*index);
        }
        let index = count(&self.all)?;
        self.all.push(ty.clone());
        self.indices.insert(ty.clone(), index);
        Some(index)
    }
}

struct Linking<'o, 'm, 'a> {
    outline: &'o Outline<'a>,
    types: Types,
    imports: Vec<(Origin<'a>, u32)>,
    import_indices: HashMap<(Origin<'a>, u32), u32>,
    functions: Vec<u32>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    elements: u32,
    data: u32,
    positions: HashMap<u32, usize>,
    members: Vec<(Member<'m, 'a>, Vec<Func>)>,
}

/// Links the chosen instances, in their order.
pub(super) fn link<'m, 'a>(
    outline: &Outline<'a>,
    modules: &'m [Option<Module<'a>>],
    chosen: &[u32],
) -> Option<Linked<'m, 'a>> {
    let mut linking = Linking {
        outline,
        types: Types::default(),
        imports: Vec::new(),
        import_indices: HashMap::new(),
        functions: Vec::new(),
        tables: Vec::new(),
        memories: Vec::new(),
        globals: Vec::new(),
        elements: 0,
        data: 0,
        positions: HashMap::new(),
        members: Vec::new(),
    };
    for instance in chosen {
        linking.add(*instance, module_of(outline, modules, *instance)?)?;
    }
    linking.finish()
}

impl<'m, 'a> Linking<'_, 'm, 'a> {
    fn add(&mut self, instance: u32, module: &'m Module<'a>) -> Option<()> {
        let mut types = Vec::new();
        for ty in &module.types {
            types.push(self.types.index(ty)?);
        }
        let mut member = Member {
            module,
            types,
            indices: ByKind::default(),
            values: Vec::new(),
            elements: self.elements,
            data: self.data,
        };
        let mut funcs = Vec::new();
        for import in &module.imports {
            let origin = given(self.outline, instance, import)?;
            match (kind_of(import)?, import.ty) {
                (Kind::Func, TypeRef::Func(ty)) => {
                    funcs.push(self.func(origin, *at(&member.types, ty)?)?);
                }
                (kind, _) => {
                    let (from, index) = self.exported(origin, kind)?;
                    let index = *at(from.0.indices.of(kind), index)?;
                    member.indices.of_mut(kind).push(index);
                }
            }
        }
        for ty in &module.functions {
            funcs.push(Func::Own(count(&self.functions)?));
            self.functions.push(*at(&member.types, *ty)?);
        }
        let own = &mut member.indices;
        append(&mut self.tables, &module.tables, &mut own.tables)?;
        append(&mut self.memories, &module.memories, &mut own.memories)?;
        let globals: Vec<_> = module.globals.iter().map(|global| global.ty).collect();
        append(&mut self.globals, &globals, &mut own.globals)?;
        self.elements = self.elements.checked_add(count(&module.elements)?)?;
        self.data = self.data.checked_add(count(&module.data)?)?;
        self.positions.insert(instance, self.members.len());
        self.members.push((member, funcs));
        Some(())
    }

    /// The chosen instance that an item comes from, and the item's index in its module.
    fn exported(
        &self,
        origin: Origin<'a>,
        kind: Kind,
    ) -> Option<(&(Member<'m, 'a>, Vec<Func>), u32)> {
        let Origin::Export(instance, name) = origin else {
            return None;
        };
        let from = self.members.get(*self.positions.get(&instance)?)?;
        match from.0.module.exports.get(name)? {
            (found, index) if *found == kind => Some((from, *index)),
            _ => None,
        }
    }

    fn func(&mut self, origin: Origin<'a>, ty: u32) -> Option<Func> {
        let chosen =
            matches!(origin, Origin::Export(instance, _) if self.positions.contains_key(&instance));
        if chosen {
            let (from, index) = self.exported(origin, Kind::Func)?;
            return at(&from.1, index).copied();
        }
        if let Some(index) = self.import_indices.get(&(origin, ty)) {
            return Some(Func::Outside(*index));
        }
        let index = count(&self.imports)?;
        self.imports.push((origin, ty));
        self.import_indices.insert((origin, ty), index);
        Some(Func::Outside(index))
    }

    fn finish(self) -> Option<Linked<'m, 'a>> {
        let outside = count(&self.imports)?;
        let mut members: Vec<Member<'m, 'a>> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        for (mut member, funcs) in self.members {
            for func in funcs {
                member.indices.funcs.push(match func {
                    Func::Outside(index) => index,
                    Func::Own(index) => outside.checked_add(index)?,
                });
            }
            let imported = member.module.imported(Kind::Global).count();
            for index in member.indices.globals.iter().take(imported) {
                member.values.push(*at(&values, *index)?);
            }
            for global in &member.module.globals {
                let value = fold(&global.init_expr, &member.values, &member.indices.funcs)?;
                member.values.push(value);
                values.push(value);
            }
            members.push(member);
        }
        Some(Linked {
            types: self.types.all,
            imports: self.imports,
            functions: self.functions,
            tables: self.tables,
            memories: self.memories,
            globals: self.globals.into_iter().zip(values).collect(),
            members,
            positions: self.positions,
        })
    }
}

/// Adds `items` to `all`, and the indices that they get to `indices`.
fn append<T: Clone>(all: &mut Vec<T>, items: &[T], indices: &mut Vec<u32>) -> Option<()> {
    for item in items {
        indices.push(count(all)?);
        all.push(item.clone());
    }
    Some(())
}

impl Linked<'_, '_> {
    /// Whether an instance is one of those that are linked.
    pub(super) fn has(&self, instance: u32) -> bool {
        self.positions.contains_key(&instance)
    }

    /// The index that an export of a linked instance has in the whole.
    pub(super) fn export(&self, instance: u32, kind: Kind, name: &str) -> Option<u32> {
        let member = self.members.get(*self.positions.get(&instance)?)?;
        match member.module.exports.get(name)? {
            (found, index) if *found == kind => at(member.indices.of(kind), *index).copied(),
            _ => None,
        }
    }
}

impl Member<'_, '_> {
    /// What a segment holds, by the indices of the whole.
    pub(super) fn values_of(&self, items: &ElementItems<'_>) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        match items {
            ElementItems::Functions(functions) => {
                for function in functions.clone() {
                    values.push(Value::Func(*at(&self.indices.funcs, function.ok()?)?));
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for expression in expressions.clone() {
                    let expression = expression.ok()?;
                    values.push(fold(&expression, &self.values, &self.indices.funcs)?);
                }
            }
        }
        Some(values)
    }
}
