//! A component's own level: its items in order, and where each core item comes from.

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::{
    CanonicalFunction, Chunk, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ComponentType, ComponentTypeRef, ComponentTypeSectionReader, Parser,
    Payload,
};

use super::index::{at, count};
use super::kind::{ByKind, Kind};
use super::module::Module;

/// What a core item is at last, through all the names that it was passed on under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin<'a> {
    /// A function of the canonical ABI, by its index among the component's core functions.
    Canonical(u32),
    /// An export of an instance of a module.
    Export(u32, &'a str),
}

/// Core items by the names in an instance that was put together of them.
pub(super) type Bag<'a> = HashMap<(&'a str, Kind), Origin<'a>>;

/// A core instance.
#[derive(Debug)]
pub(super) enum Instance<'a> {
    /// Of a module, with an instance for each name that it imports from.
    Made {
        module: u32,
        arguments: Vec<(&'a str, u32)>,
    },
    /// Of items that there are already.
    Bag {
        exports: Vec<(&'a str, Kind, u32)>,
        origins: Bag<'a>,
    },
}

/// What stands in a component at its own level.
#[derive(Debug)]
pub(super) enum Item<'a> {
    /// A section in which no core item is named. Some make instances of components, and so run code.
    Raw {
        id: u8,
        bytes: &'a [u8],
        runs: bool,
    },
    /// Types of which some name a core function as destructor.
    Types(ComponentTypeSectionReader<'a>),
    Module(u32),
    Instance(u32),
    /// A core item, under the index that it gets.
    CoreAlias(Kind, u32, u32, &'a str),
    /// An item of components, named by others of them.
    Alias(ComponentAlias<'a>),
    /// With the index of the core function that it makes, if it makes one.
    Canonical(CanonicalFunction, Option<u32>),
}

/// A component, read at its own level.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) modules: Vec<&'a [u8]>,
    pub(super) instances: Vec<Instance<'a>>,
    pub(super) origins: ByKind<Vec<Origin<'a>>>,
}

impl<'a> Outline<'a> {
    /// Reads a component. Nothing for a binary that is none, or has what is not looked through here.
    pub(super) fn of(component: &'a [u8]) -> Option<Self> {
        let mut outline = Self::default();
        let (mut parser, mut position) = (Parser::new(0), 0);
        while position < component.len() {
            let Chunk::Parsed { consumed, payload } =
                parser.parse(component.get(position..)?, true).ok()?
            else {
                return None;
            };
            position = position.checked_add(consumed)?;
            if let Payload::ModuleSection {
                unchecked_range, ..
            }
            | Payload::ComponentSection {
                unchecked_range, ..
            } = &payload
            {
                position = unchecked_range.end;
            }
            outline.read(component, payload)?;
        }
        Some(outline)
    }

    /// Each module that is of a kind that is merged.
    pub(super) fn parse_modules(&self) -> Vec<Option<Module<'a>>> {
        self.modules
            .iter()
            .map(|bytes| Module::parse(bytes))
            .collect()
    }

    fn read(&mut self, component: &'a [u8], payload: Payload<'a>) -> Option<()> {
        match payload {
            Payload::Version { .. } | Payload::End(_) => {}
            // It names indices that will be others.
            Payload::CustomSection(section) if section.name() == "component-name" => {}
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                self.items.push(Item::Module(count(&self.modules)?));
                self.modules.push(component.get(unchecked_range)?);
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    self.instance(instance.ok()?)?;
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.alias(alias.ok()?)?;
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.canonical(function.ok()?)?;
                }
            }
            Payload::ComponentTypeSection(section) => {
                let destructors = section.clone().into_iter().try_fold(false, |any, item| {
                    let has = matches!(item.ok()?, ComponentType::Resource { dtor: Some(_), .. });
                    Some(any || has)
                })?;
                if destructors {
                    self.items.push(Item::Types(section));
                } else {
                    self.raw(component, &Payload::ComponentTypeSection(section))?;
                }
            }
            other => {
                refuse_modules_by_index(component, &other)?;
                self.raw(component, &other)?;
            }
        }
        Some(())
    }

    fn raw(&mut self, component: &'a [u8], payload: &Payload<'a>) -> Option<()> {
        let (id, range) = payload.as_section()?;
        let runs = matches!(
            payload,
            Payload::ComponentInstanceSection(_) | Payload::ComponentStartSection { .. }
        );
        self.items.push(Item::Raw {
            id,
            bytes: component.get(range)?,
            runs,
        });
        Some(())
    }

    fn instance(&mut self, instance: wasmparser::Instance<'a>) -> Option<()> {
        let made = match instance {
            wasmparser::Instance::Instantiate { module_index, args } => Instance::Made {
                module: module_index,
                arguments: args.iter().map(|arg| (arg.name, arg.index)).collect(),
            },
            wasmparser::Instance::FromExports(exports) => {
                let mut items = Vec::new();
                let mut origins = HashMap::new();
                for export in &exports {
                    let kind = Kind::of(export.kind)?;
                    items.push((export.name, kind, export.index));
                    let origin = *at(self.origins.of(kind), export.index)?;
                    origins.insert((export.name, kind), origin);
                }
                Instance::Bag {
                    exports: items,
                    origins,
                }
            }
        };
        self.items.push(Item::Instance(count(&self.instances)?));
        self.instances.push(made);
        Some(())
    }

    /// What an instance has under a name.
    pub(super) fn export(&self, instance: u32, kind: Kind, name: &'a str) -> Option<Origin<'a>> {
        match at(&self.instances, instance)? {
            Instance::Made { .. } => Some(Origin::Export(instance, name)),
            Instance::Bag { origins, .. } => origins.get(&(name, kind)).copied(),
        }
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) -> Option<()> {
        match alias {
            ComponentAlias::CoreInstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let kind = Kind::of(kind)?;
                let origin = self.export(instance_index, kind, name)?;
                let index = count(self.origins.of(kind))?;
                self.origins.of_mut(kind).push(origin);
                self.items
                    .push(Item::CoreAlias(kind, index, instance_index, name));
            }
            ComponentAlias::InstanceExport {
                kind: ComponentExternalKind::Module,
                ..
            }
            | ComponentAlias::Outer {
                kind: ComponentOuterAliasKind::CoreModule,
                ..
            } => return None,
            other => self.items.push(Item::Alias(other)),
        }
        Some(())
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Option<()> {
        let made = match function {
            CanonicalFunction::Lift { .. } => None,
            _ => {
                let index = count(&self.origins.funcs)?;
                self.origins.funcs.push(Origin::Canonical(index));
                Some(index)
            }
        };
        self.items.push(Item::Canonical(function, made));
        Some(())
    }
}

