//! The component around the merged module: everything that was there before, by its new indices.

use std::collections::HashMap;

use wasm_encoder::reencode::{self, Reencode, ReencodeComponent};
use wasm_encoder::{Alias, ComponentTypeSection, ModuleArg};

use super::code::{OUTSIDE, export_kind, export_name, write};
use super::index::{LeftAlone, at};
use super::kind::{ByKind, Kind};
use super::link::{Linked, link};
use super::module::Module;
use super::named::{named_by_canonical, named_by_types};
use super::needed::{Needed, taken};
use super::outline::{Instance, Item, Origin, Outline};
use super::output::Output;

/// Writes the component with the chosen instances as one.
pub(super) fn emit(
    outline: &Outline<'_>,
    modules: &[Option<Module<'_>>],
    chosen: &[u32],
) -> Option<Vec<u8>> {
    let linked = link(outline, modules, chosen)?;
    let needed = Needed::of(outline, modules, &linked)?;
    let module = write(&linked, &needed.exports)?;
    let mut emitting = Emitting {
        outline,
        modules,
        linked: &linked,
        merged: None,
        aliased: HashMap::new(),
        next: Next::default(),
        indices: Indices::of(outline),
        output: Output::default(),
    };
    let last = *chosen.last()?;
    let mut later = Vec::new();
    for item in &outline.items {
        if matches!(item, Item::Instance(instance) if *instance == last) {
            emitting.merged(&module)?;
            for item in later.drain(..) {
                emitting.item(item)?;
            }
        } else if !needed.has(item) {
            continue;
        } else if emitting.is_ready(item)? {
            emitting.item(item)?;
        } else if emitting.merged.is_none() && makes_core_items(item) {
            // What waits makes only core items, so that no other index changes.
            later.push(item);
        } else {
            return None;
        }
    }
    Some(emitting.output.finish())
}

fn makes_core_items(item: &Item<'_>) -> bool {
    matches!(
        item,
        Item::Instance(_) | Item::CoreAlias(..) | Item::Canonical(_, Some(_))
    )
}

/// The new index of each item, once it has one.
struct Indices {
    items: ByKind<Vec<Option<u32>>>,
    instances: Vec<Option<u32>>,
    modules: Vec<Option<u32>>,
}

impl Indices {
    fn of(outline: &Outline<'_>) -> Self {
        let mut items = ByKind::default();
        for kind in Kind::ALL {
            *items.of_mut(kind) = vec![None; outline.origins.of(kind).len()];
        }
        Self {
            items,
            instances: vec![None; outline.instances.len()],
            modules: vec![None; outline.modules.len()],
        }
    }

    fn item(&self, kind: Kind, index: u32) -> Option<u32> {
        *at(self.items.of(kind), index)?
    }
}

/// The next index of each kind.
#[derive(Default)]
struct Next {
    items: ByKind<u32>,
    instances: u32,
    modules: u32,
}

fn take(next: &mut u32) -> Option<u32> {
    let index = *next;
    *next = next.checked_add(1)?;
    Some(index)
}

fn set(indices: &mut [Option<u32>], index: u32, to: u32) -> Option<()> {
    *indices.get_mut(usize::try_from(index).ok()?)? = Some(to);
    Some(())
}

struct Emitting<'e, 'a> {
    outline: &'e Outline<'a>,
    modules: &'e [Option<Module<'a>>],
    linked: &'e Linked<'e, 'a>,
    /// The merged instance, once it is made.
    merged: Option<u32>,
    /// Its exports that have an index already.
    aliased: HashMap<(Kind, u32), u32>,
    next: Next,
    indices: Indices,
    output: Output,
}