/// A module that something else names by its index would have to be named anew there.
fn refuse_modules_by_index(component: &[u8], payload: &Payload<'_>) -> Option<()> {
    let module = ComponentExternalKind::Module;
    let free = match payload {
        Payload::ComponentSection { unchecked_range, .. } => {
            no_module_from_outside(component, unchecked_range)?
        }
        Payload::ComponentImportSection(section) => section.clone().into_iter().all(
            |import| matches!(import, Ok(import) if !matches!(import.ty, ComponentTypeRef::Module(_))),
        ),
        Payload::ComponentExportSection(section) => (section.clone().into_iter())
            .all(|export| matches!(export, Ok(export) if export.kind != module)),
        Payload::ComponentInstanceSection(section) => {
            section.clone().into_iter().all(|instance| match instance {
                Ok(ComponentInstance::Instantiate { args, .. }) => {
                    args.iter().all(|arg| arg.kind != module)
                }
                Ok(ComponentInstance::FromExports(exports)) => {
                    exports.iter().all(|export| export.kind != module)
                }
                Err(_) => false,
            })
        }
        _ => true,
    };
    free.then_some(())
}

fn no_module_from_outside(component: &[u8], nested: &Range<usize>) -> Option<bool> {
    for payload in Parser::new(0).parse_all(component.get(nested.clone())?) {
        if let Payload::ComponentAliasSection(section) = payload.ok()? {
            for alias in section {
                let kind = ComponentOuterAliasKind::CoreModule;
                if matches!(alias.ok()?, ComponentAlias::Outer { kind: found, .. } if found == kind)
                {
                    return Some(false);
                }
            }
        }
    }
    Some(true)
}