impl<'a> Emitting<'_, 'a> {
    /// Whether all that an item names has its index.
    fn is_ready(&self, item: &Item<'a>) -> Option<bool> {
        let have = |named: &[(Kind, u32)]| {
            (named.iter()).all(|(kind, index)| self.indices.item(*kind, *index).is_some())
        };
        let has_instance = |index: &u32| {
            let merged = self.linked.has(*index) && self.merged.is_some();
            merged || matches!(at(&self.indices.instances, *index), Some(Some(_)))
        };
        Some(match item {
            Item::Raw { .. } | Item::Module(_) | Item::Alias(_) => true,
            Item::Types(types) => have(&named_by_types(types)?),
            Item::Canonical(function, _) => have(&named_by_canonical(function)?),
            Item::CoreAlias(_, _, instance, _) => has_instance(instance),
            Item::Instance(index) => match at(&self.outline.instances, *index)? {
                Instance::Made { arguments, .. } => {
                    arguments.iter().all(|(_, from)| has_instance(from))
                }
                Instance::Bag { exports, .. } => (exports.iter())
                    .all(|(_, kind, index)| self.indices.item(*kind, *index).is_some()),
            },
        })
    }

    fn item(&mut self, item: &Item<'a>) -> Option<()> {
        match item {
            Item::Raw { id, bytes, .. } => self.output.raw(*id, bytes),
            Item::Types(types) => {
                let mut section = ComponentTypeSection::new();
                Renaming(&self.indices)
                    .parse_component_type_section(&mut section, types.clone())
                    .ok()?;
                self.output.types(&section);
            }
            Item::Module(module) => {
                let bytes = at(&self.outline.modules, *module)?;
                self.output.module(bytes);
                let index = take(&mut self.next.modules)?;
                set(&mut self.indices.modules, *module, index)?;
            }
            Item::Instance(instance) => self.instance(*instance)?,
            Item::CoreAlias(kind, index, instance, name) => {
                self.alias(*kind, *index, *instance, name)?;
            }
            Item::Alias(alias) => {
                let mut plain = reencode::RoundtripReencoder;
                let alias = plain.component_alias(alias.clone()).ok()?;
                self.output.aliases().alias(alias);
            }
            Item::Canonical(function, made) => {
                Renaming(&self.indices)
                    .parse_component_canonical(self.output.canonical(), function.clone())
                    .ok()?;
                if let Some(made) = made {
                    let index = take(&mut self.next.items.funcs)?;
                    set(&mut self.indices.items.funcs, *made, index)?;
                }
            }
        }
        Some(())
    }

    fn instance(&mut self, instance: u32) -> Option<()> {
        match at(&self.outline.instances, instance)? {
            Instance::Made { module, arguments } => {
                let module = (*at(&self.indices.modules, *module)?)?;
                let mut given = Vec::new();
                for (name, from) in arguments {
                    let from = match self.linked.has(*from) {
                        true => self.part(instance, (name, *from))?,
                        false => (*at(&self.indices.instances, *from)?)?,
                    };
                    given.push((*name, ModuleArg::Instance(from)));
                }
                self.output.instances().instantiate(module, given);
            }
            Instance::Bag { exports, .. } => {
                let mut items = Vec::new();
                for (name, kind, index) in exports {
                    let index = self.indices.item(*kind, *index)?;
                    items.push((*name, export_kind(*kind), index));
                }
                self.output.instances().export_items(items);
            }
        }
        let index = take(&mut self.next.instances)?;
        set(&mut self.indices.instances, instance, index)
    }

    fn alias(&mut self, kind: Kind, index: u32, instance: u32, name: &str) -> Option<()> {
        let new = if self.linked.has(instance) {
            let export = self.linked.export(instance, kind, name)?;
            self.alias_of_merged(kind, export)?
        } else {
            let from = (*at(&self.indices.instances, instance)?)?;
            self.core_alias(kind, from, name)?
        };
        set(self.indices.items.of_mut(kind), index, new)
    }

    fn alias_of_merged(&mut self, kind: Kind, export: u32) -> Option<u32> {
        if let Some(known) = self.aliased.get(&(kind, export)) {
            return Some(*known);
        }
        let new = self.core_alias(kind, self.merged?, &export_name(kind, export))?;
        self.aliased.insert((kind, export), new);
        Some(new)
    }

    /// An instance of what one that stays apart takes of one that is linked.
    fn part(&mut self, instance: u32, argument: (&str, u32)) -> Option<u32> {
        let (outline, modules) = (self.outline, self.modules);
        let mut items = Vec::new();
        for (name, (kind, export)) in taken(outline, modules, self.linked, instance, argument)? {
            items.push((name, export_kind(kind), self.alias_of_merged(kind, export)?));
        }
        self.output.instances().export_items(items);
        take(&mut self.next.instances)
    }

    fn core_alias(&mut self, kind: Kind, instance: u32, name: &str) -> Option<u32> {
        self.output.aliases().alias(Alias::CoreInstanceExport {
            instance,
            kind: export_kind(kind),
            name,
        });
        take(self.next.items.of_mut(kind))
    }

    /// Makes the merged instance, of what it needs from outside.
    fn merged(&mut self, module: &[u8]) -> Option<()> {
        let mut given = Vec::new();
        for (name, (origin, _)) in self.linked.imports.iter().enumerate() {
            let index = match origin {
                Origin::Canonical(function) => self.indices.item(Kind::Func, *function)?,
                Origin::Export(instance, name) => {
                    let from = (*at(&self.indices.instances, *instance)?)?;
                    self.core_alias(Kind::Func, from, name)?
                }
            };
            given.push((name.to_string(), export_kind(Kind::Func), index));
        }
        self.output.module(module);
        let module = take(&mut self.next.modules)?;
        self.output.instances().export_items(given);
        let outside = take(&mut self.next.instances)?;
        let arguments = [(OUTSIDE, ModuleArg::Instance(outside))];
        self.output.instances().instantiate(module, arguments);
        self.merged = Some(take(&mut self.next.instances)?);
        Some(())
    }
}

/// Gives core items their new indices where the component names them.
struct Renaming<'i>(&'i Indices);

impl Renaming<'_> {
    fn index(&self, kind: Kind, index: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        (self.0.item(kind, index)).ok_or(reencode::Error::UserError(LeftAlone))
    }
}

impl Reencode for Renaming<'_> {
    type Error = LeftAlone;

    fn function_index(&mut self, func: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.index(Kind::Func, func)
    }

    fn table_index(&mut self, table: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.index(Kind::Table, table)
    }

    fn memory_index(&mut self, memory: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.index(Kind::Memory, memory)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, reencode::Error<LeftAlone>> {
        self.index(Kind::Global, global)
    }
}

impl ReencodeComponent for Renaming<'_> {}
